"""The store on PostgreSQL: opening and upgrading it, what it cannot store, and connections that are lost."""

import sys
import threading
from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert
from sqlmodel import SQLModel

from core.errors import DatabaseUnavailableError, DatabaseVersionError, InvalidInputError
from core.settings import ServerAddress
from core.store import providers, run_work, runs
from core.store.database import Database
from core.store.fast_rows import write_rows
from core.store.postgres import PostgresServer as Place
from core.store.run_work import Orphan
from core.store.tables import SettingRow
from core.store.upgrade import HEAD, upgrade
from tests.support.postgres import PASSWORD, PostgresServer
from tests.support.stored_runs import add_run_rows
from tests.support.studio import until


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database(ServerAddress(postgres_url))
    yield opened
    opened.close()


@pytest.fixture
def empty_url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.fresh(empty=True) as url:
        yield url


def test_migrations_lead_to_the_tables_of_the_code(empty_url: str) -> None:
    """A database that went through all migrations equals one that was made at once."""
    place = Place(ServerAddress(empty_url))
    engine = place.open()
    upgrade(engine, place=place, to="0001")
    Database(ServerAddress(empty_url)).close()

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    engine.dispose()

    assert differences == []
    assert version == HEAD


def test_processes_that_open_a_new_database_at_once_make_it_once(empty_url: str) -> None:
    """Each of them finds it whole, whoever made it."""
    failed: list[Exception] = []
    all_ready = threading.Barrier(6)

    def open_it() -> None:
        all_ready.wait()
        try:
            Database(ServerAddress(empty_url)).close()
        except Exception as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert _all(empty_url, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_a_newer_database_is_refused_and_left_alone(postgres_url: str) -> None:
    _all(postgres_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseVersionError, match="version 9999") as caught:
        Database(ServerAddress(postgres_url))

    assert PASSWORD not in str(caught.value)
    assert _all(postgres_url, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_unit_of_work_rolls_back(database: Database) -> None:
    def broken(*, fast: bool) -> None:
        with database.fast() if fast else database.session() as db:
            providers.save_setting(db, "a", 1)
            raise InterruptedError

    for fast in (True, False):
        with pytest.raises(InterruptedError):
            broken(fast=fast)

    with database.read() as db:
        assert providers.setting(db, "a") is None


def test_a_nul_character_is_marked_and_ends_nothing(database: Database) -> None:
    """PostgreSQL stores every character but this one."""
    with database.session() as db:
        db.connection().exec_driver_sql("CREATE TABLE said (text TEXT)")
        db.connection().exec_driver_sql("INSERT INTO said VALUES (%(text)s)", {"text": "a\x00b 🎉"})
        providers.save_setting(db, "as_json", "a\x00b")

    with database.glance() as db:
        db.cursor.execute("SELECT text FROM said")
        assert db.cursor.fetchall() == [("a\ufffdb 🎉",)]
        assert providers.setting(db, "as_json") == "a\x00b"


def test_connections_that_were_cut_while_nobody_used_them_are_replaced(
    database: Database, postgres: PostgresServer
) -> None:
    with database.fast() as db:
        providers.save_setting(db, "a", 1)
    with database.read() as read:
        assert providers.setting(read, "a") == 1

    postgres.cut(database.shown)

    with database.fast() as db:
        providers.save_setting(db, "a", 2)
    postgres.cut(database.shown)
    with database.session() as session:
        providers.save_setting(session, "b", providers.setting(session, "a"))
    postgres.cut(database.shown)
    with database.glance() as db:
        assert providers.setting(db, "b") == 2


def test_a_connection_that_is_cut_in_the_middle_stores_nothing_and_says_so(
    database: Database, postgres: PostgresServer
) -> None:
    def cut_in_the_middle(*, fast: bool) -> None:
        with database.fast() if fast else database.session() as db:
            providers.save_setting(db, "a", 1)
            postgres.cut(database.shown)
            providers.save_setting(db, "b", 1)

    for fast in (True, False):
        with pytest.raises(DatabaseUnavailableError, match="does not answer") as caught:
            cut_in_the_middle(fast=fast)
        assert PASSWORD not in str(caught.value)

    with database.fast() as db:
        providers.save_setting(db, "c", 3)
    with database.read() as read:
        assert [providers.setting(read, key) for key in "abc"] == [None, None, 3]


def test_a_server_that_is_not_there(postgres: PostgresServer) -> None:
    with pytest.raises(DatabaseUnavailableError, match="does not answer") as caught:
        Database(ServerAddress(postgres.url("no_such_database")))

    assert "no_such_database" in caught.value.message
    assert "STUDIO_DATABASE_URL" in caught.value.hint
    assert PASSWORD not in str(caught.value)


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(InvalidInputError, match="uv sync --extra team"):
        Database(ServerAddress("postgresql://localhost/studio"))


def test_two_who_store_the_same_blobs_do_not_stop_each_other(database: Database) -> None:
    """Both write the same contents, met in another order: neither waits for the other for ever."""
    from core.store.run_writes import RunBatch, write_batch

    ids = add_run_rows(database, 2)
    names = [f"h{number:03}" for number in range(300)]
    failed: list[BaseException] = []
    both_ready = threading.Barrier(2)

    def write(run_id: str, order: list[str]) -> None:
        try:
            for turn in range(5):
                batch = RunBatch(blobs={f"{turn}{name}": b"{}" for name in order})
                both_ready.wait()
                with database.fast() as connection:
                    write_batch(connection, run_id, 0, batch)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [
        threading.Thread(target=write, args=(ids[0], names)),
        threading.Thread(target=write, args=(ids[1], names[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []


def test_a_process_that_stands_still_in_a_transaction_keeps_nobody_waiting(
    database: Database, postgres_url: str
) -> None:
    """Even behind rows that were written together, where the server's own limit for that does not begin."""
    other = Database(ServerAddress(postgres_url))

    def stand_still() -> None:
        with database.fast() as db:
            write_rows(db, insert(SettingRow), [{"key": key, "value": 1} for key in "ab"])
            assert other.end_frozen(lease=0.4) == 0
            until(lambda: other.end_frozen(lease=0.4) == 1)

    with pytest.raises(DatabaseUnavailableError):
        stand_still()

    with other.fast() as db:
        providers.save_setting(db, "a", 2)
    with other.read() as read:
        assert [providers.setting(read, key) for key in "ab"] == [2, None]
    assert other.end_frozen(lease=0.4) == 0
    other.close()


def test_a_run_is_not_taken_from_whoever_is_just_writing_for_it(database: Database, postgres_url: str) -> None:
    """And nobody waits for that: the next look finds it as it is then."""
    (run_id,) = add_run_rows(database, 1)
    orphan = Orphan(run_id, "somebody", 0, None)
    other = Database(ServerAddress(postgres_url))

    def adopted() -> bool:
        with other.session() as db:
            return run_work.adopt(db, orphan, owner=None)

    with database.session() as db:
        runs.lock(db, run_id)
        assert not adopted()
    assert adopted()
    assert not adopted()
    other.close()


def _all(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
