"""Providers of models, and settings by key."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.records import ProviderLoad, ProviderRecord
from core.store.fast_rows import FastConnection, fetch_value, write_rows
from core.store.tables import ProviderRow, SettingRow


def providers(db: Session) -> list[ProviderRecord]:
    """All, in the order they were added."""
    return [_record(row) for row in db.exec(select(ProviderRow).order_by(col(ProviderRow.created_at)))]


def provider(db: Session, provider_id: str) -> ProviderRecord | None:
    """One provider."""
    row = db.get(ProviderRow, provider_id)
    return _record(row) if row else None


def encrypted_key(db: Session, provider_id: str) -> str | None:
    """The stored key, encrypted; None when the key comes from the environment or is not needed."""
    row = db.get(ProviderRow, provider_id)
    return row.key_encrypted if row else None


def save_provider(db: Session, record: ProviderRecord, *, key_encrypted: str | None) -> None:
    """Add or replace a provider."""
    row = db.get(ProviderRow, record.id, with_for_update=True)
    if row is None:
        row = ProviderRow(id=record.id, kind=record.kind, title=record.title, created_at=utc_now())
    row.kind, row.title, row.base_url = record.kind, record.title, record.base_url
    row.api, row.key_variable, row.models = record.api, record.key_variable, record.models
    row.load = asdict(record.load)
    row.key_encrypted = key_encrypted
    db.add(row)


def remove_provider(db: Session, provider_id: str) -> None:
    """Forget a provider and its key."""
    row = db.get(ProviderRow, provider_id)
    if row is not None:
        db.delete(row)


_SETTING = select(SettingRow.value).where(col(SettingRow.key) == bindparam("key"))


def setting(db: Session | FastConnection, key: str, default: Any = None) -> Any:
    """The value under `key`."""
    value = fetch_value(FastConnection.within(db), _SETTING, {"key": key})
    return default if value is None else value


_NEW_SETTING = insert(SettingRow)
_SAVE_SETTING = _NEW_SETTING.on_conflict_do_update(
    index_elements=["key"], set_={"value": _NEW_SETTING.excluded.value}
)


def save_setting(db: Session | FastConnection, key: str, value: Any) -> None:
    """Set the value under `key`."""
    write_rows(FastConnection.within(db), _SAVE_SETTING, [{"key": key, "value": value}])


def _record(row: ProviderRow) -> ProviderRecord:
    return ProviderRecord(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        title=row.title,
        base_url=row.base_url,
        api=row.api,  # type: ignore[arg-type]
        key_variable=row.key_variable,
        has_stored_key=row.key_encrypted is not None,
        models=row.models,
        load=ProviderLoad(**row.load),
    )
