"""Fields that a later version wrote: they survive reading, edits and writing, and are named."""

import pytest

from core.errors import InvalidInputError, InvalidSpecError
from core.organization.check import check
from core.organization.edits import add_node, connect, delete, move, rename
from core.organization.files import from_text, import_text, parse, spec_hash, to_json, to_yaml
from core.organization.spec import Organization, Position
from core.organization.unknown import unknown_fields
from core.organization.wording import with_fields

FUTURE = """\
schema_version: 1
name: Desk
entry: A
agents:
  - name: A
    instructions: Help.
    settings:
      temperature: 0.5
      seed: 7
    voice:
      name: alto
      on:
        - yes
        - 1.5
tools:
  - kind: function
    name: t
    approval:
      kind: always
      quorum: 2
    function: a:b
    aproval: never
steps:
  - kind: approval
    name: Ask
    question: Go on?
    deadline: 3 days
links:
  - kind: uses
    source: A
    target: t
    note: why
  - kind: flow
    source: A
    target: Ask
run:
  max_turns: 5
  weather: 1.5
layout:
  A: {x: 1, y: 2, z: 3}
owner: Ada
"""


@pytest.fixture
def future() -> Organization:
    return from_text(FUTURE)


def test_they_survive_reading_and_writing(future: Organization) -> None:
    assert to_yaml(future) == FUTURE
    assert from_text(to_json(future)) == future
    assert parse(future.model_dump(mode="json")) == future


def test_they_survive_edits(future: Organization) -> None:
    edited = rename(future, "A", "B")
    edited = connect(add_node(edited, "agent", Position(x=0, y=0))[0], "handoff", "B", "Agent")
    edited = delete(move(edited, {"Ask": Position(x=5, y=5)}), ["Agent"])
    agent = edited.agent("B")
    assert agent is not None

    rewritten = with_fields(agent, instructions="Help more.")

    assert rewritten.model_extra == {"voice": {"name": "alto", "on": ["yes", 1.5]}}
    text = to_yaml(edited)
    for kept in (
        "seed: 7",
        "name: alto",
        "quorum: 2",
        "deadline: 3 days",
        "note: why",
        "weather: 1.5",
        "owner: Ada",
    ):
        assert kept in text


def test_each_is_named_at_its_part(future: Organization) -> None:
    found = [
        (problem.node, problem.field, problem.hint) for problem in check(future) if problem.code == "unknown_field"
    ]

    update = "Update, if a newer version wrote it; else delete it in the file."
    assert found == [
        ("A", "settings.seed", update),
        ("A", "voice", update),
        ("t", "approval.quorum", update),
        ("t", "aproval", "Did you mean 'approval'?"),
        ("Ask", "deadline", update),
        ("A", "uses:A→t", update),
        ("", "run.weather", update),
        ("", "layout.A.z", update),
        ("", "owner", update),
    ]


def test_they_keep_nothing_from_running(future: Organization) -> None:
    found = [problem for problem in check(future) if problem.code == "unknown_field"]

    assert {problem.severity for problem in found} == {"warning"}
    assert found[3].message == "'t' has a field 'aproval' that is not known here. It is kept, and does nothing."


def test_an_import_says_in_which_line_they_stand() -> None:
    notes = import_text(FUTURE, source="desk.yaml").notes

    assert notes[3] == (
        "desk.yaml, line 22: tools #1 't' › aproval is not known here. It is kept, and does nothing. "
        "Did you mean 'approval'?"
    )
    assert len(notes) == len(list(unknown_fields(from_text(FUTURE))))


def test_they_are_part_of_what_it_means(future: Organization) -> None:
    without = future.model_copy(update={"owner": "Bob"})

    assert spec_hash(without) != spec_hash(future)


def test_a_higher_version_is_refused_even_so() -> None:
    with pytest.raises(InvalidSpecError, match="newer version") as caught:
        from_text(FUTURE.replace("schema_version: 1", "schema_version: 2"))

    assert caught.value.line == 1


def test_our_own_code_cannot_make_one(future: Organization) -> None:
    with pytest.raises(InvalidInputError, match="no field 'instruction'") as caught:
        with_fields(future.agents[0], instruction="x")

    assert caught.value.hint == "Did you mean 'instructions'?"
