"""Watched folders: which files are taken, and when."""

import os
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from core.triggers.events import MAX_PAYLOAD
from core.triggers.folder import Watch, check_folder, list_files, read_file
from core.triggers.spec import FolderSource


def source(folder: Path, pattern: str = "*.txt") -> FolderSource:
    return FolderSource(path=str(folder), pattern=pattern)


def names(folder: Path, pattern: str = "*.txt") -> list[str]:
    return [seen.path for seen in list_files(source(folder, pattern))]


def test_files_that_fit_the_pattern(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    for path in (tmp_path / "b.txt", tmp_path / "a.txt", tmp_path / "c.json", below / "d.txt"):
        path.write_text("x")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "link.txt").symlink_to("/etc/hostname")

    assert names(tmp_path) == ["a.txt", "b.txt"]
    assert names(tmp_path, "**/*.txt") == ["a.txt", "b.txt", "below/d.txt"]


def test_a_file_is_taken_when_it_has_come_to_rest(tmp_path: Path) -> None:
    """A half-written file waits, however long its writer takes."""
    watch, path = Watch(), tmp_path / "a.txt"

    def ready(now: float) -> list[str]:
        return [seen.path for seen in watch.settled(list_files(source(tmp_path)), {}, settle=2, now=now)]

    path.write_text("half")
    assert ready(0) == []
    assert ready(1.9) == []
    path.write_text("half and half")
    assert ready(2.1) == []
    assert ready(4.0) == []
    assert ready(4.2) == ["a.txt"]
    (seen,) = list_files(source(tmp_path))
    watch.done(seen)
    assert ready(60) == []
    path.write_text("another content")
    assert ready(61) == []
    assert ready(63) == ["a.txt"]
    path.unlink()
    assert ready(64) == []


def test_files_that_were_there_first_are_left_until_they_change(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text("old")
    files = list_files(source(tmp_path))
    left = {seen.path: seen.state for seen in files}

    assert Watch().settled(files, left, settle=0, now=0) == []
    path.write_text("old, and new")
    assert [seen.path for seen in Watch().settled(list_files(source(tmp_path)), left, settle=0, now=0)] == [
        "old.txt"
    ]


def test_a_file_as_an_event(tmp_path: Path) -> None:
    (tmp_path / "order.txt").write_bytes(b"\xef\xbb\xbfThree lamps \xe2\x98\x83")
    (seen,) = list_files(source(tmp_path))

    found = read_file(source(tmp_path), seen)

    assert found is not None
    assert (found.payload["name"], found.payload["text"], found.problem) == ("order.txt", "Three lamps ☃", "")
    assert found.key.startswith("order.txt#")
    again = read_file(source(tmp_path), seen)
    assert again == found


def test_the_same_path_with_another_content_is_another_event(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    keys = set()
    for text in ("one", "two", "one"):
        path.write_text(text)
        (seen,) = list_files(source(tmp_path))
        found = read_file(source(tmp_path), seen)
        assert found is not None
        keys.add(found.key)

    assert len(keys) == 2


def test_a_file_that_changes_while_it_is_read_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    (seen,) = list_files(source(tmp_path))
    path.write_text("one and more")

    assert read_file(source(tmp_path), seen) is None

    path.unlink()
    assert read_file(source(tmp_path), seen) is None


@pytest.mark.parametrize(
    ("data", "problem"), [(b"\xff\xfe\x00", "not UTF-8 text"), (b"x" * (MAX_PAYLOAD + 1), "are the limit")]
)
def test_what_cannot_be_read_says_so(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    (seen,) = list_files(source(tmp_path))

    found = read_file(source(tmp_path), seen)

    assert found is not None
    assert problem in found.problem
    assert found.payload["text"] is None


def test_names_of_any_bytes_and_length_make_keys(tmp_path: Path) -> None:
    (tmp_path / ("x" * 240 + ".txt")).write_text("long")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("bytes")

    found = [read_file(source(tmp_path), seen) for seen in list_files(source(tmp_path))]

    assert len(found) == 2
    for each in found:
        assert each is not None
        assert len(each.key) <= 200
        each.key.encode()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read: No such file"):
        list_files(source(tmp_path / "nowhere"))
    for path, pattern in (
        ("relative", "*"),
        ("", "*"),
        (str(tmp_path), "../*"),
        (str(tmp_path), "/*"),
        (str(tmp_path), ""),
    ):
        with pytest.raises(InvalidInputError):
            check_folder(FolderSource(path=path, pattern=pattern))
    check_folder(source(tmp_path))
