"""`${NAME}` in a spec stands for an environment variable, so that secrets stay out of the spec."""

import os
import re
from collections.abc import Mapping
from contextvars import ContextVar

from core.errors import TroupeError

nothing_is_called: ContextVar[bool] = ContextVar("nothing_is_called", default=False)
"""Whether what is made is never used, as in a replay: then variables may be missing."""

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class MissingVariableError(TroupeError):
    """The spec names an environment variable that is not set."""

    code = "missing_variable"

    def __init__(self, name: str, *, where: str) -> None:
        super().__init__(
            f"The environment variable '{name}' is not set; {where} needs it.",
            hint=f"Set {name} in the environment that the studio runs in, and start it again.",
        )
        self.name = name


def variables_in(text: str) -> list[str]:
    """The variables that `text` names, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def expand(text: str, *, where: str, environment: Mapping[str, str] | None = None) -> str:
    """`text` with its variables filled in; `where` tells a person what needs a missing one."""
    return VARIABLE.sub(lambda found: variable(found[1], where=where, environment=environment), text)


def expand_all(
    texts: Mapping[str, str], *, where: str, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The same for all values of a mapping."""
    return {key: expand(text, where=where, environment=environment) for key, text in texts.items()}


def variable(name: str, *, where: str, environment: Mapping[str, str] | None = None) -> str:
    """The value of one variable."""
    value = (os.environ if environment is None else environment).get(name)
    if value is None and nothing_is_called.get():
        return ""
    if value is None:
        raise MissingVariableError(name, where=where)
    return value
