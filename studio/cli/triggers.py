"""`studio triggers`."""

from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json

app = typer.Typer(no_args_is_help=True, help="What starts runs by itself: list, events, replay.")


@app.command("list")
def list_triggers(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List the triggers."""
    from studio.commands.triggers import list_triggers as command

    command(data_dir=data_dir, as_json=as_json)


@app.command()
def events(
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of a trigger; without it those of all.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(help="Only events with this status, such as dead or failed.")
    ] = None,
    page: Annotated[int, typer.Option(min=1, help="Page of 50, newest first.")] = 1,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List events, newest first."""
    from studio.commands.triggers import list_events

    list_events(id, status=status, page=page, data_dir=data_dir, as_json=as_json)


@app.command()
def replay(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of an event.")] = None,
    dead: Annotated[bool, typer.Option("--all", help="All events that are dead or whose run failed.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Start a new run for an event that is over or dead; a studio that serves this data does it."""
    from studio.commands.triggers import replay as command

    command(id, everything=dead, data_dir=data_dir)
