"""Looks up `module:function` without running the module: is there such a function?"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import decode_source
from itertools import accumulate
from pathlib import Path

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def function_problem(reference: str) -> str | None:
    """What is wrong with `module:function`, or None when it exists or only running the module could tell."""
    module, _, name = reference.partition(":")
    if not all(part.isidentifier() for part in [*module.split("."), name]):
        return f"'{reference}' is not of the form module:function."
    try:
        source = _find_source(module)
    except KeyError:
        # A folder without `__init__` in a package that is not loaded: the import system cannot look into it.
        return None
    if isinstance(source, _Missing):
        return source.sentence()
    if source is None:
        return None
    try:
        return _name_problem(module, name, _names(source, source.stat().st_mtime_ns))
    except (OSError, SyntaxError, ValueError) as error:
        return f"Module '{module}' cannot be read as Python: {error}."


class _Missing:
    """A module that is not there."""

    def __init__(self, module: str, known: Sequence[str]) -> None:
        self._module = module
        self._known = known

    def sentence(self) -> str:
        parent, _, last = self._module.rpartition(".")
        close = get_close_matches(last, self._known, n=1, cutoff=0.75)
        meant = f" Did you mean '{f'{parent}.' if parent else ''}{close[0]}'?" if close else ""
        return f"There is no module '{self._module}'.{meant}"


def _find_source(module: str) -> Path | _Missing | None:
    """The file of a module, found as an import would, but without running its packages; None when the module
    exists without readable source."""
    folders: list[str] | None = None
    spec: ModuleSpec | None = None
    for name in accumulate(module.split("."), "{}.{}".format):
        spec = _find_spec(name, folders)
        if spec is None:
            return _Missing(name, _module_names(sys.path if folders is None else folders))
        folders = list(spec.submodule_search_locations or [])
    is_source = spec is not None and isinstance(spec.loader, SourceFileLoader)
    return Path(spec.origin) if is_source and spec is not None and spec.origin else None


def _find_spec(name: str, folders: list[str] | None) -> ModuleSpec | None:
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__spec__ is not None:
        return loaded.__spec__
    # Not `importlib.util.find_spec`: it imports the packages on the way.
    found = (finder.find_spec(name, folders) for finder in sys.meta_path if hasattr(finder, "find_spec"))
    return next((spec for spec in found if spec is not None), None)


def _module_names(folders: list[str]) -> list[str]:
    """Names of the modules and packages that lie in the folders."""
    found = set()
    for root in map(Path, folders):
        if root.is_dir():
            found |= {entry.stem for entry in root.glob("*.py")}
            found |= {entry.name for entry in root.iterdir() if entry.is_dir() and entry.name.isidentifier()}
    return sorted(found - {"__init__", "__pycache__"})


@dataclass(frozen=True, slots=True)
class _Names:
    """What a module binds, by its text."""

    functions: frozenset[str]
    classes: frozenset[str]
    others: frozenset[str]
    """Assigned or imported: may be functions."""
    open: bool
    """Whether it binds names that its text does not show."""


@lru_cache(maxsize=256)
def _names(source: Path, _modified: int) -> _Names:
    statements = list(_top_level(ast.parse(decode_source(source.read_bytes())).body))
    functions = frozenset(node.name for node in statements if isinstance(node, _FUNCTION))
    others = frozenset(name for node in statements for name in _bound_names(node))
    return _Names(
        functions=functions,
        classes=frozenset(node.name for node in statements if isinstance(node, ast.ClassDef)),
        others=others,
        open="*" in others or "__getattr__" in functions,
    )


def _name_problem(module: str, name: str, names: _Names) -> str | None:
    if names.open or name in names.functions or name in names.others:
        return None
    if name in names.classes:
        return f"'{name}' in module '{module}' is a class; name a function."
    return f"Module '{module}' has no function '{name}'.{_suggestion(name, names.functions)}"


def _top_level(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements that run when the module does, also those within if, try, with and loops."""
    for statement in statements:
        yield statement
        if isinstance(statement, (*_FUNCTION, ast.ClassDef)):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _top_level(getattr(statement, block, []))
        for handler in getattr(statement, "handlers", []):
            yield from _top_level(handler.body)
        for case in getattr(statement, "cases", []):
            yield from _top_level(case.body)


def _bound_names(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement, other than a definition, may bind to a function."""
    match statement:
        case ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name for alias in names)
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            yield name
        case _:
            return


def _suggestion(name: str, functions: frozenset[str]) -> str:
    public = sorted(function for function in functions if not function.startswith("_"))
    close = get_close_matches(name, public, n=1)
    if close:
        return f" Did you mean '{close[0]}'?"
    return f" It has: {', '.join(public[:8])}." if public else ""
