"""Reads the input items of a model call into a simple view: who said what, what was called, what came back."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

READ_LIMIT = 20_000
"""Characters that are read of one text; of anything longer the start has to do."""

_HISTORY = re.compile(r"<CONVERSATION HISTORY>(.*?)</CONVERSATION HISTORY>", re.DOTALL)
_HISTORY_LINE = re.compile(r"^\d+\.\s+(?:(user|assistant)[^:]*:\s*(.*)|(\{.*\}))$")
_STRUCTURED = re.compile(r"## Structured Input Data:\s*```\s*(.*?)```", re.DOTALL)
_REJECTED = re.compile(
    r"\b(?:reject(?:ed|s)?|not (?:been )?approved|declined|denied by|refused by|approval (?:was )?denied)\b",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"^\W*(?:an? )?(?:\w+ )?(?:error|exception|failed|failure|timed? ?out|timeout|traceback)\b"
    r"|\berror occurred\b|\b(?:call|tool|request)\b.{0,40}\b(?:failed|timed out)\b|could not be reached",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"^\W*(?:no|0|zero|nothing|none|null)\b.{0,60}$"
    r"|\b(?:no (?:matching |relevant )?(?:results?|matches|articles?|records?|entries|entry|documents?|answers?)"
    r"|nothing (?:was )?found|not found|no such|does not exist|unknown)\b",
    re.IGNORECASE | re.DOTALL,
)

Outcome = Literal["ok", "empty", "failed", "rejected"]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call with its output; `output` is None while it has none."""

    name: str
    arguments: dict[str, Any]
    output: str | None = None
    size: int = 0
    """Length of the whole output; `output` may be cut."""

    @property
    def handed_to(self) -> str | None:
        """The agent a handoff led to, when this call was a handoff."""
        value = parsed(self.output or "")
        if isinstance(value, dict) and list(value) == ["assistant"]:
            return str(value["assistant"])
        return None

    @property
    def outcome(self) -> Outcome:
        """What the output says about how the call went."""
        text = (self.output or "").strip()
        value = parsed(text)
        if isinstance(value, dict) and value.get("error"):
            return "failed"
        if value in ([], {}, "") or not text:
            return "empty"
        if isinstance(value, dict | list):
            return "empty" if _holds_nothing(value) else "ok"
        if _REJECTED.search(text[:300]):
            return "rejected"
        if _FAILED.search(text[:300]):
            return "failed"
        return "empty" if len(text) < 300 and _EMPTY.search(text) else "ok"


