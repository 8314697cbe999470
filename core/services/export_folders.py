"""Writes exported code into a folder that a team may have changed: nothing that they wrote is lost.

Three texts meet for each file: what the studio wrote there last time (`studio.json` holds the organization that it
was made of), what stands there now, and what the studio would write today.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import InvalidInputError, TroupeError
from core.organization.files import parse
from core.services.three_way import Conflict, as_lines, three_way

if TYPE_CHECKING:
    from core.sdk.codegen import Package

Status = Literal["new", "updated", "kept", "merged", "conflict", "removed"]
STUDIO_FILE = "studio.json"
ASIDE = ".exported"
"""Ending of the file beside one that is not ours to change."""
_YOURS, _OURS = "yours", "exported"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file."""

    path: str
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True)
class Former:
    """What the studio wrote into the folder last time."""

    package: str | None = None
    files: Mapping[str, str] | None = None
    """Texts as the studio would write them today, of the organization of that time."""
    fingerprints: Mapping[str, str] | None = None
    """Of the texts as they were written."""


def former_export(folder: Path) -> Former:
    """What stands in the folder's `studio.json`; nothing when the studio has never written there."""
    from core.sdk.codegen import Provider, generate_package

    if folder.exists() and not folder.is_dir():
        raise InvalidInputError(f"'{folder}' is a file.", hint="Name a folder; it is made when it is missing.")
    file = folder / STUDIO_FILE
    if not file.exists():
        return Former()
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        providers = [Provider(*each) for each in kept["providers"]]
        files = generate_package(parse(kept["spec"]), providers=providers, name=kept["package"])
        return Former(kept["package"], files, kept["files"])
    except (ValueError, KeyError, TypeError, TroupeError) as error:
        raise InvalidInputError(
            f"'{file}' cannot be read, so it is not known what was changed since the last export: {error}",
            hint="Restore it from version control, or export into another folder.",
        ) from error


def write_into(folder: Path, package: "Package", former: Former) -> list[FileOutcome]:
    """Write the package; what became of each file, in the order of the paths."""
    before = former.files or {}
    paths = sorted({*before, *package.files})
    return [_file(folder, path, before.get(path), package.files.get(path), former) for path in paths]


def _file(folder: Path, path: str, base: str | None, ours: str | None, former: Former) -> FileOutcome:
    target = folder / path
    theirs = _text(target) if target.exists() else None
    if theirs is None and not target.exists():
        return _missing(target, path, base, ours)
    if ours is None:
        return _not_written_any_more(target, path, base, theirs, former)
    if path == STUDIO_FILE:
        return _written(target, path, ours, "kept" if theirs == ours else "updated")
    if theirs is None:
        return _aside(target, path, ours, "is no text")
    if _same(theirs, ours):
        return FileOutcome(path, "kept")
    if _is_untouched(path, base, theirs, former):
        return _written(target, path, ours, "updated", like=theirs)
    if base is None:
        return _aside(target, path, ours, "was there before the first export")
    return _merged(target, path, base, theirs, ours)


def _missing(target: Path, path: str, base: str | None, ours: str | None) -> FileOutcome:
    if ours is None:
        return FileOutcome(path, "kept", "It is not part of the code any more, and you have deleted it.")
    if base is None:
        return _written(target, path, ours, "new")
    if _same(base, ours):
        return FileOutcome(path, "kept", "You have deleted it.")
    return _aside(target, path, ours, "was deleted by you and has changed here")


def _not_written_any_more(
    target: Path, path: str, base: str | None, theirs: str | None, former: Former
) -> FileOutcome:
    if theirs is not None and _is_untouched(path, base, theirs, former):
        target.unlink()
        return FileOutcome(path, "removed", "The code does not need it any more.")
    return FileOutcome(path, "kept", "The code does not need it any more, but you have changed it.")


def _is_untouched(path: str, base: str | None, theirs: str, former: Former) -> bool:
    from core.sdk.codegen import fingerprint

    written = (former.fingerprints or {}).get(path)
    return written == fingerprint(theirs) or (base is not None and _same(base, theirs))


def _merged(target: Path, path: str, base: str, theirs: str, ours: str) -> FileOutcome:
    pieces = three_way(_lines(base), _lines(theirs), _lines(ours))
    text = "".join(line for piece in pieces for line in as_lines(piece, yours=_YOURS, theirs=_OURS))
    conflicts = sum(isinstance(piece, Conflict) for piece in pieces)
    if _same(text, theirs):
        return FileOutcome(path, "kept", "Your changes are all there is to it.")
    if conflicts:
        words = "1 place" if conflicts == 1 else f"{conflicts} places"
        note = f"{words} between <<<<<<< {_YOURS} and >>>>>>> {_OURS}"
        return _written(target, path, text, "conflict", note, like=theirs)
    return _written(target, path, text, "merged", "It has your changes and the new ones.", like=theirs)


def _aside(target: Path, path: str, ours: str, why: str) -> FileOutcome:
    """Leave the file as it is, and write ours beside it."""
    beside = target.with_name(target.name + ASIDE)
    _write(beside, ours)
    return FileOutcome(path, "conflict", f"It {why}; the exported one is {beside.name}.")


def _written(target: Path, path: str, text: str, status: Status, note: str = "", *, like: str = "") -> FileOutcome:
    _write(target, text.replace("\n", "\r\n") if "\r\n" in like else text)
    return FileOutcome(path, status, note)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="")


def _text(file: Path) -> str | None:
    """The text of a file, None when it is none."""
    try:
        return file.read_bytes().decode()
    except (UnicodeDecodeError, IsADirectoryError):
        return None


def _lines(text: str) -> Sequence[str]:
    return text.replace("\r\n", "\n").splitlines(keepends=True)


def _same(one: str, other: str) -> bool:
    return _lines(one) == _lines(other)
