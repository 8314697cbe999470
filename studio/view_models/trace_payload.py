"""What a span carried, as blocks to read: messages of a conversation, calls, results, JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

BlockKind = Literal["person", "agent", "system", "call", "result", "thought", "data"]

SHOWN_CHARACTERS = 4_000
"""Longer texts are cut; the whole can be downloaded."""
SHOWN_BLOCKS = 6
"""Longer conversations show their last blocks first."""
TITLES = {
    "instructions": "Instructions",
    "input": "Input",
    "output": "Output",
    "attempts": "Attempts",
    "arguments": "Arguments",
    "tools": "Tools offered",
    "handoffs": "Handoffs offered",
    "settings": "Settings",
    "result": "Result",
    "decision": "Decision",
    "data": "Data",
    "mcp": "MCP",
    "port": "Way taken",
    "seen": "What the condition saw",
    "failed": "Failure",
}
ORDER = ("decision", "attempts", "arguments", "output", "result", "input", "instructions")
FOLDED = frozenset({"instructions", "tools", "handoffs", "settings", "data", "mcp"})
"""Fields that are shown only when somebody opens them."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text to show; `code` when it is JSON."""

    kind: BlockKind
    title: str
    text: str
    code: bool = False

    @property
    def shown(self) -> str:
        """What is shown of it."""
        return self.text[:SHOWN_CHARACTERS]

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is shown."""
        return len(self.text) > SHOWN_CHARACTERS


@dataclass(frozen=True, slots=True)
class Section:
    """One field of a span's payload."""

    field: str
    title: str
    blocks: list[Block]
    value: Any
    """As it was stored, for whoever downloads it."""

    @property
    def folded(self) -> bool:
        """Whether it is closed at first."""
        return self.field in FOLDED

    @property
    def latest(self) -> list[Block]:
        """The blocks to show first."""
        return self.blocks[-SHOWN_BLOCKS:]

    @property
    def earlier(self) -> list[Block]:
        """The blocks before those."""
        return self.blocks[:-SHOWN_BLOCKS]


def payload_sections(payload: Mapping[str, Any]) -> list[Section]:
    """The fields of a payload, what a person asks for first at the top."""
    names = [*(name for name in ORDER if name in payload), *(name for name in payload if name not in ORDER)]
    return [_section(name, payload[name]) for name in names if not _is_empty(payload[name])]


def readable(value: Any) -> tuple[str, bool]:
    """A value as text, and whether that is JSON. Text that holds a JSON object or list is laid out as such."""
    if isinstance(value, str):
        parsed = _json_in(value)
        return (value, False) if parsed is None else (_dumped(parsed), True)
    return _dumped(value), True


def _section(name: str, value: Any) -> Section:
    title = TITLES.get(name, name.replace("_", " ").capitalize())
    if name in ("tools", "handoffs") and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return Section(name, title, [Block("data", "", "\n".join(value))], value)
    if isinstance(value, list) and value and all(_is_item(one) for one in value):
        names = {one.get("call_id"): one.get("name") for one in value if one.get("type") == "function_call"}
        return Section(name, title, [_item(one, names) for one in value], value)
    text, code = readable(value)
    return Section(name, title, [Block("data", "", text, code)], value)


def _is_item(value: Any) -> bool:
    return isinstance(value, Mapping) and ("role" in value or "type" in value)


def _item(item: Mapping[str, Any], names: Mapping[Any, Any]) -> Block:
    match item.get("type", "message"), item.get("role"):
        case "function_call", _:
            return _block("call", f"Calls {item.get('name')}", item.get("arguments"))
        case "function_call_output", _:
            name = names.get(item.get("call_id"))
            return _block("result", f"Result of {name}" if name else "Result", item.get("output"))
        case "reasoning", _:
            return Block("thought", "Thinks", _content_text(item.get("summary") or item.get("content")))
        case "message", "user":
            return _block("person", "User", _content_text(item.get("content")))
        case "message", "assistant":
            return _block("agent", "Assistant", _content_text(item.get("content")))
        case "message", "system" | "developer":
            return Block("system", "System", _content_text(item.get("content")))
        case "message", "tool":
            return _block("result", "Result", item.get("content"))
        case kind, _:
            return Block("data", str(kind).replace("_", " ").capitalize(), _dumped(item), code=True)


def _block(kind: BlockKind, title: str, value: Any) -> Block:
    text, code = readable("" if value is None else value)
    return Block(kind, title, text, code)


def _content_text(content: Any) -> str:
    """The text of a message's content, which is text or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return "" if content is None else _dumped(content)
    return "\n".join(_part_text(part) for part in content)


def _part_text(part: Any) -> str:
    if isinstance(part, Mapping):
        for key in ("text", "refusal"):
            if isinstance(part.get(key), str):
                return str(part[key])
        return f"[{str(part.get('type', 'part')).replace('_', ' ')}]"
    return str(part)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _json_in(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
