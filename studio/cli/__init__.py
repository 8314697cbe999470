"""The command line: `studio` and its commands."""

import sys

import typer

from core.errors import TroupeError
from studio.cli import approvals, batches, files, kept_tests, running, runs, serving, triggers
from studio.cli.options import DatabaseUrl, DataDir, Version
from studio.cli.serving import NoBrowser, Port, serve
from studio.commands.output import adapt_to_terminal, tell

WRONG_USAGE = 2
NOT_UNDERSTOOD = {"not_found", "invalid_input", "invalid_spec", "broken_organization", "import"}
"""Codes of errors that lie in what the command was given."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Troupe: the open studio for agent organizations on the OpenAI Agents SDK.",
)
for part in (serving, running, kept_tests, files):
    app.add_typer(part.app)
for part in (approvals, batches, runs, triggers):
    app.add_typer(part.app, name=part.__name__.rpartition(".")[2])
app.add_typer(kept_tests.tests, name="tests")


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


def main() -> None:
    """Entry of the `studio` command."""
    adapt_to_terminal()
    try:
        app(prog_name="studio")
    except TroupeError as error:
        tell(f"Error: {error}")
        sys.exit(WRONG_USAGE if error.code in NOT_UNDERSTOOD else 1)
