"""Brings a database to the version of this code: creates, upgrades after a backup, or refuses a newer one."""

import sqlite3
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from core.errors import DatabaseVersionError
from core.store import tables as tables

HEAD = "0002"
"""The newest migration; a test holds it against the folder of migrations."""

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: Engine, path: Path) -> None:
    """Leave the database at version HEAD. Raises DatabaseVersionError when a newer Troupe wrote it, or when it
    cannot be upgraded; it is left as it was then."""
    version = database_version(engine)
    if version == HEAD:
        return
    if version is None:
        _create(engine)
        return
    if version > HEAD:
        raise DatabaseVersionError(
            f"The database {path} has version {version}; this Troupe knows up to {HEAD}.",
            hint="Start it with the newer Troupe that wrote it, or choose another folder with --data-dir.",
        )
    backup = _back_up(path, version)
    try:
        upgrade(engine)
    except SQLAlchemyError as error:
        # All migrations run in one transaction, so that nothing of them is left.
        raise DatabaseVersionError(
            f"The database {path} could not be brought from version {version} to {HEAD}; it is as it was. {error}",
            hint=f"Start the Troupe that it worked with, and report this. A copy of it is in {backup}.",
        ) from error


def database_version(engine: Engine) -> str | None:
    """The version that the database says it has; None for an empty one."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def upgrade(engine: Engine, *, to: str = "head") -> None:
    """Run the migrations up to version `to`."""
    # Alembic takes long to import and most starts do not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _create(engine: Engine) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        # Two processes may open a new folder at the same moment; the second finds the work done.
        if inspect(connection).has_table("alembic_version"):
            return
        SQLModel.metadata.create_all(connection)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{HEAD}')")


def _back_up(path: Path, version: str) -> Path:
    copy = path.with_name(f"{path.stem}-{version}-{datetime.now():%Y%m%d-%H%M%S}.backup.db")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    return copy
