"""Everything goes from a file to a server and back, or nothing does."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organization.spec import AlwaysApprove, Organization
from core.services.moving import copy_data
from core.settings import server_address
from core.store.database import Database
from tests.support.dying import LEDGER, till
from tests.support.postgres import ADDRESS_VARIABLE
from tests.support.stored_runs import add_run_rows
from tests.support.studio import assistant_message, function_call, open_studio, scripted, wait_for_run

ANSWERS = [
    function_call("look", {"thing": "the bill"}, call_id="c1"),
    function_call("pay", {"amount": 7}, call_id="c2"),
    assistant_message("All paid."),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a conversation, and a run that waits for a person."""
    monkeypatch.setenv(LEDGER, str(tmp_path / "ledger"))
    folder = tmp_path / "home"
    with open_studio(folder, scripted(assistant_message("Hello 🎉."), *ANSWERS[:2])) as core:
        organization_id = core.organizations.create(_asking_till())
        session_id = core.sessions.create(organization_id, "First")
        wait_for_run(core, core.runs.start(organization_id, "Hi", session_id=session_id), "completed")
        wait_for_run(core, core.runs.start(organization_id, "Pay the bill"), "waiting")
    return folder


def _asking_till() -> Organization:
    look, pay = till().tools
    return till().model_copy(update={"tools": [look, pay.model_copy(update={"approval": AlwaysApprove()})]})


def test_there_and_back(home: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the server the waiting run is approved and a conversation goes on; then all comes back whole."""
    told: dict[str, int] = {}

    rows = copy_data(str(home), postgres_url, replace=False, tell=told.__setitem__)

    assert rows == sum(told.values())
    assert (told["run"], told["session_item"], told["approval"]) == (2, 2, 1)
    assert _content(home) == _content(postgres_url)
    monkeypatch.setenv(ADDRESS_VARIABLE, postgres_url)
    with open_studio(tmp_path / "web", scripted(ANSWERS[2], assistant_message("Again."))) as core:
        (approval,) = core.approvals.pending()
        core.approvals.approve(approval.id, by="ada")
        assert wait_for_run(core, approval.run_id, "completed", "failed").status == "completed"
        (session,) = core.sessions.of(approval.organization_id)
        later = core.runs.start(approval.organization_id, "And now?", session_id=session.id)
        assert wait_for_run(core, later).status == "completed"
    assert (tmp_path / "ledger").read_text().split() == ["7"]

    copy_data(postgres_url, str(tmp_path / "back"), replace=False, tell=lambda *_: None)

    assert _content(postgres_url) == _content(tmp_path / "back")


def test_what_is_there_is_only_replaced_when_somebody_says_so(home: Path, postgres_url: str) -> None:
    copy_data(str(home), postgres_url, replace=False, tell=lambda *_: None)
    before = _content(postgres_url)

    with pytest.raises(ConflictError, match="There is data in") as caught:
        copy_data(str(home), postgres_url, replace=False, tell=lambda *_: None)
    assert "--replace" in caught.value.hint

    copy_data(str(home), postgres_url, replace=True, tell=lambda *_: None)
    assert _content(postgres_url) == before


def test_nothing_is_copied_while_runs_are_at_work(home: Path, postgres_url: str) -> None:
    with closing(Database(home / "studio.db")) as database:
        add_run_rows(database, 2)

    with pytest.raises(ConflictError, match="2 runs of"):
        copy_data(str(home), postgres_url, replace=False, tell=lambda *_: None)

    assert not any(_content(postgres_url).values())


def test_places_that_are_none(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        copy_data(str(tmp_path / "nowhere"), str(tmp_path / "new"), replace=False, tell=lambda *_: None)
    with pytest.raises(InvalidInputError, match="the same"):
        copy_data(str(home), str(home), replace=True, tell=lambda *_: None)
    with pytest.raises(InvalidInputError, match="--to"):
        copy_data(str(home), "mysql://somewhere/db", replace=False, tell=lambda *_: None)


def _content(place: Path | str) -> dict[str, list[Any]]:
    """All rows of all tables, those of workers aside."""
    where = place / "studio.db" if isinstance(place, Path) else server_address(place)
    with closing(Database(where)) as database, database.read() as db:
        return {
            table.name: [tuple(row) for row in db.connection().execute(select(table).order_by(*table.primary_key))]
            for table in SQLModel.metadata.sorted_tables
            if table.name != "worker"
        }
