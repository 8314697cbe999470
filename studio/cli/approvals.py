"""`studio approvals`."""

from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json

app = typer.Typer(no_args_is_help=True, help="What waits for a person: list, approve, reject.")


@app.command("list")
def list_approvals(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List what waits for a person."""
    from studio.commands.approvals import list_pending

    list_pending(data_dir=data_dir, as_json=as_json)


Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the approval.")]


@app.command()
def approve(
    id: Id,
    reason: Annotated[str, typer.Option(help="Kept with the decision.")] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Let the call run and go on with its run. Exit codes as of `studio run`."""
    from studio.commands.approvals import decide

    raise typer.Exit(decide(id, "approved", reason=reason, data_dir=data_dir, as_json=as_json))


@app.command()
def reject(
    id: Id,
    reason: Annotated[str, typer.Option(help="What the agent is told.")] = "Rejected by a person.",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Refuse the call and go on with its run. Exit codes as of `studio run`."""
    from studio.commands.approvals import decide

    raise typer.Exit(decide(id, "rejected", reason=reason, data_dir=data_dir, as_json=as_json))
