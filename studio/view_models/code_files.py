"""The files of exported code as a person reads them: what is theirs first, helpers last."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

_LANGUAGES = {
    ".py": "python",
    ".toml": "toml",
    ".md": "markdown",
    ".json": "json",
    ".yaml": "yaml",
    ".sql": "sql",
}
_FIRST = ("agents.py", "workflow.py", "tools.py", "guardrails.py", "settings.py", "main.py")
_HELPERS = ("support", "toolbox")


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One file in the list."""

    path: str
    label: str
    language: str | None


def code_files(paths: Iterable[str]) -> list[CodeFile]:
    """The files in the order in which they are worth reading."""
    return [CodeFile(path, _label(path), _language(path)) for path in sorted(paths, key=_worth)]


def _worth(path: str) -> tuple[int, int, str]:
    parts = PurePosixPath(path).parts
    if len(parts) > 1 and parts[1] in _HELPERS:
        return 3, 0, path
    if parts[-1] in _FIRST and parts[0] != "tests":
        return 0, _FIRST.index(parts[-1]), path
    if len(parts) == 1:
        return 1, 0, path
    return 2, 0, path


def _label(path: str) -> str:
    parts = PurePosixPath(path).parts
    return path if len(parts) == 1 or parts[0] == "tests" else "/".join(parts[1:])


def _language(path: str) -> str | None:
    return _LANGUAGES.get(PurePosixPath(path).suffix)
