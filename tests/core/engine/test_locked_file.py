"""A database file that cannot be written for a while: the run goes on where it stood, and nothing is missing."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.engine import segment
from core.errors import DatabaseUnavailableError
from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink
from core.sdk.prices import PriceList, stored_prices
from core.settings import Settings
from core.store.database import Database
from core.store.sqlite import SqliteFile
from tests.support.studio import (
    assistant_message,
    function_call,
    open_studio,
    scripted,
    start,
    story,
    wait_for_run,
)

_held: list[sqlite3.Connection] = []
_looks: list[str] = []
_file: list[Path] = []


def look(what: str) -> str:
    """Look at something; the first time another program takes the file meanwhile."""
    _looks.append(what)
    if len(_looks) == 1:
        _keep(_file[0])
        threading.Timer(0.8, _let_go).start()
    return f"{what} is fine."


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    """A studio that waits only briefly for other writers."""
    monkeypatch.setattr(SqliteFile, "wait_seconds", 0.2)
    answer = assistant_message("It is fine.")
    # An answer that comes while the file is taken is asked for again.
    model = scripted(function_call("look", {"what": "it"}, call_id="c1"), answer, answer)
    settings = Settings(data_dir=tmp_path, rehearsal_pace="instant", lease_seconds=1)
    studio = Core(settings, build_model=lambda _resolved: model)
    _looks.clear()
    _file[:] = [tmp_path / "studio.db"]
    yield studio
    studio.close()


def test_a_run_outlives_it(core: Core) -> None:
    """What could not be stored is done again, and told once."""
    looker = Organization(
        name="Looker",
        entry="looker",
        agents=[AgentSpec(name="looker", instructions="Look.")],
        tools=[FunctionToolSpec(name="look", function=f"{__name__}:look", effect="reads")],
        links=[UsesLink(source="looker", target="look")],
    )

    run = wait_for_run(core, start(core, looker, "Look at it"), "completed", "failed", "cancelled")

    assert (run.status, run.output) == ("completed", "It is fine."), run.error_message
    assert _looks == ["it", "it"]
    events = core.runs.events(run.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert story(core, run.id).count("tool_completed") == 1
    assert all(span.status == "ok" for span in core.traces.spans(run.id)[0])


def test_a_run_that_could_not_even_begin_begins_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database was lost between two questions that are asked before a segment."""
    failures = iter([DatabaseUnavailableError("It is gone.", hint="Wait.")])

    def lost_once(database: Database) -> PriceList:
        for failure in failures:
            raise failure
        return stored_prices(database)

    monkeypatch.setattr(segment, "stored_prices", lost_once)
    talker = Organization(name="Talker", entry="talker", agents=[AgentSpec(name="talker", instructions="Talk.")])

    with open_studio(tmp_path, lease_seconds=1) as core:
        run = wait_for_run(core, start(core, talker, "Hello"), "completed", "failed")

        assert run.status == "completed"
        assert story(core, run.id).count("run_started") == 1


def test_whoever_writes_is_told_what_to_look_at(core: Core) -> None:
    """A clear error instead of the driver's."""
    _keep(_file[0])

    with pytest.raises(DatabaseUnavailableError, match="locked") as told:
        core.organizations.create(Organization(name="Empty"))

    _let_go()
    assert "another program" in told.value.hint


def _keep(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    _held.append(other)


def _let_go() -> None:
    other = _held.pop()
    other.execute("ROLLBACK")
    other.close()
