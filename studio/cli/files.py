"""`studio export`, `import` and `schema`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.options import DatabaseUrl, DataDir, Json

Written = Literal["yaml", "json", "mermaid"]

app = typer.Typer()


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
