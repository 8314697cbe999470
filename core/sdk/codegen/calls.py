"""Calls in generated code: the function, its arguments, one a line."""

from collections.abc import Sequence

Keyword = tuple[str, str]
"""The name of an argument and its code."""


def call(function: str, *positional: str, keywords: Sequence[Keyword] = (), apart: bool = True) -> str:
    """The code of a call; `apart` for one argument a line."""
    arguments = [*positional, *(f"{name}={code}" for name, code in keywords)]
    # The comma at the end makes the formatter write one argument a line.
    return f"{function}({', '.join(arguments)}{',' if keywords and apart else ''})"


def listed(items: Sequence[str], *, apart: bool = False) -> str:
    """The code of a list; `apart` for one item a line."""
    return f"[{', '.join(items)}{',' if apart and items else ''}]"
