"""Notes, groups, the clipboard and aligning."""

import pytest

from core.errors import InvalidInputError, InvalidSpecError
from core.organization.annotations import add_note, change_group, change_note, delete_notes, group, ungroup
from core.organization.arrange import Alignment, aligned
from core.organization.clipboard import copied, pasted
from core.organization.drawing import Position
from core.organization.edits import delete, rename
from core.organization.files import from_text, spec_hash, to_yaml
from core.organization.spec import FlowLink, Organization
from core.organization.steps import EndStep
from tests.core.organization.flows import workflow
from tests.core.organization.samples import desk

HERE = Position(x=10, y=20)


def test_notes_come_change_and_go_without_changing_what_the_organization_means() -> None:
    org, note = add_note(desk(), HERE, "Why this is so")
    changed = change_note(org, note, text="Because", width=300)

    assert [(each.id, each.text, each.width) for each in changed.notes] == [("note-1", "Because", 300)]
    assert spec_hash(changed) == spec_hash(desk())
    assert from_text(to_yaml(changed)) == changed
    assert delete_notes(changed, [note]) == desk()


def test_a_note_that_is_gone_cannot_be_changed() -> None:
    with pytest.raises(InvalidInputError, match="no such note"):
        change_note(desk(), "note-7", text="x")


def test_a_node_is_in_one_group_only() -> None:
    org, first = group(workflow("a → b → c → d"), ["a", "b", "c"])
    org, second = group(org, ["b", "d"])

    assert [(each.name, each.members) for each in org.groups] == [(first, ["a", "c"]), (second, ["b", "d"])]


def test_groups_follow_their_nodes() -> None:
    org, name = group(workflow("a → b → c"), ["a", "b", "c"], "Work")

    assert rename(org, "a", "A").groups[0].members == ["A", "b", "c"]
    assert delete(org, ["a"]).groups[0].members == ["b", "c"]
    assert delete(org, ["a", "b"]).groups == []
    assert ungroup(org, name).groups == []
    assert change_group(org, name, collapsed=True, name="Done").groups[0].collapsed


def test_a_group_needs_two_nodes() -> None:
    with pytest.raises(InvalidInputError, match="two nodes"):
        group(desk(), ["Desk"])


def test_copies_of_nodes_come_with_what_hangs_together() -> None:
    end = EndStep(name="End", output="{{ steps['a'] }}")
    source = workflow("a → b → End", end).with_layout({"a": Position(x=100, y=50), "End": Position(x=400, y=90)})
    target = workflow("a → x")

    org, names = pasted(target, to_yaml(copied(source, ["a", "End"])), HERE)

    assert names == ["a 2", "End"]
    assert org.steps[-1] == EndStep(name="End", output='{{ steps["a 2"] }}')
    assert org.layout == {"a 2": HERE, "End": Position(x=310, y=60)}
    assert org.flows() == target.flows()
    assert org.entry == "a"


def test_links_among_copied_nodes_are_copied() -> None:
    org, names = pasted(workflow("a → b"), to_yaml(copied(workflow("a → b"), ["a", "b"])), HERE)

    assert names == ["a 2", "b 2"]
    assert FlowLink(source="a 2", target="b 2") in org.links


def test_anything_else_on_the_clipboard_is_refused() -> None:
    with pytest.raises(InvalidSpecError):
        pasted(desk(), "just some text", HERE)


@pytest.mark.parametrize(
    ("how", "places"),
    [
        ("left", [(0, 0), (0, 100), (0, 300)]),
        ("right", [(400, 0), (400, 100), (400, 300)]),
        ("center", [(200, 0), (200, 100), (200, 300)]),
        ("top", [(0, 0), (150, 0), (400, 0)]),
        ("bottom", [(0, 300), (150, 300), (400, 300)]),
        ("middle", [(0, 150), (150, 150), (400, 150)]),
        ("rows", [(0, 0), (150, 150), (400, 300)]),
    ],
)
def test_nodes_are_aligned(how: Alignment, places: list[tuple[float, float]]) -> None:
    org = _placed([(0, 0), (150, 100), (400, 300)])

    found = aligned(org, ["a", "b", "c"], how)

    assert [(found[name].x, found[name].y) for name in "abc"] == places


def test_columns_have_equal_gaps_for_the_sizes_that_are_drawn() -> None:
    org = _placed([(0, 0), (110, 0), (300, 0)])

    found = aligned(org, ["a", "b", "c"], "columns", {"a": (50, 10), "b": (100, 10), "c": (50, 10)})

    assert [found[name].x for name in "abc"] == [0, 125, 300]


def _placed(places: list[tuple[float, float]]) -> Organization:
    org = workflow("a → b → c")
    return org.with_layout({name: Position(x=x, y=y) for name, (x, y) in zip("abc", places, strict=True)})
