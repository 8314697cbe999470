"""`${NAME}` in an address or a header stands for an environment variable, so that secrets stay out of the code."""

import os
import re
from collections.abc import Iterable, Mapping

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class MissingVariableError(Exception):
    """An environment variable that is needed is not set."""


def missing(names: Iterable[str]) -> list[str]:
    """Those of the variables that are not set."""
    return [name for name in names if name not in os.environ]


def expand(text: str, *, where: str) -> str:
    """`text` with its variables filled in; `where` tells a person what needs a missing one."""
    return VARIABLE.sub(lambda found: variable(found[1], where=where), text)


def expand_all(texts: Mapping[str, str], *, where: str) -> dict[str, str]:
    """The same for all values of a mapping."""
    return {key: expand(text, where=where) for key, text in texts.items()}


def variable(name: str, *, where: str) -> str:
    """The value of one variable."""
    value = os.environ.get(name)
    if value is None:
        raise MissingVariableError(f"The environment variable '{name}' is not set; {where} needs it.")
    return value
