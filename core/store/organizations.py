"""Organizations, their drafts and their revisions."""

from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from core.ids import new_id, utc_now
from core.records import OrganizationRecord, RevisionRecord
from core.store.fast_rows import FastConnection, fetch_rows
from core.store.tables import OrganizationRow, RevisionRow


def add_organization(db: Session, *, name: str, description: str, draft: dict[str, Any] | None) -> str:
    """A new organization without revisions; returns its id."""
    now = utc_now()
    row = OrganizationRow(
        id=new_id("org"), name=name, description=description, draft=draft, created_at=now, updated_at=now
    )
    db.add(row)
    db.flush()
    return row.id


def organizations(db: Session) -> list[OrganizationRecord]:
    """All that are not deleted, last changed first."""
    rows = db.exec(
        select(OrganizationRow)
        .where(col(OrganizationRow.deleted_at).is_(None))
        .order_by(col(OrganizationRow.updated_at).desc())
    ).all()
    latest = _latest_revisions(db, [row.id for row in rows])
    return [_record(row, latest.get(row.id)) for row in rows]


def organization(db: Session, organization_id: str) -> OrganizationRecord | None:
    """One that is not deleted."""
    row = db.get(OrganizationRow, organization_id)
    if row is None or row.deleted_at is not None:
        return None
    return _record(row, _latest_revisions(db, [row.id]).get(row.id))


def organizations_named(db: Session, name: str) -> list[str]:
    """Ids of those with exactly that name; without any, of those with that name in another case."""
    # Not in SQL: SQLite knows the cases of ASCII letters only.
    rows = db.exec(
        select(OrganizationRow.id, OrganizationRow.name).where(col(OrganizationRow.deleted_at).is_(None))
    ).all()
    exact = [organization_id for organization_id, found in rows if found == name]
    return exact or [organization_id for organization_id, found in rows if found.casefold() == name.casefold()]


def lock(db: Session, organization_id: str) -> None:
    """Let nobody else edit or save the organization until this unit of work is over."""
    db.exec(
        select(OrganizationRow.id).where(OrganizationRow.id == organization_id).with_for_update(key_share=True)
    )


def draft(db: Session, organization_id: str) -> tuple[dict[str, Any] | None, int]:
    """The unsaved edits, if any, and how often the draft was written."""
    row = db.get_one(OrganizationRow, organization_id)
    return row.draft, row.draft_version


def write_draft(
    db: Session, organization_id: str, draft: dict[str, Any] | None, *, name: str, description: str
) -> int:
    """Replace the draft (None discards it); returns its new version."""
    row = db.get_one(OrganizationRow, organization_id)
    row.draft, row.name, row.description = draft, name, description
    row.draft_version += 1
    row.updated_at = utc_now()
    db.add(row)
    return row.draft_version


def mark_deleted(db: Session, organization_id: str, *, deleted: bool) -> None:
    """Hide an organization, or bring it back; its runs stay."""
    row = db.get_one(OrganizationRow, organization_id)
    row.deleted_at = utc_now() if deleted else None
    db.add(row)


def add_revision(
    db: Session, organization_id: str, *, spec: dict[str, Any], spec_hash: str, note: str, name: str = ""
) -> RevisionRecord:
    """Save a version; the draft is done with."""
    lock(db, organization_id)
    number = db.exec(
        select(func.coalesce(func.max(RevisionRow.number), 0)).where(
            RevisionRow.organization_id == organization_id
        )
    ).one()
    row = RevisionRow(
        id=new_id("rev"),
        organization_id=organization_id,
        number=number + 1,
        name=name,
        note=note,
        spec=spec,
        spec_hash=spec_hash,
        created_at=utc_now(),
    )
    db.add(row)
    return _revision_record(row)


def revisions(db: Session, organization_id: str) -> list[RevisionRecord]:
    """All versions, newest first."""
    rows = db.exec(
        select(RevisionRow)
        .where(RevisionRow.organization_id == organization_id)
        .order_by(col(RevisionRow.number).desc())
    )
    return [_revision_record(row) for row in rows]


_LATEST = (
    select(*(getattr(RevisionRow, name) for name in RevisionRecord.__slots__))
    .where(col(RevisionRow.organization_id) == bindparam("organization"))
    .order_by(col(RevisionRow.number).desc())
    .limit(1)
)


def latest_revision(db: Session | FastConnection, organization_id: str) -> RevisionRecord | None:
    """The newest version, or None when nothing was saved."""
    found = fetch_rows(FastConnection.within(db), _LATEST, {"organization": organization_id})
    return RevisionRecord(*found[0]) if found else None


def revision(db: Session, revision_id: str) -> RevisionRecord | None:
    """One version."""
    row = db.get(RevisionRow, revision_id)
    return _revision_record(row) if row else None


def describe_revision(db: Session, revision_id: str, *, name: str, note: str) -> RevisionRecord | None:
    """Give a version another name and note; None when there is no such version."""
    row = db.get(RevisionRow, revision_id)
    if row is None:
        return None
    row.name, row.note = name, note
    db.add(row)
    return _revision_record(row)


def _latest_revisions(db: Session, ids: list[str]) -> dict[str, tuple[int, str]]:
    newest = (
        select(RevisionRow.organization_id, func.max(RevisionRow.number).label("number"))
        .where(col(RevisionRow.organization_id).in_(ids))
        .group_by(RevisionRow.organization_id)
        .subquery()
    )
    query = select(RevisionRow.organization_id, RevisionRow.number, RevisionRow.id).join(
        newest,
        (col(RevisionRow.organization_id) == newest.c.organization_id)
        & (col(RevisionRow.number) == newest.c.number),
    )
    return {organization_id: (number, rid) for organization_id, number, rid in db.exec(query)}


def _record(row: OrganizationRow, latest: tuple[int, str] | None) -> OrganizationRecord:
    return OrganizationRecord(
        id=row.id,
        name=row.name,
        description=row.description,
        latest_revision=latest[0] if latest else 0,
        latest_revision_id=latest[1] if latest else None,
        has_draft=row.draft is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _revision_record(row: RevisionRow) -> RevisionRecord:
    return RevisionRecord(
        id=row.id,
        organization_id=row.organization_id,
        number=row.number,
        name=row.name,
        note=row.note,
        spec=row.spec,
        spec_hash=row.spec_hash,
        created_at=row.created_at,
    )
