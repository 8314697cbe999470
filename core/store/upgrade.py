"""Brings a database to the version of this code: creates, upgrades after a backup, or refuses a newer one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import SQLModel

from core.errors import DatabaseVersionError
from core.store import tables as tables
from core.store import telling as telling

HEAD = "0010"
"""The newest migration; a test holds it against the folder of migrations."""

MIGRATIONS = Path(__file__).parent / "migrations"


class Place(Protocol):
    """Where the database is, as far as upgrading it is concerned."""

    shown: str
    begin_upgrade: str | None

    def back_up(self, version: str) -> str:
        """Copy it if that can be done here; says where the copy is, or how one is made."""
        ...


def bring_up_to_date(engine: Engine, place: Place) -> None:
    """Leave the database at version HEAD. Raises DatabaseVersionError when a newer Troupe wrote it, or when it
    cannot be upgraded; it is left as it was then."""
    version = database_version(engine)
    if version == HEAD:
        return
    if version is None:
        _create(engine, place)
        return
    if version > HEAD:
        raise DatabaseVersionError(
            f"The database {place.shown} has version {version}; this Troupe knows up to {HEAD}.",
            hint="Start it with the newer Troupe that wrote it, or choose another folder with --data-dir.",
        )
    backup = place.back_up(version)
    try:
        upgrade(engine, place=place)
    except SQLAlchemyError as error:
        # All migrations run in one transaction, so that nothing of them is left.
        raise DatabaseVersionError(
            f"The database {place.shown} could not be brought from version {version} to {HEAD};"
            f" it is as it was. {error}",
            hint=f"Start the Troupe that it worked with, and report this. {backup}",
        ) from error


def database_version(engine: Engine) -> str | None:
    """The version that the database says it has; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def upgrade(engine: Engine, *, to: str = "head", place: Place | None = None) -> None:
    """Run the migrations up to version `to`."""
    # Alembic takes long to import and most starts do not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _alone(engine, place) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _create(engine: Engine, place: Place) -> None:
    with _alone(engine, place) as connection:
        # Two processes may open a new database at the same moment; the second finds the work done.
        if inspect(connection).has_table("alembic_version"):
            return
        SQLModel.metadata.create_all(connection)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{HEAD}')")


@contextmanager
def _alone(engine: Engine, place: Place | None) -> Iterator[Connection]:
    """A transaction in which nobody else makes or upgrades the tables."""
    with (
        engine.connect().execution_options(writes=True) as connection,
        _references_unchecked(connection),
        connection.begin(),
    ):
        if place is not None and place.begin_upgrade is not None:
            connection.exec_driver_sql(place.begin_upgrade)
        yield connection
        if connection.dialect.name == "sqlite":
            _refuse_lost_references(connection)


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by putting a copy in its place. Meanwhile others refer to nothing, which it would
    refuse, and cannot be told to allow within a transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _refuse_lost_references(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        raise IntegrityError(
            f"Rows of '{lost[0]}' refer to rows of '{lost[2]}' that are not there", None, ValueError()
        )
