"""The code of every pattern passes the strict type checker."""

import re
import subprocess
import sys
from pathlib import Path

from core.patterns.catalogue import catalogue
from core.sdk.codegen import generate_package
from tests.core.sdk.codegen.checking import write

CACHE = Path(__file__).parents[4] / ".mypy_cache" / "exported"
"""Kept between runs: most of the time goes into the SDK."""
CONFIG = "[mypy]\nstrict = true\npython_version = 3.11\n"


def test_every_pattern_is_strictly_typed(tmp_path: Path) -> None:
    """One process for all; the helpers that all of them have get one home, so that they are looked at once."""
    for one in catalogue():
        files = generate_package(one.organization)
        package = next(path.partition("/")[0] for path in files if path.endswith("/agents.py"))
        shared = re.compile(rf"\b{package}\.(support|toolbox)\b")
        for path, text in files.items():
            target = path.replace(f"{package}/support", "shared/support").replace(
                f"{package}/toolbox", "shared/toolbox"
            )
            target = target.replace("tests/", f"{package}/tests/")
            if path.endswith(".py"):
                write({target: shared.sub(r"shared.\1", text)}, tmp_path)
    (tmp_path / "shared" / "__init__.py").touch()
    (tmp_path / "mypy.ini").write_text(CONFIG, encoding="utf-8")
    packages = [f"--package={folder.name}" for folder in sorted(tmp_path.iterdir()) if folder.is_dir()]

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=mypy.ini", f"--cache-dir={CACHE}", *packages],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
