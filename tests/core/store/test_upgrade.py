"""From a database of the first version to the present one: nothing is lost, and a failure changes nothing."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import create_engine

from core.errors import DatabaseVersionError
from core.records import ProviderLoad, RunFilter
from core.services.organizations import OrganizationService
from core.store import events, providers, runs, trigger_events, triggers
from core.store import upgrade as upgrading
from core.store.database import Database
from core.store.fast_rows import FastConnection
from core.store.trigger_events import NewEvent
from core.store.upgrade import HEAD, MIGRATIONS, upgrade

FIRST_SPEC = {
    "schema_version": 1,
    "name": "Shop",
    "description": "",
    "entry": "clerk",
    "agents": [
        {
            "name": "clerk",
            "instructions": "Help.",
            "handoff_description": "",
            "model": None,
            "settings": {"temperature": None, "top_p": None, "max_tokens": 200, "tool_choice": None},
            "output_schema": None,
            "tool_use": "run_again",
        }
    ],
    "tools": [],
    "guardrails": [],
    "links": [],
    "run": {"max_turns": 7, "timeout_seconds": 600.0, "store_payloads": True},
    "samples": ["Hello"],
    "layout": {"clerk": {"x": 1.0, "y": 2.0}},
}
"""As the first version stored it: without steps, state and tasks."""
DRAFT = FIRST_SPEC | {"description": "Being edited."}
WHEN = "2026-10-01T08:00:00.000000Z"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A database of the first version with an organization, a revision and a draft."""
    path = tmp_path / "studio.db"
    engine = create_engine(f"sqlite:///{path}")
    upgrade(engine, to="0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO organization VALUES ('org_1', 'Shop', '', ?, 3, ?, ?, NULL)",
            (orjson.dumps(DRAFT).decode(), WHEN, WHEN),
        )
        db.execute(
            "INSERT INTO revision (id, organization_id, number, note, spec, spec_hash, created_at)"
            " VALUES ('rev_1', 'org_1', 1, 'First', ?, 'abc', ?)",
            (orjson.dumps(FIRST_SPEC).decode(), WHEN),
        )
        db.execute(
            "INSERT INTO provider (id, kind, title, base_url, api, models, created_at)"
            " VALUES ('local', 'compatible', 'Local', 'http://127.0.0.1:9/v1', 'chat', '[\"m\"]', ?)",
            (WHEN,),
        )
    return path


def test_runs_from_before_triggers_are_there(first: Path) -> None:
    with closing(sqlite3.connect(first)) as db, db:
        given = {"id": "run_1", "organization_id": "org_1", "organization_name": "Shop", "revision_id": "rev_1"}
        given |= {"status": "completed", "input": "Hello", "trace_id": "trace_1", "overrides": "{}", "variant": ""}
        counted = ("revision_number", "position", "simulated", "segment", "requests", "input_tokens")
        given |= dict.fromkeys((*counted, "output_tokens", "cancel_requested", "epoch"), 0)  # type: ignore[arg-type]
        given |= {"created_at": WHEN}
        db.execute(
            f"INSERT INTO run ({', '.join(given)}) VALUES ({', '.join('?' * len(given))})", [*given.values()]
        )
        db.execute("INSERT INTO event VALUES ('run_1', 1, 'run_completed', ?, '{}')", (WHEN,))

    database = Database(first)

    with database.session() as db_session:
        found = runs.run(db_session, "run_1")
        assert found is not None
        assert (found.input, found.trigger_event_id) == ("Hello", None)
        assert [event.kind for event in events.events(db_session, "run_1")] == ["run_completed"]
        trigger_id = triggers.add_trigger(db_session, {"source": {"kind": "webhook"}}, secrets=[], left={})
        new = NewEvent("msg_1", b"{}", "hash")
        fast = FastConnection.within(db_session)
        assert [trigger_events.add_event(fast, trigger_id, new) for _ in range(2)] == [True, False]
    database.close()


