"""A core for the time of one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.bootstrap import Core
from core.settings import load_settings


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Core]:
    """The core over the data folder, closed at the end."""
    core = Core(load_settings(data_dir=data_dir))
    try:
        yield core
    finally:
        core.close()
