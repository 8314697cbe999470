"""Opening, upgrading and refusing databases."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from core.errors import DatabaseVersionError
from core.store.database import Database
from core.store.upgrade import HEAD, MIGRATIONS, upgrade


def test_head_is_the_newest_migration() -> None:
    """The shortcut at start knows the newest migration, and there is one line of them."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    """A database that went through all migrations equals one that was made at once."""
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert differences == []


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Somebody starts an old Troupe on a new folder."""
    path = tmp_path / "studio.db"
    Database(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseVersionError, match="version 9999"):
        Database(path)

    assert list(tmp_path.glob("*.backup.db")) == []


def test_two_processes_may_create_it_together(tmp_path: Path) -> None:
    """The second opener finds the tables made."""
    first, second = Database(tmp_path / "studio.db"), Database(tmp_path / "studio.db")

    with first.session() as db:
        db.connection().exec_driver_sql("INSERT INTO setting (key, value) VALUES ('a', '1')")
    with second.read() as db:
        assert db.connection().exec_driver_sql("SELECT value FROM setting").scalar_one() == "1"


def test_many_threads_may_write(tmp_path: Path) -> None:
    """Each has written once, and waits for something else: they keep nobody from the database."""
    database, over = Database(tmp_path / "studio.db"), threading.Event()

    def write(number: int) -> None:
        with database.fast() as connection:
            connection.cursor.execute(f"INSERT INTO setting (key, value) VALUES ('{number}', '1')")
        written.release()
        over.wait()

    written = threading.Semaphore(0)
    threads = [threading.Thread(target=write, args=(number,)) for number in range(40)]
    try:
        for thread in threads:
            thread.start()
        for _ in threads:
            assert written.acquire(timeout=10)
        with database.session() as db:
            assert db.connection().exec_driver_sql("SELECT count(*) FROM setting").scalar_one() == 40
    finally:
        over.set()
        for thread in threads:
            thread.join()
        database.close()


def test_a_unit_of_work_rolls_back(tmp_path: Path) -> None:
    """An exception leaves nothing behind."""
    database = Database(tmp_path / "studio.db")

    def broken() -> None:
        with database.session() as db:
            db.connection().exec_driver_sql("INSERT INTO setting (key, value) VALUES ('a', '1')")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        broken()

    with database.read() as db:
        assert db.connection().exec_driver_sql("SELECT count(*) FROM setting").scalar_one() == 0
