"""Merging what two sides made of a text."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.services.three_way import Conflict, Piece, as_lines, three_way

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", ")\n"]), max_size=12)
PLACES = st.sets(st.integers(0, 7), max_size=8)


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def merged(base: list[str], yours: list[str], theirs: list[str]) -> list[str]:
    """The lines, when nothing contradicts."""
    pieces = three_way(base, yours, theirs)
    assert not conflicts(pieces)
    return text_of(pieces)


def conflicts(pieces: list[Piece]) -> list[Conflict]:
    return [piece for piece in pieces if isinstance(piece, Conflict)]


def text_of(pieces: list[Piece]) -> list[str]:
    return [line for piece in pieces for line in as_lines(piece, yours="yours", theirs="exported")]


@given(base=LINES, side=LINES)
def test_a_side_that_changed_nothing_has_no_say(base: list[str], side: list[str]) -> None:
    assert merged(base, side, base) == side
    assert merged(base, base, side) == side


@given(base=LINES, side=LINES)
def test_equal_changes_are_merged_silently(base: list[str], side: list[str]) -> None:
    assert merged(base, side, side) == side


@given(base=LINES, yours=LINES, theirs=LINES)
def test_the_sides_change_places_and_the_merge_stays_the_same(
    base: list[str], yours: list[str], theirs: list[str]
) -> None:
    turned = three_way(base, theirs, yours)

    told = [piece if isinstance(piece, tuple) else None for piece in three_way(base, yours, theirs)]

    if not conflicts(turned):
        assert told == turned
    assert bool(conflicts(turned)) == (None in told)


@given(base=LINES, yours=LINES, theirs=LINES)
def test_no_line_that_a_side_wrote_is_lost(base: list[str], yours: list[str], theirs: list[str]) -> None:
    kept = Counter(text_of(three_way(base, yours, theirs)))

    for side in (yours, theirs):
        assert not Counter(side) - Counter(base) - kept


@given(base=LINES, yours=LINES, theirs=LINES)
def test_each_side_can_be_read_off_a_merge_where_everything_contradicts(
    base: list[str], yours: list[str], theirs: list[str]
) -> None:
    """No base to go by: what is left of each side beside the markers is the side itself."""
    pieces = three_way([], yours, theirs)

    if yours and theirs:
        assert [line for piece in pieces for line in (piece if isinstance(piece, tuple) else piece.yours)] == yours
        assert [
            line for piece in pieces for line in (piece if isinstance(piece, tuple) else piece.theirs)
        ] == theirs


@given(yours=PLACES, theirs=PLACES, deleted=st.booleans())
def test_edits_that_do_not_touch_are_merged(yours: set[int], theirs: set[int], deleted: bool) -> None:
    """Each place has a line of its own; lines that nobody changes lie between."""
    base = [f"{kind} {place}\n" for place in range(8) for kind in ("place", "between")]

    def edited(places: set[int], new: str) -> list[str]:
        changed = {f"place {place}\n": [] if deleted else [f"{new} {place}\n", "more\n"] for place in places}
        return [line for old in base for line in changed.get(old, [old])]

    only_theirs = theirs - yours
    both = merged(base, edited(yours, "yours"), edited(only_theirs, "theirs"))

    assert [line for line in both if line.startswith("between")] == base[1::2]
    assert {line for line in both if line.startswith("place")} == {
        f"place {place}\n" for place in set(range(8)) - yours - only_theirs
    }
    if not deleted:
        assert {line for line in both if line.startswith("yours")} == {f"yours {place}\n" for place in yours}
        assert {line for line in both if line.startswith("theirs")} == {
            f"theirs {place}\n" for place in only_theirs
        }


def test_contradictions_stand_between_markers() -> None:
    pieces = three_way(lines("one\ntwo\nthree\n"), lines("one\nmine\nthree\n"), lines("one\nours\nthree\n"))

    assert text_of(pieces) == lines("one\n<<<<<<< yours\nmine\n=======\nours\n>>>>>>> exported\nthree\n")


def test_what_both_have_within_a_contradiction_is_taken_out_of_it() -> None:
    yours, theirs = (
        lines("def a():\n    mine = 1\n\n    return 2\n"),
        lines("def a():\n    ours = 1\n\n    return 2\n"),
    )

    pieces = three_way(lines("pass\n"), yours, theirs)

    assert pieces == [
        ("def a():\n",),
        Conflict(("    mine = 1\n",), ("    ours = 1\n",)),
        ("\n", "    return 2\n"),
    ]


def test_a_bracket_alone_does_not_part_a_contradiction() -> None:
    pieces = three_way(lines("x\n"), lines("a(\n)\nb()\n"), lines("c(\n)\nd()\n"))

    assert pieces == [Conflict(("a(\n", ")\n", "b()\n"), ("c(\n", ")\n", "d()\n"))]


def test_a_marker_never_stands_behind_an_unended_last_line() -> None:
    pieces = three_way(lines("x\n"), ["mine"], lines("ours\n"))

    assert text_of(pieces) == lines("<<<<<<< yours\nmine\n=======\nours\n>>>>>>> exported\n")
