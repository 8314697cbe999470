"""Conversations: found by name, renamed, deleted, and never mixed up."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import orjson
import pytest

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organization.spec import AgentSpec, Organization
from tests.support.stalling import endless, script
from tests.support.studio import assistant_message, function_call, open_studio, wait_for_run

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


def say(studio: Core, session: str, *texts: str) -> list[str]:
    """The runs of these messages, which are over."""
    shop = studio.sessions.get(session).organization_id
    runs = [wait_for_run(studio, studio.runs.start(shop, text, session_id=session)) for text in texts]
    assert {run.status for run in runs} == {"completed"}
    return [run.id for run in runs]


def said(studio: Core, session: str) -> list[str]:
    """What the user said in the conversation."""
    items = [item for turn in studio.sessions.export(session).turns for item in turn.items]
    return [item["content"] for item in items if item.get("role") == "user"]


def test_a_fork_goes_on_from_a_turn_and_leaves_the_other_as_it_is(studio: Core) -> None:
    talk = studio.sessions.create(studio.organizations.create(SHOP), "Talk")
    first, second = say(studio, talk, "One", "Two")

    fork = studio.sessions.fork(talk, first)
    (other,) = say(studio, fork, "Other")

    record = studio.sessions.get(fork)
    assert (record.name, record.parent_id, record.parent_run_id, record.runs) == ("Talk (fork)", talk, first, 2)
    assert said(studio, fork) == ["One", "Other"]
    assert said(studio, talk) == ["One", "Two"]
    assert [run.id for run in studio.sessions.runs(fork)] == [first, other]
    assert [run.id for run in studio.sessions.runs(talk)] == [first, second]
    assert [each.id for each in studio.sessions.forks(talk)] == [fork]


def test_a_fork_outlives_what_it_was_forked_from(studio: Core) -> None:
    talk = studio.sessions.create(studio.organizations.create(SHOP), "Talk")
    (first,) = say(studio, talk, "One")
    fork = studio.sessions.fork(talk, first, name="Mine")

    studio.sessions.delete(talk)

    assert said(studio, fork) == ["One"]
    assert [run.id for run in studio.sessions.runs(fork)] == [first]
    again = studio.sessions.fork(fork, first)
    assert said(studio, again) == ["One"]


def test_what_cannot_be_forked_is_told(tmp_path: Path) -> None:
    with open_studio(tmp_path, script(endless("Well"))) as core:
        shop = core.organizations.create(SHOP)
        talk, other = core.sessions.create(shop, "Talk"), core.sessions.create(shop, "Other")
        run = core.runs.start(shop, "Hello", session_id=talk)

        with pytest.raises(ConflictError, match="not over"):
            core.sessions.fork(talk, run)
        with pytest.raises(NotFoundError):
            core.sessions.fork(other, run)

        assert len(core.sessions.of(shop)) == 2
        core.runs.stop(run)


def test_pages_of_conversations_are_searched(studio: Core) -> None:
    shop = studio.organizations.create(SHOP)
    talks = [studio.sessions.create(shop, f"Talk {number}") for number in range(5)]
    say(studio, talks[1], "Where is my 100% wool hat?")

    newest = studio.sessions.page(shop, size=2)
    oldest = studio.sessions.page(shop, number=3, size=2)
    by_name = studio.sessions.page(shop, text=" talk 3 ")
    by_message = studio.sessions.page(shop, text="100% WOOL")

    assert ([each.id for each in newest.rows], newest.total, newest.pages) == ([talks[1], talks[4]], 5, 3)
    assert [each.id for each in oldest.rows] == [talks[0]]
    assert [each.id for each in by_name.rows] == [talks[3]]
    assert [each.id for each in by_message.rows] == [talks[1]]
    assert studio.sessions.page(shop, text="100_").total == 0


def test_a_conversation_is_exported_whole_and_to_be_read(tmp_path: Path) -> None:
    call = function_call("gone", {"what": "a ``` fence"}, call_id="c1")
    with open_studio(tmp_path, script(call, assistant_message("**Done.**"))) as core:
        talk = core.sessions.create(core.organizations.create(SHOP), "My talk")
        (run,) = say(core, talk, "Do it")

        exported = core.sessions.export(talk)

    data = orjson.loads(exported.as_json())
    assert (data["session"]["name"], data["summary"], data["turns"][0]["run_id"]) == ("My talk", None, run)
    assert [item.get("type", "message") for item in data["turns"][0]["items"]] == [
        "message",
        "function_call",
        "function_call_output",
        "message",
    ]
    text = exported.as_markdown()
    assert text.startswith("# My talk\n\nBegun ")
    assert "## Turn 1\n\n**User**\n\nDo it\n\n**Called `gone`**\n\n````\n" in text
    assert text.endswith("**Assistant**\n\n**Done.**\n")


def test_of_many_who_start_at_once_one_does(tmp_path: Path) -> None:
    """Two studios over one database, four tabs each, one conversation: the same moment."""
    with open_studio(tmp_path, script(endless())) as one, open_studio(tmp_path, script(endless())) as two:
        shop = one.organizations.create(SHOP)
        talk = one.sessions.create(shop, "Talk")
        gate = Barrier(8)

        def start(core: Core) -> str:
            gate.wait(20)
            try:
                return core.runs.start(shop, "Me first", session_id=talk)
            except ConflictError as error:
                return error.hint

        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(start, [one, two] * 4))

        (run,) = [result for result in results if result.startswith("run_")]
        assert [each.id for each in one.sessions.runs(talk)] == [run]
        assert all(run in result for result in results)
        one.runs.stop(run)
