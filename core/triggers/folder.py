"""Watched folders: which files are there, which have come to rest, and what an event says of one."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import InvalidInputError
from core.triggers.events import MAX_PAYLOAD
from core.triggers.spec import FolderSource

MOST_FILES = 20_000
"""Of a folder with more, the first so many are looked at."""
LONGEST_PATH = 120


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as it lies there; another size or time of change means another content."""

    path: str
    """Below the folder, with slashes."""
    size: int
    changed_ns: int

    @property
    def state(self) -> list[int]:
        return [self.size, self.changed_ns]


@dataclass(frozen=True, slots=True)
class FileEvent:
    """A file as an event; `problem` says why its text cannot be had."""

    key: str
    payload: dict[str, Any]
    problem: str = ""


def check_folder(source: FolderSource) -> None:
    """Raises InvalidInputError when there is no such folder or the pattern makes no sense."""
    if not source.path.strip() or not Path(source.path).expanduser().is_absolute():
        raise InvalidInputError(
            f"'{source.path}' is no full path.", hint="Enter it from the root, for example /srv/inbox."
        )
    parts = Path(source.pattern).parts
    if not parts or Path(source.pattern).is_absolute() or ".." in parts:
        raise InvalidInputError(
            f"'{source.pattern}' cannot be a pattern of files.", hint="Write for example *.txt, or **/*.json."
        )
    list_files(source)


def list_files(source: FolderSource) -> list[SeenFile]:
    """The files that fit, by their paths. Raises InvalidInputError when the folder cannot be looked into."""
    folder = Path(source.path).expanduser()
    try:
        # `glob` finds nothing in a folder that is not there, without a word.
        os.scandir(folder).close()
        found = [seen for path in _fitting(folder, source.pattern) if (seen := _seen(folder, path))]
    except OSError as error:
        raise InvalidInputError(
            f"The folder '{source.path}' cannot be read: {error.strerror}.",
            hint="Make it, or let the studio read it. What lies in it then is taken.",
        ) from error
    return sorted(found, key=lambda seen: seen.path)


def read_file(source: FolderSource, seen: SeenFile) -> FileEvent | None:
    """The file as an event; None when it is changing right now, or has gone."""
    path = Path(source.path).expanduser() / seen.path
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PAYLOAD + 1) if seen.size <= MAX_PAYLOAD else b""
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        return None
    except OSError as error:
        return _event(seen, _key(seen, None), None, f"The file cannot be read: {error.strerror}.")
    if [after.st_size, after.st_mtime_ns] != seen.state:
        return None
    if seen.size > MAX_PAYLOAD:
        problem = f"The file has {seen.size:,} bytes; {MAX_PAYLOAD:,} are the limit."
        return _event(seen, _key(seen, None), None, problem)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _event(seen, _key(seen, data), None, "The file is not UTF-8 text.")
    return _event(seen, _key(seen, data), text)


class Watch:
    """What one process has seen of one folder: a file is taken once it looks the same for some time."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[list[int], float]] = {}
        self._done: dict[str, list[int]] = {}

    def settled(
        self, files: list[SeenFile], left: Mapping[str, list[int]], *, settle: float, now: float
    ) -> list[SeenFile]:
        """Those that may be taken; `now` and `settle` are seconds of a clock that is never set."""
        since: dict[str, tuple[list[int], float]] = {}
        ready = []
        for seen in files:
            if left.get(seen.path) == seen.state or self._done.get(seen.path) == seen.state:
                continue
            state, first = self._since.get(seen.path, (seen.state, now))
            since[seen.path] = (seen.state, first if state == seen.state else now)
            if now - since[seen.path][1] >= settle:
                ready.append(seen)
        self._since = since
        self._done = {seen.path: self._done[seen.path] for seen in files if seen.path in self._done}
        return ready

    def done(self, seen: SeenFile) -> None:
        """It was taken as it is."""
        self._done[seen.path] = seen.state


def _fitting(folder: Path, pattern: str) -> Iterator[Path]:
    for number, path in enumerate(folder.glob(pattern)):
        if number >= MOST_FILES:
            return
        yield path


def _seen(folder: Path, path: Path) -> SeenFile | None:
    try:
        # Not through links: they could lead anywhere on the machine.
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return SeenFile(path.relative_to(folder).as_posix(), found.st_size, found.st_mtime_ns)


def _key(seen: SeenFile, data: bytes | None) -> str:
    """Path and content; of a content that is not read, size and time of change stand for it."""
    content = hashlib.sha256(str(seen.state).encode() if data is None else data).hexdigest()
    path = seen.path.encode(errors="replace").decode()
    if len(path) > LONGEST_PATH:
        path = f"{hashlib.sha256(path.encode()).hexdigest()[:16]}…{path[-LONGEST_PATH + 20 :]}"
    return f"{path}#{content[:32]}"


def _event(seen: SeenFile, key: str, text: str | None, problem: str = "") -> FileEvent:
    name = seen.path.rpartition("/")[2]
    payload = {
        "name": name.encode(errors="replace").decode(),
        "path": seen.path.encode(errors="replace").decode(),
        "size": seen.size,
        "modified_at": datetime.fromtimestamp(seen.changed_ns / 1e9, UTC).isoformat(timespec="seconds"),
        "text": text,
    }
    return FileEvent(key, payload, problem)
