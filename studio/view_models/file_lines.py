"""The text of a file that a person gave, and the lines around a fault in it."""

from core.errors import InvalidSpecError

AROUND = 2
LONGEST = 160


def decoded(content: bytes, source: str) -> str:
    """The text. Raises InvalidSpecError with the line of what is not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidSpecError(
            f"{source}, line {line}: This is not UTF-8 text.", hint="Save the file as UTF-8 text.", line=line
        ) from error


def around(text: str, line: int) -> str:
    """The line and its neighbours with their numbers; an arrow points to it."""
    lines = text.splitlines()
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    width = len(str(last))
    return "\n".join(
        f"{'→' if number == line else ' '} {number:>{width}} │ {lines[number - 1][:LONGEST]}"
        for number in range(first, last + 1)
    )
