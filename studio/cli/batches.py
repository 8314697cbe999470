"""`studio batches`."""

from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json, Output

app = typer.Typer(no_args_is_help=True, help="Batches: list, continue, retry, export.")

BatchId = Annotated[str, typer.Argument(metavar="ID", help="Id of the batch.")]


@app.command("list")
def list_batches(
    page: Annotated[int, typer.Option(min=1, help="Page of 20, newest first.")] = 1,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List batches, newest first."""
    from studio.commands.batch import list_batches as command

    command(page=page, data_dir=data_dir, as_json=as_json)


@app.command("continue")
def continue_batch(
    id: BatchId,
    output: Output = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Go on with a batch that was stopped or killed. Exit codes as of `studio batch`."""
    from studio.commands.batch import go_on

    raise typer.Exit(go_on(id, retry=False, output=output, data_dir=data_dir, as_json=as_json))


@app.command("retry")
def retry_batch(
    id: BatchId,
    output: Output = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Start the failed rows again, and go on. Exit codes as of `studio batch`."""
    from studio.commands.batch import go_on

    raise typer.Exit(go_on(id, retry=True, output=output, data_dir=data_dir, as_json=as_json))


@app.command("export")
def export_batch(
    id: BatchId,
    output: Output = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Print the results as CSV (with --json: a row as JSON a line), or write them into a file."""
    from studio.commands.batch import export as command

    command(id, output=output, as_json=as_json, data_dir=data_dir)
