"""`studio patterns`, `run` and `batch`."""

from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json, Output

app = typer.Typer()


@app.command()
def patterns(as_json: Json = False) -> None:
    """List the patterns to start from."""
    from studio.commands.patterns import patterns as command

    command(as_json=as_json)


@app.command()
def run(
    what: Annotated[
        str,
        typer.Argument(
            metavar="ORGANIZATION_OR_FILE_OR_PATTERN",
            help="An organization (name or id), a YAML/JSON file, or a pattern.",
        ),
    ],
    text: Annotated[str, typer.Option("--input", help="What the organization is told.")],
    session: Annotated[str | None, typer.Option(help="Conversation to go on with, by name.")] = None,
    model: Annotated[str | None, typer.Option(help="Model for all agents, such as openai/gpt-5.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Run an organization and stream what happens. Exit code: 0 completed, 3 waiting for a person, 1 failed."""
    from studio.commands.run import run as command

    raise typer.Exit(command(what, text, session=session, model=model, data_dir=data_dir, as_json=as_json))


@app.command()
def batch(
    what: Annotated[
        str,
        typer.Argument(
            metavar="ORGANIZATION_OR_FILE_OR_PATTERN",
            help="An organization (name or id), a YAML/JSON file, or a pattern.",
        ),
    ],
    data: Annotated[
        str,
        typer.Option(metavar="FILE", help="The rows: CSV, JSON lines, or an input a line; - for standard input."),
    ],
    template: Annotated[
        str, typer.Option(help="Input of a row, with {column} for its values (default: the usual column).")
    ] = "",
    name: Annotated[str, typer.Option(help="What the batch is called.")] = "",
    model: Annotated[str | None, typer.Option(help="Model for all agents, such as openai/gpt-5.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Rows at work at the same time (default: 5).")] = None,
    output: Output = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Run an organization over all rows of a file. Exit code: 0 all completed, 3 some wait for approval, 1 some
    failed or it was stopped. Ctrl-C stops it; `studio batches continue` goes on."""
    from studio.commands.batch import batch as command

    raise typer.Exit(
        command(
            what,
            data,
            template=template,
            name=name,
            model=model,
            concurrency=concurrency,
            output=output,
            data_dir=data_dir,
            as_json=as_json,
        )
    )
