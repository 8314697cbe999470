"""Values as Python literals: what is written is exactly what is read."""

from typing import Any

WIDTH = 88
_UNSAFE = ('"""', "\\")


def literal(value: Any) -> str:
    """The literal of JSON data; texts of several lines stand as they are read, where that is exact."""
    match value:
        case str():
            return _text(value)
        case None | bool() | int() | float():
            return repr(value)
        case list() | tuple():
            return f"[{', '.join(literal(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{quoted(str(key))}: {literal(item)}' for key, item in value.items())}}}"
        case _:
            raise TypeError(f"{type(value).__name__} has no literal")


def quoted(text: str) -> str:
    """A text as a literal on one line."""
    return repr(text)


def _text(text: str) -> str:
    lines = text.split("\n")
    if len(lines) == 1:
        return quoted(text)
    plain = all(line.isprintable() and line == line.rstrip() for line in lines)
    if not plain or text.endswith('"') or any(unsafe in text for unsafe in _UNSAFE):
        # Lines apart, so that a change of one line is a change of one line here, too.
        parts = [quoted(f"{line}\n") for line in lines[:-1]] + ([quoted(lines[-1])] if lines[-1] else [])
        return f"({' '.join(parts)})"
    return f'"""\\\n{text}"""'
