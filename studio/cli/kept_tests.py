"""`studio test` and `studio tests`."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json

app = typer.Typer()
tests = typer.Typer(no_args_is_help=True, help="Runs that are kept as tests: list, save, export, import.")

Organization = Annotated[str | None, typer.Option(metavar="ORG", help="Only tests of it: its name or id.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of the test.")]


@app.command("test")
def run_tests(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Tests by name or id, or files that were exported (default: all)."
        ),
    ] = None,
    organization: Annotated[
        str | None,
        typer.Option(
            metavar="ORG",
            help="Only tests of this organization (name or id); for a file what to play it with, which may be a "
            "YAML/JSON file or a pattern (default: the one that it names).",
        ),
    ] = None,
    revision: Annotated[
        int | None, typer.Option(min=1, help="Number of a revision (default: the newest).")
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Play recorded runs with the newest revision, and print what is different. No model is asked and no tool is
    called. Exit code: 0 all passed, 1 some differ, 2 there is no such test, or none at all."""
    from studio.commands.testing import Wanted
    from studio.commands.testing import run_tests as command

    wanted = Wanted(names or (), organization, revision)
    raise typer.Exit(command(wanted, data_dir=data_dir, as_json=as_json))


@tests.command("list")
def list_tests(
    organization: Organization = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List the tests, and how each went the last time."""
    from studio.commands.kept_tests import list_tests as command

    command(organization, data_dir=data_dir, as_json=as_json)


@tests.command()
def save(
    id: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run that is over.")],
    name: Annotated[str, typer.Option(help="What the test is called.")],
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Models may be asked something else; only course and end count.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a test with that name.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Keep a run as a test of later revisions; prints the test's id."""
    from studio.commands.kept_tests import save as command

    command(id, name, same_questions=not lenient, replace=replace, data_dir=data_dir)


@tests.command("export")
def export_test(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; without it, standard output.")
    ] = None,
    organization: Organization = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a test as JSON, for `studio test FILE` or `studio tests import`."""
    from studio.commands.kept_tests import export as command

    command(name, file, organization=organization, data_dir=data_dir)


@tests.command("import")
def import_test(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A test that was exported.")],
    organization: Annotated[
        str | None,
        typer.Option(
            metavar="ORG",
            help="What it becomes a test of: a name, an id, a file or a pattern (default: the one that it names).",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a test with that name.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Add a test from a file; prints its id."""
    from studio.commands.kept_tests import import_file as command

    command(file, organization=organization, replace=replace, data_dir=data_dir)


@tests.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW_NAME", help="Its new name.")],
    organization: Organization = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Give a test another name."""
    from studio.commands.kept_tests import rename as command

    command(name, new_name, organization=organization, data_dir=data_dir)


@tests.command()
def delete(
    name: Name,
    organization: Organization = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete a test; runs that played it stay."""
    from studio.commands.kept_tests import delete as command

    command(name, organization=organization, data_dir=data_dir)
