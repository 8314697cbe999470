"""Files to import: from a path, a folder, a zip archive or pasted text. Nothing is run or unpacked to disk."""

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path, PurePosixPath

from core.errors import NotFoundError
from core.sdk.reflect.report import ImportProblemError, Report

MAX_FILES = 3000
MAX_FILE_BYTES = 2_000_000
MAX_TOTAL_BYTES = 60_000_000
KINDS = {".py", ".json", ".yaml", ".yml"}
PASTED = "pasted.py"
_SKIPPED = {"__pycache__", ".git", ".venv", "venv", "node_modules", "site-packages", "__MACOSX"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file, by its path within what was given."""

    path: str
    data: bytes

    @property
    def kind(self) -> str:
        """The ending of its name: `.py`, `.json`, `.yaml`."""
        return PurePosixPath(self.path).suffix.lower()

    def text(self) -> str:
        """The text; bytes that are no text become a mark."""
        if self.kind == ".py":
            try:
                return decode_source(self.data)
            except (SyntaxError, UnicodeDecodeError, LookupError):
                pass  # a wrong or lying encoding line; the marks below are better than nothing
        return self.data.decode("utf-8-sig", errors="replace")


def from_path(path: Path, report: Report) -> list[SourceFile]:
    """The files of a file, a zip archive or a folder on this machine. Raises ImportProblemError and
    NotFoundError."""
    try:
        if path.is_dir():
            return _from_folder(path, report)
        data = _read(path)
    except FileNotFoundError:
        raise NotFoundError("file", str(path)) from None
    except OSError as error:
        raise ImportProblemError(
            f"'{path}' cannot be read: {error.strerror or error}.", hint="Check the path and its permissions."
        ) from error
    return from_bytes(path.name, data, report)


def from_bytes(name: str, data: bytes, report: Report) -> list[SourceFile]:
    """The files of one upload: itself, or what is in it when it is a zip archive. Raises ImportProblemError."""
    if name.lower().endswith(".zip") or data[:4] == b"PK\x03\x04":
        return _from_zip(name, data, report)
    if len(data) > MAX_FILE_BYTES:
        raise ImportProblemError(
            f"'{name}' has {len(data) // 1000} kB; files of up to {MAX_FILE_BYTES // 1000} kB are read.",
            hint="Import only the files in which agents are made.",
        )
    return [SourceFile(name, data)]


def from_text(text: str, name: str = PASTED) -> list[SourceFile]:
    """Pasted text as a file."""
    return [SourceFile(name, text.encode("utf-8", errors="replace"))]


def _from_folder(folder: Path, report: Report) -> list[SourceFile]:
    found: list[SourceFile] = []
    total = 0
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        data = _read(path) if path.is_file() else b""
        total += len(data)
        if not _accepted(name, len(data), len(found), total, report):
            break
        if len(data) <= MAX_FILE_BYTES:
            found.append(SourceFile(name, data))
    return found


def _walk(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in _SKIPPED:
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix.lower() in KINDS:
            yield path


def _from_zip(name: str, data: bytes, report: Report) -> list[SourceFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unzipped(archive, report)
    # What a damaged, encrypted or strangely packed archive raises.
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
        OSError,
    ) as error:
        raise ImportProblemError(
            f"'{name}' is no zip archive that can be read: {error}.",
            hint="Pack the files again, without a password.",
        ) from error


def _unzipped(archive: zipfile.ZipFile, report: Report) -> list[SourceFile]:
    found: list[SourceFile] = []
    total = 0
    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or path.suffix.lower() not in KINDS or _SKIPPED.intersection(path.parts):
            continue
        # The size that the archive states may lie; reading one byte more than the limit tells.
        with archive.open(info) as member:
            data = member.read(MAX_FILE_BYTES + 1)
        total += len(data)
        if not _accepted(str(path), len(data), len(found), total, report):
            break
        if len(data) <= MAX_FILE_BYTES:
            found.append(SourceFile(str(path), data))
    return found


def _accepted(name: str, size: int, count: int, total: int, report: Report) -> bool:
    """Whether reading goes on; the report says what was left out."""
    if count >= MAX_FILES or total > MAX_TOTAL_BYTES:
        report.not_carried(
            "further files", name, f"Only {MAX_FILES} files and {MAX_TOTAL_BYTES // 1_000_000} MB are read."
        )
        return False
    if size > MAX_FILE_BYTES:
        report.not_carried("file", name, f"It is larger than {MAX_FILE_BYTES // 1000} kB.")
    return True


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        # One byte more than is read of any upload, so that the limits see what is too large.
        return file.read(MAX_TOTAL_BYTES + 1)
