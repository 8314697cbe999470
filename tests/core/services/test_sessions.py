"""Conversations: found by name, renamed, deleted, and never mixed up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.errors import InvalidInputError, NotFoundError
from core.organization.spec import AgentSpec, Organization
from tests.support.stalling import script
from tests.support.studio import assistant_message, open_studio, wait_for_run

pytestmark = pytest.mark.usefixtures("each_database")

SHOP = Organization(name="Shop", entry="clerk", agents=[AgentSpec(name="clerk")])


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path, script(*[assistant_message(f"Answer {n}.") for n in range(3)])) as core:
        yield core


def test_opening_finds_the_one_of_that_name(studio: Core) -> None:
    shop, other = studio.organizations.create(SHOP), studio.organizations.create(SHOP)

    first = studio.sessions.open(shop, "  My \n talk ")

    assert studio.sessions.get(first).name == "My talk"
    assert studio.sessions.open(shop, "My talk") == first
    assert studio.sessions.open(shop, "My other talk") != first
    assert studio.sessions.open(other, "My talk") != first


@pytest.mark.parametrize("name", ["", "  \n", "\ud83d"])
def test_names_that_are_none(studio: Core, name: str) -> None:
    shop = studio.organizations.create(SHOP)

    with pytest.raises(InvalidInputError):
        studio.sessions.create(shop, name)

    assert studio.sessions.of(shop) == []


def test_the_last_used_stands_first(studio: Core) -> None:
    shop = studio.organizations.create(SHOP)
    old, new = (studio.sessions.create(shop, name) for name in ("Old", "New"))
    assert [each.id for each in studio.sessions.of(shop)] == [new, old]

    wait_for_run(studio, studio.runs.start(shop, "Hello", session_id=old))

    assert [(each.id, each.runs) for each in studio.sessions.of(shop)] == [(old, 1), (new, 0)]


def test_deleting_forgets_the_history_and_keeps_the_runs(studio: Core) -> None:
    shop = studio.organizations.create(SHOP)
    talk = studio.sessions.create(shop, "Talk")
    run = wait_for_run(studio, studio.runs.start(shop, "Hello", session_id=talk))
    studio.sessions.rename(talk, "Our talk")
    assert studio.sessions.get(talk).name == "Our talk"

    studio.sessions.delete(talk)

    with pytest.raises(NotFoundError):
        studio.sessions.get(talk)
    kept = studio.runs.get(run.id)
    assert (kept.session_id, kept.output) == (None, "Answer 0.")
    assert studio.runs.events(run.id)
