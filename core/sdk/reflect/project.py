"""The Python files of an import: parsed, with the names that each scope binds. Nothing is executed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from core.sdk.reflect.report import Report
from core.sdk.reflect.scopes import Module, collect
from core.sdk.reflect.sources import SourceFile


class Project:
    """All modules of an import, by file and by name."""

    def __init__(self, files: Sequence[SourceFile], report: Report) -> None:
        self.modules: list[Module] = []
        self._by_name: dict[str, Module] = {}
        for file in files:
            if file.kind != ".py":
                continue
            module = parse(file, report)
            if module is not None:
                self.modules.append(module)
                self._by_name.setdefault(module.name, module)
        self._roots = _roots(self.modules)

    def module(self, name: str, *, near: Module | None = None) -> Module | None:
        """The module that an import of `name` means: by its full name, or from a folder that lies above `near`."""
        found = self._by_name.get(name)
        if found is not None and found is not near:
            return found
        if name == "agents":
            return None  # a folder somewhere with that name is not the SDK's package
        prefixes = list(_prefixes(near.name)) if near else []
        for prefix in (*prefixes, *self._roots):
            found = self._by_name.get(f"{prefix}.{name}")
            if found is not None and found is not near:
                return found
        return None


def parse(file: SourceFile, report: Report) -> Module | None:
    """A file as a module; None, and an entry in the report, when it is no Python."""
    text = file.text()
    try:
        with warnings.catch_warnings():
            # Escapes such as "\d" in other people's strings are no matter of ours.
            warnings.simplefilter("ignore")
            tree = ast.parse(text, file.path)
        lines = text.encode("utf-8", errors="replace").split(b"\n")
        module = Module(file.path, module_name(file.path), text, tree, lines)
        module.scope = collect(module)
    except SyntaxError as error:
        report.not_carried("file", f"{file.path}:{error.lineno or 1}", f"It is no valid Python: {error.msg}.")
        return None
    except (ValueError, RecursionError, MemoryError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        report.not_carried("file", file.path, f"It cannot be read as Python: {reason}.")
        return None
    return module


def module_name(path: str) -> str:
    """`shop/agents.py` is `shop.agents`; `shop/__init__.py` is `shop`."""
    parts = [part for part in PurePosixPath(path).with_suffix("").parts if part not in {"/", ".", ".."}]
    if len(parts) > 1 and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def _prefixes(name: str) -> Iterator[str]:
    """The packages that a module is in, the innermost first."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        yield ".".join(parts[:length])


def _roots(modules: Iterable[Module]) -> list[str]:
    """Folders that are likely to be on the path of imports: those at the top, and `src`."""
    tops = {module.name.partition(".")[0] for module in modules if "." in module.name}
    return sorted({*tops, *(f"{top}.src" for top in tops), "src"})
