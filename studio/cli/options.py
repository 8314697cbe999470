"""Options that several commands share."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from core.settings import DATABASE_URL, server_address
from studio.commands.output import say

Value = TypeVar("Value")


def given_before(context: typer.Context, parameter: typer.CallbackParam, value: Value) -> Value:
    """An option that was given before the command counts too: `studio --data-dir DIR runs list`."""
    given: Value | None = context.find_root().params.get(parameter.name or "")
    return given if given is not None and (value is None or value is False) else value


def _set_database_url(url: str | None) -> str | None:
    """Taken for set in the environment, where processes that are started look as well."""
    if url is not None:
        server_address(url, given_by="--database-url")
        os.environ[DATABASE_URL] = url
    return url


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"studio {version('studio')}")
        raise typer.Exit


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        callback=given_before,
        help="Folder of the database (default: STUDIO_DATA_DIR, else the platform's).",
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        callback=_set_database_url,
        metavar="URL",
        help="Address of a PostgreSQL database (default: STUDIO_DATABASE_URL, which `ps` does not show).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write the results into this file: JSON lines if it ends with .jsonl, else CSV."
    ),
]
Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
]
