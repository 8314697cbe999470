"""Moving: everything of one database into another one."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from core.errors import InvalidInputError, NotFoundError
from core.settings import ServerAddress, Settings, server_address
from core.store.copying import copy_all
from core.store.database import Database


def copy_data(source: str, target: str, *, replace: bool, tell: Callable[[str, int], None]) -> int:
    """Copy all data; each place is a data folder or the address of a PostgreSQL database. Returns how many rows.
    Raises NotFoundError, InvalidInputError, or ConflictError when runs are at work, or the target holds data and
    is not to be replaced."""
    begin, end = _place(source, "--from"), _place(target, "--to")
    if begin == end:
        raise InvalidInputError("Both places are the same.", hint="Name two.")
    if isinstance(begin, Path) and not begin.exists():
        raise NotFoundError("database", str(begin))
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(Database(place))) for place in (begin, end)]
        return copy_all(opened[0], opened[1], replace=replace, tell=tell)


def _place(text: str, option: str) -> Path | ServerAddress:
    if "://" in text:
        return server_address(text, given_by=option)
    return Settings(data_dir=Path(text).expanduser().resolve()).database
