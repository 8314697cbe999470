"""From generated text to clean files: templates, and the formatter."""

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from ruff import find_ruff_bin

from core.sdk.codegen.literals import literal, quoted

_FIXED = "F401,I001,UP034"
"""Imports that are not needed, their order, and needless brackets."""


def render(template: str, **values: Any) -> str:
    """The text of a template."""
    return _environment().get_template(f"{template}.jinja").render(**values)


def formatted(files: dict[str, str]) -> dict[str, str]:
    """The same files, with the Python ones cleaned and formatted as their `pyproject.toml` says."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        _ruff(root, "check", "--no-cache", "--quiet", "--fix-only", f"--select={_FIXED}", ".")
        _ruff(root, "format", "--no-cache", "--quiet", ".")
        return {
            path: (root / path).read_bytes().decode() if path.endswith(".py") else text
            for path, text in files.items()
        }


def toml(text: str) -> str:
    """A text as a TOML string."""
    # JSON escapes all that TOML wants escaped, but for one control character; surrogates have no form there.
    escaped = json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False)
    return escaped.replace("\x7f", "\\u007f")


def _ruff(folder: Path, *arguments: str) -> None:
    subprocess.run([find_ruff_bin(), *arguments], cwd=folder, check=True, capture_output=True)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("core.sdk.codegen", "templates"),
        autoescape=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {"py": literal, "quoted": quoted, "toml": toml}
    return environment
