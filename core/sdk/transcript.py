"""A conversation's items, in the SDK's input format, as lines that a person or a model can read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said or done."""

    kind: Literal["user", "assistant", "call", "result", "other"]
    text: str
    name: str = ""
    """Of the tool that was called."""


def lines(items: list[dict[str, Any]]) -> Iterator[Line]:
    """What was said and done, in order; what models note for themselves (reasoning) is left out."""
    names: dict[str, str] = {}
    for item in items:
        match item.get("type", "message"):
            case "message":
                said = _text(item.get("content"))
                yield Line("assistant", said) if item.get("role") == "assistant" else Line("user", said)
            case "function_call":
                names[str(item.get("call_id"))] = str(item.get("name", ""))
                yield Line("call", str(item.get("arguments", "")), str(item.get("name", "")))
            case "function_call_output":
                yield Line("result", _text(item.get("output")), names.get(str(item.get("call_id")), ""))
            case "reasoning":
                continue
            case _:
                yield Line("other", orjson.dumps(item, default=str).decode(), str(item.get("type")))


def plain_text(items: list[dict[str, Any]], *, longest_result: int) -> str:
    """The conversation as text for a model; longer results of tools are cut."""
    words = {"user": "User", "assistant": "Assistant"}
    parts = []
    for line in lines(items):
        if line.kind in words:
            parts.append(f"{words[line.kind]}: {line.text}")
        elif line.kind == "call":
            parts.append(f"[called {line.name} with {line.text}]")
        else:
            text = line.text if len(line.text) <= longest_result else f"{line.text[:longest_result]}…"
            parts.append(f"[{line.name} answered: {text}]")
    return "\n".join(parts)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_part(part) for part in content)
    return "" if content is None else orjson.dumps(content, default=str).decode()


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part)
    for name in ("text", "refusal"):
        if isinstance(part.get(name), str):
            return str(part[name])
    return f"({part.get('type', 'part')})"
