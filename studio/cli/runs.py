"""`studio runs`."""

from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json

app = typer.Typer(no_args_is_help=True, help="Stored runs: list, show, and change their course.")


@app.command("list")
def list_runs(
    status: Annotated[str | None, typer.Option(help="Only runs with this status.")] = None,
    page: Annotated[int, typer.Option(min=1, help="Page of 50, newest first.")] = 1,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List runs, newest first."""
    from studio.commands.runs import list_runs as command

    command(status=status, page=page, data_dir=data_dir, as_json=as_json)


@app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of the run.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Show one run with its events."""
    from studio.commands.runs import show as command

    command(id, data_dir=data_dir, as_json=as_json)


RunId = Annotated[str, typer.Argument(metavar="ID", help="Id of the run.")]


@app.command()
def pause(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Let a run come to rest after its present turn, wherever it is worked on."""
    from studio.commands.control import pause as command

    command(id, data_dir=data_dir, as_json=as_json)


@app.command()
def stop(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Stop a run, wherever it is worked on; what happened until then is kept."""
    from studio.commands.control import stop as command

    command(id, data_dir=data_dir, as_json=as_json)


@app.command()
def resume(
    id: RunId,
    message: Annotated[str, typer.Option(help="What its agents are told before it goes on.")] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Go on with a paused run and stream what happens. Exit codes as of `studio run`."""
    from studio.commands.control import resume as command

    raise typer.Exit(command(id, message=message, data_dir=data_dir, as_json=as_json))


@app.command()
def retry(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Go on with a run that failed or was stopped, from where it stood. Exit codes as of `studio run`."""
    from studio.commands.control import retry as command

    raise typer.Exit(command(id, data_dir=data_dir, as_json=as_json))


@app.command()
def again(
    id: RunId,
    text: Annotated[str | None, typer.Option("--input", help="What it is told instead.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Start another run of the same revision and stream it. Exit codes as of `studio run`."""
    from studio.commands.control import again as command

    raise typer.Exit(command(id, text=text, data_dir=data_dir, as_json=as_json))


@app.command()
def replay(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Play a run that is over once more from what was recorded, for nothing: no model is asked, no tool is called.
    Exit codes as of `studio run`."""
    from studio.commands.control import replay as command

    raise typer.Exit(command(id, data_dir=data_dir, as_json=as_json))


@app.command()
def fork(
    id: RunId,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="CALL", help="Before which model call, by key or number; without it they are listed."
        ),
    ] = None,
    instructions: Annotated[
        list[str] | None,
        typer.Option(metavar="AGENT=TEXT", help="Other instructions of an agent; AGENT=@FILE reads them."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="[AGENT=]MODEL", help="Another model of an agent, or of all agents."),
    ] = None,
    text: Annotated[str | None, typer.Option("--input", help="What the run is told instead.")] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CALL_ID=TEXT", help="What a tool call gave instead; CALL_ID=@FILE reads it from a file."
        ),
    ] = None,
    message: Annotated[str, typer.Option(help="What the agent is told before that call.")] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Start another run that stands where this one stood before one of its model calls, and stream what happens
    from there on. What was done before is not done again. Exit codes as of `studio run`."""
    from studio.commands.fork import Wanted
    from studio.commands.fork import fork as command

    wanted = Wanted(instructions or (), model or (), text, output or (), message)
    raise typer.Exit(command(id, at=at, wanted=wanted, data_dir=data_dir, as_json=as_json))
