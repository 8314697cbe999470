"""Organizations as code: to look at, as a zip, or written into a folder that a team goes on working in."""

import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.organization.files import from_text, to_json
from core.organization.spec import Organization
from core.sdk.provider_registry import ProviderRegistry
from core.sdk.redaction import redact
from core.services.export_folders import FileOutcome, former_export, write_into
from core.services.organizations import problems_of, refuse_errors

if TYPE_CHECKING:
    from core.sdk.codegen import Package

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Code:
    """An organization as a Python package."""

    name: str
    """What the package is called where packages are installed."""
    files: dict[str, str]
    """Texts by path."""
    left_out: tuple[str, ...]
    """What the code does not carry, in sentences."""

    def zip(self) -> bytes:
        """All files in a folder of that name; equal files give equal bytes."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in sorted(self.files.items()):
                archive.writestr(zipfile.ZipInfo(f"{self.name}/{path}", _LONG_AGO), text)
        return packed.getvalue()


@dataclass(frozen=True, slots=True)
class Written:
    """What an export into a folder did."""

    folder: Path
    files: list[FileOutcome]
    left_out: tuple[str, ...]

    @property
    def conflicts(self) -> list[FileOutcome]:
        """The files that a person has to look at."""
        return [file for file in self.files if file.status == "conflict"]


class ExportService:
    """Export organizations as code on the Agents SDK. Raises BrokenOrganizationError for those with errors."""

    def __init__(self, registry: ProviderRegistry) -> None:
        self._registry = registry

    def code(self, spec: Organization) -> Code:
        """The organization as a package."""
        package = self._package(spec)
        return Code(package.distribution, package.files, package.left_out)

    def write(self, spec: Organization, folder: Path) -> Written:
        """Write the package into a folder. What was changed there since the last export stays: changes of both
        sides are merged, and where they contradict each other both stand in the file, marked."""
        former = former_export(folder)
        # The name of the package stays, whatever the organization is called by now: others import it.
        package = self._package(spec, name=former.package)
        return Written(folder, write_into(folder, package, former), package.left_out)

    def _package(self, spec: Organization, *, name: str | None = None) -> "Package":
        refuse_errors(problems_of(spec))
        providers = tuple(
            (record.id, redact(record.base_url or ""), record.api)
            for record in self._registry.all()
            if record.kind not in {"rehearsal", "openai"}
        )
        return _package_of(to_json(spec), providers, name)


@lru_cache(maxsize=8)
def _package_of(spec: str, providers: tuple[tuple[str, str, str], ...], name: str | None) -> "Package":
    """Kept for pages that are drawn again and again."""
    # Nobody needs the generator before the first export.
    from core.sdk.codegen import Provider, package_of

    return package_of(from_text(spec), providers=[Provider(*each) for each in providers], name=name)
