"""Statements on the driver itself find what the object layer wrote, and the other way round."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from core.store.database import Database
from core.store.fast_rows import FastConnection, fetch_rows
from core.store.tables import OrganizationRow

LONG_AGO = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
LATER = datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)
_FIND = (
    select(col(OrganizationRow.draft), col(OrganizationRow.created_at), col(OrganizationRow.deleted_at))
    .where(col(OrganizationRow.name) == bindparam("wanted"), col(OrganizationRow.draft_version) == 7)
    .limit(1)
)
_RENAME = (
    update(OrganizationRow)
    .where(col(OrganizationRow.id) == bindparam("of"))
    .values(name="Renamed", updated_at=bindparam("at"), draft_version=OrganizationRow.draft_version + 1)
    .returning(col(OrganizationRow.draft_version), col(OrganizationRow.updated_at))
)


def test_what_a_session_has_not_written_yet_is_found_as_values_of_python(tmp_path: Path) -> None:
    with Database(tmp_path / "studio.db").session() as db:
        db.add(_organization())

        found = fetch_rows(FastConnection.within(db), _FIND, {"wanted": "Shop"})

    assert found == [({"agents": []}, LONG_AGO, None)]


def test_a_change_gives_back_what_it_made(tmp_path: Path) -> None:
    database = Database(tmp_path / "studio.db")
    with database.session() as db:
        db.add(_organization())

    with database.fast() as connection:
        found = fetch_rows(connection, _RENAME, {"of": "org_1", "at": LATER})

    assert found == [(8, LATER)]
    with database.read() as db:
        row = db.get(OrganizationRow, "org_1")
        assert row is not None
        assert (row.name, row.updated_at) == ("Renamed", LATER)


def _organization() -> OrganizationRow:
    return OrganizationRow(
        id="org_1", name="Shop", draft={"agents": []}, draft_version=7, created_at=LONG_AGO, updated_at=LONG_AGO
    )
