"""Exported packages come with tests that pass without a key."""

import os
import subprocess
import sys
from pathlib import Path

from core.patterns.catalogue import catalogue
from core.sdk.codegen import generate_package
from tests.core.sdk.codegen.checking import write


def test_the_tests_of_all_patterns_pass(tmp_path: Path) -> None:
    """One process for all, so each package's tests get a folder of another name."""
    for one in catalogue():
        files = generate_package(one.organization)
        package = next(path.partition("/")[0] for path in files if path.endswith("/main.py"))
        code = {path.replace("tests/", f"{package}_tests/"): text for path, text in files.items()}
        write({path: text for path, text in code.items() if path.startswith(package)}, tmp_path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout
