"""`studio copy-data`."""

from core.services.moving import copy_data as copy
from studio.commands.output import say, tell


def copy_data(source: str, target: str, *, replace: bool) -> None:
    """Copy everything from one place to another."""
    rows = copy(source, target, replace=replace, tell=_tell)
    say(f"{rows} rows were copied.")
    tell(
        "Stored provider keys need the same secret key: STUDIO_SECRET_KEY, or the file 'secret.key' of the folder."
    )


def _tell(table: str, rows: int) -> None:
    if rows:
        tell(f"{table}: {rows}")
