"""Copies the toolbox functions that an organization uses, with the modules and the sample data that they need."""

import ast
import re
from functools import cache
from importlib import resources

from core.organization.spec import FunctionToolSpec, Organization

_HOME = "core.toolbox"
_MOVED = {"core.errors": "errors"}
_ERROR_CLASS = re.compile(r"\bTroupeError\b")


def toolbox_module(module: str) -> str | None:
    """The name of a toolbox module within the toolbox; None for any other module."""
    name = module.removeprefix(f"{_HOME}.")
    return name if name != module and name in _modules() and name not in {"context", "references"} else None


def toolbox_files(org: Organization, package: str) -> dict[str, str]:
    """The copies by their paths in the package `package`; nothing when no toolbox function is used."""
    references = [tool.function for tool in org.tools if isinstance(tool, FunctionToolSpec)]
    found = [toolbox_module(reference.partition(":")[0]) for reference in references]
    used = {name for name in found if name is not None}
    if not used:
        return {}
    needed = _closure(used)
    files = {f"{package}/toolbox/__init__.py": '"""Functions that the tools call, on a database of samples."""\n'}
    for name in sorted(needed - {"errors"}):
        files[f"{package}/toolbox/{name}.py"] = _rewritten(_source(name), package)
    if "errors" in needed:
        names = {name for module in needed for name in _imported_names(_source(module), "core.errors")}
        files[f"{package}/toolbox/errors.py"] = _rewritten(_errors(names), package)
    if "context" in needed:
        files[f"{package}/toolbox/context.py"] = _CONTEXT.format(package=package)
    if "sample_data" in needed:
        files |= {f"{package}/toolbox/seed/{name}": text for name, text in _seed().items()}
    return files


_CONTEXT = '''"""What a function of the toolbox knows about the call that it runs in."""

import os
from functools import cache
from pathlib import Path

from {package}.support.calls import current_call_id as current_call_id
from {package}.toolbox.sample_data import SampleData


@cache
def samples() -> SampleData:
    """The database of samples; it is made when it is missing."""
    return SampleData(Path(os.environ.get("SAMPLE_DATA", "sample_data.sqlite3")))
'''


@cache
def _modules() -> frozenset[str]:
    names = [entry.name for entry in resources.files(_HOME).iterdir()]
    return frozenset(name.removesuffix(".py") for name in names if name.endswith(".py")) - {"__init__"}


@cache
def _source(name: str) -> str:
    if name == "errors":
        return resources.files("core").joinpath("errors.py").read_text(encoding="utf-8")
    return resources.files(_HOME).joinpath(f"{name}.py").read_text(encoding="utf-8")


@cache
def _seed() -> dict[str, str]:
    folder = resources.files(_HOME).joinpath("seed")
    return {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.is_file()}


def _closure(used: set[str]) -> set[str]:
    """The modules with all that they import of ours."""
    needed: set[str] = set()
    waiting = sorted(used)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _imported(_source(name)) + (["sample_data"] if name == "context" else [])
    return needed


def _imported(source: str) -> list[str]:
    modules = [node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return [_moved(module) for module in modules if module is not None and module.startswith("core.")]


def _imported_names(source: str, module: str) -> list[str]:
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return [alias.name for node in imports if node.module == module for alias in node.names]


def _errors(names: set[str]) -> str:
    """The module of errors with those that are used, and the one that they are made of."""
    source = _source("errors")
    body = ast.parse(source).body
    kept = [node for node in body if not isinstance(node, ast.ClassDef) or node.name in names | {"TroupeError"}]
    return "\n\n\n".join(ast.get_source_segment(source, node) or "" for node in kept) + "\n"


def _moved(module: str) -> str:
    return _MOVED.get(module) or module.removeprefix(f"{_HOME}.")


def _rewritten(source: str, package: str) -> str:
    for old, new in (*_MOVED.items(), (_HOME, "")):
        target = f"{package}.toolbox{'.' if new else ''}{new}"
        source = re.sub(rf"\b{re.escape(old)}\b", target, source)
    return _ERROR_CLASS.sub("ToolboxError", source)
