"""Which executor is chosen, and what it needs."""

from pathlib import Path

import pytest

from core.bootstrap import Core
from core.engine.executors import LocalExecutor
from core.errors import InvalidInputError
from core.settings import Settings, load_settings
from tests.support.studio import open_studio


def test_without_a_setting_it_is_the_local_one(tmp_path: Path) -> None:
    with open_studio(tmp_path) as core:
        assert isinstance(core.engine.executor, LocalExecutor)


def test_dbos_needs_a_server(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="needs a PostgreSQL database") as caught:
        Core(Settings(data_dir=tmp_path, executor="dbos"))

    assert "STUDIO_DATABASE_URL" in caught.value.hint


def test_it_is_a_setting(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path, environment={"STUDIO_EXECUTOR": "dbos"}).executor == "dbos"
    with pytest.raises(InvalidInputError, match="STUDIO_EXECUTOR"):
        load_settings(data_dir=tmp_path, environment={"STUDIO_EXECUTOR": "celery"})
