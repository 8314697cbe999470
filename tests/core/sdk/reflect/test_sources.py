"""Files from folders, zip archives and uploads."""

import io
import zipfile
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.sdk.reflect import sources
from core.sdk.reflect.report import ImportProblemError, Report
from core.sdk.reflect.sources import from_bytes, from_path, from_text


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_a_folder_is_read_without_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "a.py").write_text("x = 1")
    (tmp_path / "notes.txt").write_text("no")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "b.py").write_text("y = 1")
    (tmp_path / "link.py").symlink_to(tmp_path / "shop" / "a.py")

    assert [file.path for file in from_path(tmp_path, Report())] == ["shop/a.py"]


def test_a_zip_is_read_in_memory_wherever_its_paths_point() -> None:
    data = zipped(**{"../../etc/evil.py": b"x = 1", "shop/a.py": b"y = 2", "shop/b.bin": b"z"})

    assert {file.path: file.data for file in from_bytes("shop.zip", data, Report())} == {
        "../../etc/evil.py": b"x = 1",
        "shop/a.py": b"y = 2",
    }


def test_what_grows_too_large_in_a_zip_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 1000)
    report = Report()

    found = from_bytes("bomb.zip", zipped(**{"a.py": b"#" * 100_000, "b.py": b"x = 1"}), report)

    assert [file.path for file in found] == ["b.py"]
    assert [entry.where for entry in report.entries] == ["a.py"]


@pytest.mark.parametrize("data", [b"PK\x03\x04 damaged", zipped(a=b"x")[:-8]])
def test_a_damaged_zip_is_a_clear_error(data: bytes) -> None:
    with pytest.raises(ImportProblemError, match="no zip archive that can be read"):
        from_bytes("a.zip", data, Report())


def test_a_missing_path_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no file"):
        from_path(tmp_path / "nothing.py", Report())


def test_wrong_encodings_do_not_stop_reading() -> None:
    assert "é" in from_bytes("a.py", "# -*- coding: latin-1 -*-\nx = 'é'".encode("latin-1"), Report())[0].text()
    assert from_bytes("a.py", b"# -*- coding: nonsense -*-\nx = 1", Report())[0].text().endswith("x = 1")
    assert from_text("x = '\ud800'")[0].text() == "x = '?'"
