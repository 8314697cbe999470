"""`studio serve`, `worker` and `copy-data`."""

from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, given_before

app = typer.Typer()

Port = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        callback=given_before,
        help="Port to listen on, the next free one if it is taken, 0 for any (default: 8501).",
    ),
]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", callback=given_before, help="Do not open a browser window.")
]


@app.command()
def serve(
    port: Port = None, data_dir: DataDir = None, database_url: DatabaseUrl = None, no_browser: NoBrowser = False
) -> None:
    """Serve the studio on this machine."""
    from studio.commands.serve import serve as command

    command(port=8501 if port is None else port, data_dir=data_dir, browser=not no_browser)


@app.command()
def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1, help="Runs that work at the same time (default: STUDIO_MAX_CONCURRENT_RUNS, else 50)."
        ),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Work on runs, beside any number of other workers. Asked to end, it hands its runs on."""
    from studio.commands.worker import worker as command

    command(concurrency=concurrency, data_dir=data_dir)


@app.command("copy-data")
def copy_data(
    source: Annotated[str, typer.Option("--from", metavar="URL_OR_FOLDER", help="Where the data is.")],
    target: Annotated[str, typer.Option("--to", metavar="URL_OR_FOLDER", help="Where it is to be as well.")],
    replace: Annotated[bool, typer.Option("--replace", help="Forget what the target holds.")] = False,
) -> None:
    """Copy everything from one database into another: data folders, or addresses of PostgreSQL databases."""
    from studio.commands.copy_data import copy_data as command

    command(source, target, replace=replace)
