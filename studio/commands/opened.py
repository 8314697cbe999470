"""A core for the time of one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.bootstrap import Core
from core.errors import InvalidInputError
from core.settings import Settings, load_settings


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Core]:
    """The core over the data folder, closed at the end. Raises InvalidInputError when there can be no folder."""
    with opened_with(load_settings(data_dir=data_dir)) as core:
        yield core


@contextmanager
def opened_with(settings: Settings) -> Iterator[Core]:
    """The same, with these settings."""
    core = _core(settings)
    try:
        yield core
    finally:
        core.close()


def _core(settings: Settings) -> Core:
    try:
        return Core(settings)
    except OSError as error:
        raise InvalidInputError(
            f"The data folder '{settings.data_dir}' cannot be used: {error.strerror}.",
            hint="Choose another with --data-dir or STUDIO_DATA_DIR.",
        ) from error
