"""Finds out what was given for import, and reads it: our packages, Agent Builder exports, Python, AutoGen teams,
organizations in YAML and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import InvalidSpecError
from core.organization.files import import_text
from core.sdk.reflect.agent_builder import import_export, is_export
from core.sdk.reflect.autogen import import_team
from core.sdk.reflect.autogen_files import teams
from core.sdk.reflect.package_files import STUDIO_FILE, package_files
from core.sdk.reflect.package_reader import import_package
from core.sdk.reflect.python_code import import_python
from core.sdk.reflect.report import ORGANIZATION, UNKNOWN_FIELD, Entry, Imported, ImportProblemError, Report
from core.sdk.reflect.sources import SourceFile


def import_files(files: Sequence[SourceFile], report: Report, *, name: str = "") -> list[Imported]:
    """The organizations in the files; more than one only of several teams, or files that hold one each. Raises
    ImportProblemError and InvalidSpecError."""
    if not files:
        raise ImportProblemError(
            "There is nothing to import.",
            hint="Give Python files, a zip of them, or organizations in YAML or JSON.",
        )
    package = package_files(files, report)
    if package is not None:
        return [import_package(package, report, name=name)]
    python = [file for file in files if file.kind == ".py"]
    if python:
        read = import_export if is_export(python) else import_python
        return [read(python, report, name=name)]
    found = teams(files, report)
    if found:
        return [import_team(team, where, _branched(report), name=name) for where, team in found]
    texts = [file for file in files if file.kind in {".yaml", ".yml", ".json"} and file.path != STUDIO_FILE]
    if not texts:
        raise ImportProblemError(
            f"'{files[0].path}' is nothing that can be imported.",
            hint="Give Python files, a zip of them, or organizations in YAML or JSON.",
        )
    return [_organization(file, name) for file in texts]


def _branched(report: Report) -> Report:
    """A report of its own for each of several organizations, with what holds for all."""
    return Report(list(report.entries))


def _organization(file: SourceFile, name: str) -> Imported:
    found = import_text(_utf8(file), source=file.path)
    org = found.organization.model_copy(update={"name": name}) if name else found.organization
    notes = tuple(Entry("approximated", UNKNOWN_FIELD, file.path, note) for note in found.notes)
    return Imported(org, (Entry("carried", f"organization '{org.name}'", file.path), *notes), ORGANIZATION)


def _utf8(file: SourceFile) -> str:
    """The text of a file that must be exact."""
    try:
        return file.data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = file.data[: error.start].count(b"\n") + 1
        raise InvalidSpecError(
            f"{file.path}, line {line}: This is not UTF-8 text.", hint="Save the file as UTF-8 text.", line=line
        ) from error
