"""Imports: organizations from code, from exports of other products, and from files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.organization.layout import auto_layout
from core.organization.spec import Organization
from core.sdk.reflect.report import ORGANIZATION, UNKNOWN_FIELD, Imported, Report
from core.sdk.reflect.report import Entry as Entry
from core.sdk.reflect.sources import PASTED, SourceFile, from_bytes, from_path, from_text
from core.services.organizations import OrganizationService

_PYTHON = re.compile(r"^\s*(?:import|from)\s+[\w.]+|^\s*(?:async\s+)?def\s+\w+\(|=\s*Agent\(", re.MULTILINE)
_YAML = re.compile(r"^[a-z_]+:(?:\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An organization that was imported: where it is now, and what became of everything that was found."""

    organization_id: str
    organization: Organization
    source: str
    """What kind of thing it was, in words."""
    report: tuple[Entry, ...]

    @property
    def is_file_of_ours(self) -> bool:
        """Whether it was an organization in YAML or JSON, which needs no report."""
        return self.source == ORGANIZATION

    @property
    def unknown_fields(self) -> list[str]:
        """Sentences on fields that this version does not know, and keeps."""
        return [entry.note for entry in self.report if entry.what == UNKNOWN_FIELD]

    def count(self, fate: str) -> int:
        """How many entries of the report have that fate."""
        return sum(entry.fate == fate for entry in self.report)


class ImportService:
    """Bring organizations in. Nothing that was given is run, but for `from_object`."""

    def __init__(self, organizations: OrganizationService) -> None:
        self._organizations = organizations

    def from_path(self, path: Path, *, name: str = "") -> list[Arrival]:
        """A file, a zip archive or a folder on this machine. Raises ImportProblemError and InvalidSpecError."""
        report = Report()
        return self._from_files(from_path(path, report), report, name=name)

    def from_uploads(self, uploads: Sequence[tuple[str, bytes]], *, name: str = "") -> list[Arrival]:
        """Files by their names, as a browser sends them. Raises ImportProblemError and InvalidSpecError."""
        report = Report()
        files = [file for given, data in uploads for file in from_bytes(given, data, report)]
        return self._from_files(files, report, name=name)

    def from_text(self, text: str, *, name: str = "") -> list[Arrival]:
        """Pasted Python, YAML or JSON. Raises ImportProblemError and InvalidSpecError."""
        report = Report()
        return self._from_files(from_text(text, pasted_name(text)), report, name=name)

    def from_object(self, reference: str, folder: Path, *, name: str = "") -> Arrival:
        """`module:object`, which is imported in a process of its own: its code runs. Raises ImportProblemError."""
        from core.sdk.reflect.live import import_object

        return self._added(import_object(reference, folder, name=name), note=f"Imported {reference}")

    def _from_files(self, files: list[SourceFile], report: Report, *, name: str) -> list[Arrival]:
        # It brings the Agents SDK along, whose import takes longer than the start of the studio.
        from core.sdk.reflect.importing import import_files

        found = import_files(files, report, name=name)
        return [self._added(each, note=f"Imported: {each.source}") for each in found]

    def _added(self, found: Imported, *, note: str) -> Arrival:
        org = found.organization
        # A file of ours stays as it is: what it does not say is a choice, too.
        ours = found.source == ORGANIZATION
        laid_out = org if ours else org.with_layout(auto_layout(org, only_missing=True))
        organization_id = self._organizations.create_named(laid_out, note=note)
        return Arrival(organization_id, laid_out, found.source, found.report)


def pasted_name(text: str) -> str:
    """The name of a file for pasted text: what it looks like decides how it is read."""
    if text.lstrip().startswith(("{", "[")):
        return "pasted.json"
    if _PYTHON.search(text):
        return PASTED
    return "pasted.yaml" if _YAML.search(text) else PASTED
