"""A team of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Executor
from tests.support.workers import Nursery, Team, team

KINDS: dict[str, tuple[str, Executor]] = {
    "local-sqlite": ("sqlite", "local"),
    "local-postgresql": ("postgresql", "local"),
    "dbos-postgresql": ("postgresql", "dbos"),
}


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where workers come from."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(params=list(KINDS))
def crew(request: pytest.FixtureRequest, tmp_path: Path, nursery: Nursery) -> Iterator[Team]:
    """A team without workers yet, of each kind that must keep the same promises."""
    database, executor = KINDS[request.param]
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with team(tmp_path, url, executor, nursery) as made:
        yield made
