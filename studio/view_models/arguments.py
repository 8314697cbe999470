"""The arguments of a call as a small table."""

from typing import Any

import orjson

LIMIT = 2_000


def argument_rows(arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of each argument; long values are cut and say so."""
    return [(name or "(text)", _cut(_text(value))) for name, value in arguments.items()]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _cut(text: str) -> str:
    return text if len(text) <= LIMIT else f"{text[:LIMIT]}… ({len(text):,} characters in all)"