def backups(path: Path) -> list[Path]:
    return list(path.parent.glob("*.backup.db"))


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def columns(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def test_what_was_stored_is_there_after_the_upgrade(first: Path) -> None:
    database = Database(first)
    organizations = OrganizationService(database)

    draft = organizations.draft("org_1")
    revision = organizations.revision("rev_1")

    assert (draft.spec.description, draft.version, draft.spec.steps) == ("Being edited.", 3, [])
    assert (revision.number, revision.name, revision.note, revision.spec) == (1, "", "First", FIRST_SPEC)
    named = organizations.describe_revision("rev_1", name="The beginning", note="First")
    assert organizations.revisions("org_1") == [named]
    assert organizations.save("org_1").number == 2
    database.close()
    assert version(first) == HEAD


def test_runs_from_before_batches_are_listed(first: Path) -> None:
    with closing(sqlite3.connect(first)) as db, db:
        db.execute(
            "INSERT INTO run (id, organization_id, organization_name, revision_id, revision_number, variant,"
            " position, status, input, overrides, simulated, segment, trace_id, requests, input_tokens,"
            " output_tokens, cancel_requested, epoch, created_at)"
            " VALUES ('run_1', 'org_1', 'Shop', 'rev_1', 1, '', 0, 'completed', 'Hello', '{}', 0, 0, 'trace_1',"
            " 1, 1, 1, 0, 1, ?)",
            (WHEN,),
        )

    database = Database(first)
    with database.read() as stored:
        found = runs.run_page(stored, RunFilter())
        assert runs.count_by_status(stored) == {"completed": 1}
    database.close()

    assert [(run.id, run.batch_id) for run in found.rows] == [("run_1", None)]


def test_providers_are_called_as_by_default_after_the_upgrade(first: Path) -> None:
    database = Database(first)

    with database.session() as db:
        (provider,) = providers.providers(db)
        assert (provider.models, provider.load) == (["m"], ProviderLoad())
        changed = replace(provider, load=ProviderLoad(requests_per_minute=60, attempts=2))
        providers.save_provider(db, changed, key_encrypted=None)
    with database.read() as db:
        assert providers.provider(db, "local") == changed
    database.close()


def test_a_backup_is_made_before(first: Path) -> None:
    Database(first).close()

    (backup,) = backups(first)

    assert version(backup) == "0001"
    assert "name" not in columns(backup, "revision")
    with closing(sqlite3.connect(backup)) as db:
        assert db.execute("SELECT id FROM revision").fetchall() == [("rev_1",)]


def test_a_database_that_is_current_is_not_copied(first: Path) -> None:
    Database(first).close()
    Database(first).close()

    assert len(backups(first)) == 1


def test_a_failed_upgrade_leaves_the_old_database_usable(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add_migration_that_fails(tmp_path / "migrations", monkeypatch)

    with pytest.raises(DatabaseVersionError, match="could not be brought from version 0001 to 9999") as caught:
        Database(first)

    assert str(backups(first)[0]) in caught.value.hint
    assert version(first) == "0001"
    assert "name" not in columns(first, "revision")
    assert "half" not in columns(first, "organization")
    with closing(sqlite3.connect(first)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT spec FROM revision").fetchone() == (orjson.dumps(FIRST_SPEC).decode(),)
    monkeypatch.undo()
    # The next Troupe, without the fault, brings it up to date.
    repaired = Database(first)
    assert OrganizationService(repaired).revision("rev_1").note == "First"
    repaired.close()


def _add_migration_that_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After all others comes one that does half of its work."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_half.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision = '9999', '{HEAD}'\n"
        "branch_labels = depends_on = None\n"
        "def upgrade() -> None:\n"
        "    op.add_column('organization', sa.Column('half', sa.String(), nullable=True))\n"
        "    op.execute('INSERT INTO no_such_table VALUES (1)')\n"
    )
    monkeypatch.setattr(upgrading, "MIGRATIONS", folder)
    monkeypatch.setattr(upgrading, "HEAD", "9999")
