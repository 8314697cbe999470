"""The command line: `studio` and its commands."""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from core.errors import TroupeError
from core.settings import DATABASE_URL, server_address
from studio.commands.output import adapt_to_terminal, say, tell

WRONG_USAGE = 2
NOT_UNDERSTOOD = {"not_found", "invalid_input", "invalid_spec", "broken_organization", "import"}
"""Codes of errors that lie in what the command was given."""

Value = TypeVar("Value")
Written = Literal["yaml", "json", "mermaid"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Troupe: the open studio for agent organizations on the OpenAI Agents SDK.",
)
approvals_app = typer.Typer(no_args_is_help=True, help="What waits for a person: list, approve, reject.")
triggers_app = typer.Typer(no_args_is_help=True, help="What starts runs by itself: list, events, replay.")
runs_app = typer.Typer(no_args_is_help=True, help="Stored runs: list, show, and change their course.")
batches_app = typer.Typer(no_args_is_help=True, help="Batches: list, continue, retry, export.")
app.add_typer(approvals_app, name="approvals")
app.add_typer(batches_app, name="batches")
app.add_typer(runs_app, name="runs")
app.add_typer(triggers_app, name="triggers")


def _given_before(context: typer.Context, parameter: typer.CallbackParam, value: Value) -> Value:
    """An option that was given before the command counts too: `studio --data-dir DIR runs list`."""
    given: Value | None = context.find_root().params.get(parameter.name or "")
    return given if given is not None and (value is None or value is False) else value


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"studio {version('studio')}")
        raise typer.Exit


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        callback=_given_before,
        help="Folder of the database (default: STUDIO_DATA_DIR, else the platform's).",
    ),
]


def _set_database_url(url: str | None) -> str | None:
    """Taken for set in the environment, where processes that are started look as well."""
    if url is not None:
        server_address(url, given_by="--database-url")
        os.environ[DATABASE_URL] = url
    return url


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
Port = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        callback=_given_before,
        help="Port to listen on, the next free one if it is taken, 0 for any (default: 8501).",
    ),
]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", callback=_given_before, help="Do not open a browser window.")
]
Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
]


@app.callback(invoke_without_command=True)
def studio(
    context: typer.Context,
    port: Port = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    no_browser: NoBrowser = False,
    version: Version = False,
) -> None:
    """Open the studio in the browser (the same as `studio serve`)."""
    if context.invoked_subcommand is None:
        serve(port=port, data_dir=data_dir, no_browser=no_browser)


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


Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write the results into this file: JSON lines if it ends with .jsonl, else CSV."
    ),
]


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


@app.command()
def export(
    organization: Annotated[
        str, typer.Argument(metavar="ORGANIZATION", help="An organization (name or id) or a pattern.")
    ],
    form: Annotated[Written, typer.Option("--format", help="YAML, JSON, or a Mermaid flowchart.")] = "yaml",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    code: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write it as a Python package on the Agents SDK into this folder."),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print an organization as YAML, JSON or Mermaid. Secrets in it become ${NAME}, which is told beside it.

    With --code it becomes a Python package that runs by itself. Changes that were made in that folder since the
    last export stay; the exit code is 1 when they contradict the new ones, which is marked in the files.
    """
    if code is not None:
        from studio.commands.export_code import export_code

        raise typer.Exit(export_code(organization, code, data_dir=data_dir))
    from studio.commands.export import export as command

    command(organization, form="json" if as_json else form, data_dir=data_dir)


@app.command("import")
def import_organization(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="Python that uses the Agents SDK, an Agent Builder export, AutoGen Studio teams, YAML or JSON: a "
            "file, a folder or a zip archive.",
        ),
    ],
    module: Annotated[
        str | None,
        typer.Option(
            metavar="MODULE:OBJECT", help="Run this module, found in PATH, and read the agents that it makes."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What the organization is called here.")] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Add the organizations of a file or folder; prints their ids, and what became of everything."""
    from studio.commands.import_file import import_path

    import_path(path, module=module, name=name, data_dir=data_dir, as_json=as_json)


@app.command()
def schema() -> None:
    """Print the JSON schema of organizations in YAML and JSON."""
    from core.organization.published import schema_text
    from studio.commands.output import print_document

    print_document(schema_text())


@approvals_app.command("list")
def list_approvals(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List what waits for a person."""
    from studio.commands.approvals import list_pending

    list_pending(data_dir=data_dir, as_json=as_json)


Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the approval.")]


@approvals_app.command()
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


@approvals_app.command()
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


BatchId = Annotated[str, typer.Argument(metavar="ID", help="Id of the batch.")]


@batches_app.command("list")
def list_batches(
    page: Annotated[int, typer.Option(min=1, help="Page of 20, newest first.")] = 1,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List batches, newest first."""
    from studio.commands.batch import list_batches as command

    command(page=page, data_dir=data_dir, as_json=as_json)


@batches_app.command("continue")
def continue_batch(id: BatchId, output: Output = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Go on with a batch that was stopped or killed. Exit codes as of `studio batch`."""
    from studio.commands.batch import go_on

    raise typer.Exit(go_on(id, retry=False, output=output, data_dir=data_dir, as_json=as_json))


@batches_app.command("retry")
def retry_batch(id: BatchId, output: Output = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Start the failed rows again, and go on. Exit codes as of `studio batch`."""
    from studio.commands.batch import go_on

    raise typer.Exit(go_on(id, retry=True, output=output, data_dir=data_dir, as_json=as_json))


@batches_app.command("export")
def export_batch(id: BatchId, output: Output = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Print the results as CSV (with --json: a row as JSON a line), or write them into a file."""
    from studio.commands.batch import export as command

    command(id, output=output, as_json=as_json, data_dir=data_dir)


@runs_app.command("list")
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


@runs_app.command()
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


@runs_app.command()
def pause(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Let a run come to rest after its present turn, wherever it is worked on."""
    from studio.commands.control import pause as command

    command(id, data_dir=data_dir, as_json=as_json)


@runs_app.command()
def stop(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Stop a run, wherever it is worked on; what happened until then is kept."""
    from studio.commands.control import stop as command

    command(id, data_dir=data_dir, as_json=as_json)


@runs_app.command()
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


@runs_app.command()
def retry(id: RunId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Go on with a run that failed or was stopped, from where it stood. Exit codes as of `studio run`."""
    from studio.commands.control import retry as command

    raise typer.Exit(command(id, data_dir=data_dir, as_json=as_json))


@runs_app.command()
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


@triggers_app.command("list")
def list_triggers(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List the triggers."""
    from studio.commands.triggers import list_triggers as command

    command(data_dir=data_dir, as_json=as_json)


@triggers_app.command()
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


@triggers_app.command()
def replay(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of an event.")] = None,
    dead: Annotated[bool, typer.Option("--all", help="All events that are dead or whose run failed.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Start a new run for an event that is over or dead; a studio that serves this data does it."""
    from studio.commands.triggers import replay as command

    command(id, everything=dead, data_dir=data_dir)


def main() -> None:
    """Entry of the `studio` command."""
    adapt_to_terminal()
    try:
        app(prog_name="studio")
    except TroupeError as error:
        tell(f"Error: {error}")
        sys.exit(WRONG_USAGE if error.code in NOT_UNDERSTOOD else 1)


if __name__ == "__main__":
    main()