@dataclass(slots=True)
class Turn:
    """What a user said and everything that followed until the next thing a user said."""

    request: str = ""
    calls: list[Call] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """What assistants wrote in this turn, in order."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """All turns, the current one last, and what developer messages add to the instructions."""

    turns: tuple[Turn, ...]
    extra_instructions: str = ""

    @property
    def now(self) -> Turn:
        return self.turns[-1]

    @property
    def before(self) -> tuple[Turn, ...]:
        return self.turns[:-1]

    @property
    def request(self) -> str:
        return self.now.request

    @property
    def results(self) -> list[Call]:
        """Tool calls of this turn that have been answered, handoffs left out."""
        return [call for call in self.now.calls if call.output is not None and not call.handed_to]

    @property
    def handed_to(self) -> list[str]:
        """Names of the agents that were handed to in this turn, in order."""
        return [name for call in self.now.calls if (name := call.handed_to)]


def read_conversation(items: str | Sequence[Any]) -> Conversation:
    """The view of the items; never empty: the last turn is the current one, perhaps with an empty request."""
    if isinstance(items, str):
        return Conversation((Turn(_request_text(items)),))
    reader = _Reader()
    for item in items:
        reader.read(_as_mapping(item))
    return reader.conversation()


class _Reader:
    """Goes through the items once."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.instructions: list[str] = []
        self.places: dict[str, tuple[Turn, int]] = {}

    def read(self, item: Mapping[str, Any]) -> None:
        match item.get("type", "message"):
            case "message":
                self._message(str(item.get("role", "user")), _text(item.get("content")))
            case "function_call":
                call = Call(str(item.get("name", "")), _arguments(item.get("arguments")))
                turn = self._turn()
                turn.calls.append(call)
                self.places[str(item.get("call_id"))] = (turn, len(turn.calls) - 1)
            case "function_call_output":
                self._output(str(item.get("call_id")), _text(item.get("output")))

    def _message(self, role: str, text: str) -> None:
        if role == "user":
            self.turns.append(Turn(_request_text(text)))
        elif role in {"system", "developer"}:
            self.instructions.append(text[:READ_LIMIT])
        elif nested := _HISTORY.search(text):
            self._nested_history(nested[1])
        elif text.strip():
            self._turn().texts.append(text[:READ_LIMIT])

    def _nested_history(self, text: str) -> None:
        for line in text.splitlines():
            found = _HISTORY_LINE.match(line.strip())
            if found and found[3]:
                self.read(_as_mapping(parsed(found[3])))
            elif found:
                self._message(found[1], found[2])

    def _output(self, call_id: str, output: str) -> None:
        if call_id not in self.places:
            return
        turn, index = self.places[call_id]
        call = turn.calls[index]
        turn.calls[index] = Call(call.name, call.arguments, output[:READ_LIMIT], len(output))

    def _turn(self) -> Turn:
        if not self.turns:
            self.turns.append(Turn())
        return self.turns[-1]

    def conversation(self) -> Conversation:
        turn = self._turn()
        if not turn.request and len(self.turns) == 1 and turn.texts and not turn.calls:
            # A handoff that passes on only the last message: that message is the request.
            turn.request = turn.texts.pop()
        return Conversation(tuple(self.turns), "\n".join(self.instructions))


def parsed(text: str) -> Any:
    """The JSON value of a text, or None when it is none."""
    text = text.strip()
    if not text or text[0] not in '{["' or len(text) > READ_LIMIT:
        return None
    return _loaded(text)


@lru_cache(maxsize=512)
def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _holds_nothing(value: dict[str, Any] | list[Any]) -> bool:
    """An object whose only content is an empty list or a zero count: `{"results": [], "count": 0}`."""
    if isinstance(value, list):
        return not value
    lists = [entry for entry in value.values() if isinstance(entry, list)]
    said = [
        entry
        for entry in value.values()
        if isinstance(entry, dict) or (entry and not isinstance(entry, list | bool))
    ]
    missing = value.get("found") is False
    return missing or (bool(lists) and not any(lists) and len(said) <= 1)


def _as_mapping(item: Any) -> Mapping[str, Any]:
    if isinstance(item, Mapping):
        return item
    dump = getattr(item, "model_dump", None)
    value = dump() if callable(dump) else {}
    return value if isinstance(value, Mapping) else {}


def _arguments(text: Any) -> dict[str, Any]:
    value = parsed(text) if isinstance(text, str) else text
    return dict(value) if isinstance(value, Mapping) else {}


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list | tuple):
        return "\n".join(part for part in map(_part_text, content) if part)
    return json.dumps(content, ensure_ascii=False, default=str)


def _part_text(part: Any) -> str:
    part = part if isinstance(part, str | Mapping) else _as_mapping(part)
    if isinstance(part, str):
        return part
    kind = str(part.get("type", ""))
    if "image" in kind:
        return "[image]"
    if "file" in kind:
        return f"[file {part.get('filename') or ''}".strip() + "]"
    if "audio" in kind:
        return "[audio]"
    return str(part.get("text") or part.get("refusal") or "")


def _request_text(text: str) -> str:
    structured = _STRUCTURED.search(text[:READ_LIMIT])
    text = structured[1].strip() if structured else text[:READ_LIMIT].strip()
    value = parsed(text)
    if isinstance(value, dict) and len(value) == 1 and isinstance(inner := next(iter(value.values())), str):
        # An envelope such as {"text": "…"}: what is in it is meant.
        return inner.strip()
    return text
