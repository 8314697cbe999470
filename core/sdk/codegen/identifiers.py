"""Names of people as names of Python: valid, readable, and the same for the same organization."""

import builtins
import keyword
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping

MOST_CHARACTERS = 40
_RESERVED = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        "l",
        "self",
        "cls",
        "Any",
        "agents",
        "settings",
        "tools",
    }
)
_TAKEN_PACKAGES = frozenset(
    {*sys.stdlib_module_names, "agents", "openai", "mcp", "tests", "httpx", "pydantic", "regex", "cel", "yaml"}
    | {"jsonschema", "referencing", "pytest", "core", "studio", "pages", "assets", "support", "toolbox"}
)


def identifiers(names: Iterable[str], fallback: str, *, reserved: Iterable[str] = ()) -> Mapping[str, str]:
    """An identifier for each name, in their order; what would collide is numbered."""
    taken = {*_RESERVED, *reserved}
    found: dict[str, str] = {}
    for name in names:
        if name not in found:
            found[name] = _free(_identifier(name, fallback), taken)
            taken.add(found[name])
    return found


def free_identifier(name: str, fallback: str, taken: set[str]) -> str:
    """An identifier that is not taken; it is from now on."""
    found = _free(_identifier(name, fallback), taken | _RESERVED)
    taken.add(found)
    return found


def package_name(organization: str) -> str:
    """The importable name of an organization's package, in ASCII."""
    letters = unicodedata.normalize("NFKD", organization).encode("ascii", "ignore").decode()
    name = _identifier(letters, "organization")
    return f"{name}_team" if name in _TAKEN_PACKAGES or keyword.iskeyword(name) else name


def distribution_name(package: str) -> str:
    """What the package is called where packages are installed."""
    return package.strip("_").replace("_", "-")


def _identifier(name: str, fallback: str) -> str:
    apart = unicodedata.normalize("NFKD", name)
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    whole = unicodedata.normalize("NFKC", letters).casefold()
    kept = "".join(letter if letter == "_" or f"a{letter}".isidentifier() else "_" for letter in whole)
    stem = re.sub(r"_+", "_", kept).strip("_")[:MOST_CHARACTERS].strip("_")
    if not stem:
        return fallback
    stem = stem if stem[0].isidentifier() else f"{fallback}_{stem}"
    # Python reads identifiers in this form; any other would be another name than the one that is written.
    return stem if stem.isidentifier() and unicodedata.normalize("NFKC", stem) == stem else fallback


def _free(stem: str, taken: set[str]) -> str:
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
