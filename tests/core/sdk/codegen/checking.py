"""Looks at exported packages as their users would: are they Python, are they clean?"""

import ast
import subprocess
from pathlib import Path

from ruff import find_ruff_bin


def write(files: dict[str, str], folder: Path) -> Path:
    """The files below the folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    return folder


def faults(folder: Path) -> str:
    """What `ast.parse`, `ruff check` and `ruff format --check` say about the Python files; "" for nothing."""
    for file in folder.rglob("*.py"):
        ast.parse(file.read_bytes())
    told = ""
    for command in (["check"], ["format", "--check"]):
        ran = subprocess.run(
            [find_ruff_bin(), *command, "--no-cache", "--quiet", "--output-format=concise", "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        told += ran.stdout + ran.stderr if ran.returncode else ""
    return told
