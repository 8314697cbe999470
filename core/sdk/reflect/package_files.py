"""The files of a package that the studio wrote: where its modules are, and what `studio.json` keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from core.errors import InvalidSpecError
from core.organization.files import parse
from core.organization.spec import Organization
from core.sdk.reflect.report import Report
from core.sdk.reflect.sources import SourceFile

STUDIO_FILE = "studio.json"
_MODULES = ("settings", "agents", "tools", "guardrails", "workflow")


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """What belongs together of one package."""

    modules: dict[str, SourceFile]
    """`settings`, `agents`, `tools`, `guardrails`, `workflow`, those that there are."""
    package: str
    """The importable name."""
    base: Organization | None
    """The organization as it was exported; None when `studio.json` is missing or cannot be read."""


def package_files(files: Sequence[SourceFile], report: Report) -> PackageFiles | None:
    """The package among the files, or None when there is none."""
    by_path = {PurePosixPath(file.path): file for file in files}
    for path in by_path:
        folder = path.parent
        needed = {folder / "settings.py", folder / "agents.py"}
        helpers = folder / "support"
        if (
            path.name == "agents.py"
            and needed <= by_path.keys()
            and any(each.parent == helpers for each in by_path)
        ):
            found = {name: file for name in _MODULES if (file := by_path.get(folder / f"{name}.py")) is not None}
            stored = by_path.get(folder.parent / STUDIO_FILE)
            return PackageFiles(found, folder.name, _stored(stored, report) if stored else None)
    return None


def _stored(file: SourceFile, report: Report) -> Organization | None:
    try:
        data: Any = json.loads(file.text())
        spec = data["spec"]
        if isinstance(spec, dict):
            return parse(spec)
        reason = "it holds no organization"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"it cannot be read: {error}"
    except InvalidSpecError as error:
        reason = error.message
    report.not_carried("layout, description and samples", file.path, reason)
    return None
