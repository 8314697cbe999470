"""A private PostgreSQL server, and a fresh database of it for each test."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from core.settings import ServerAddress
from core.store.database import Database

ADDRESS_VARIABLE = "STUDIO_TEST_DATABASE_URL"
"""Address of the database that `open_studio` opens instead of a file, also in processes that a test starts."""
USER = "postgres"
PASSWORD = "not-shown-anywhere"
"""The server trusts everybody on this machine; tests look whether anybody repeats it."""
_TEMPLATE = "studio_template"
_DIE_WITH_PARENT = 1


def programs() -> Path | None:
    """Folder of the server's programs, None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    found = [Path(on_path)] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class PostgresServer:
    """A running server on a free port of this machine."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.folder = folder
        self.port = port
        self.process = process
        self._numbers = count(1)

    def url(self, database: str, *, port: int | None = None) -> str:
        """Address of a database; `port` for a way there that is not the direct one."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}"

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a database for one test, with all tables unless `empty`."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {_TEMPLATE}"))
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """One statement outside of all tests' databases."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def cut(self, url: str) -> None:
        """End all connections of a database, as a restart of the server does."""
        name = url.rpartition("/")[2]
        self.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")

    def make_template(self) -> None:
        """Make the tables once; databases are copies of them."""
        self.execute(f"CREATE DATABASE {_TEMPLATE}")
        Database(ServerAddress(self.url(_TEMPLATE))).close()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for a whole session of tests. Skips where PostgreSQL is missing, and fails there when `CI=true`."""
    found = programs()
    if found is None:
        message = "PostgreSQL is not installed (apt-get install postgresql)."
        if os.environ.get("CI") == "true":
            raise AssertionError(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="troupe-postgres-"))
    try:
        with _running(found, folder) as server:
            server.make_template()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(found: Path, folder: Path) -> Iterator[PostgresServer]:
    account = _account()
    if account is not None:
        shutil.chown(folder, account, account)
    data = folder / "data"
    subprocess.run(
        [found / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"],
        check=True,
        stdout=subprocess.DEVNULL,
        user=account,
        cwd=folder,
    )
    port = _free_port()
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "on"}
    options |= {"shared_buffers": "32MB", "max_connections": "200"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(found / "postgres"), "-D", str(data), "-p", str(port), *settings],
            user=account,
            cwd=folder,
            stdout=log,
            stderr=log,
            # Tests that are killed must not leave servers behind.
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )
    server = PostgresServer(folder, port, process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGINT)


def _wait_until_ready(server: PostgresServer) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > end:
                said = (server.folder / "log").read_text()
                raise AssertionError(f"PostgreSQL did not start:\n{said[-4000:]}") from error
            time.sleep(0.05)
        else:
            return


def _account() -> str | None:
    """Whom to run the server as: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return USER if USER in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
