"""What tests of every kind may ask for."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import ADDRESS_VARIABLE, PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process; started when the first test asks for it."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database with all tables and nothing in them."""
    with postgres.fresh() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs twice: `open_studio` opens a SQLite file, and then a PostgreSQL database."""
    name: str = request.param
    if name == "postgresql":
        monkeypatch.setenv(ADDRESS_VARIABLE, request.getfixturevalue("postgres_url"))
    return name
