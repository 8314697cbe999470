"""A conversation as a file: all items as JSON, or what was said as Markdown."""

import re
from dataclasses import asdict, dataclass

import orjson

from core.records import ConversationSummary, SessionRecord, Turn
from core.sdk.transcript import Line, lines


@dataclass(frozen=True, slots=True)
class ExportedSession:
    """A conversation with its history."""

    session: SessionRecord
    turns: list[Turn]
    summary: ConversationSummary | None

    def as_json(self) -> str:
        """Everything; the items are in the Agents SDK's input format."""
        data = {
            "session": asdict(self.session),
            "summary": asdict(self.summary) if self.summary else None,
            "turns": [asdict(turn) for turn in self.turns],
        }
        return orjson.dumps(data, option=orjson.OPT_INDENT_2, default=str).decode()

    def as_markdown(self) -> str:
        """To be read: one section a turn."""
        parts = [f"# {self.session.name}", f"Begun {self.session.created_at:%Y-%m-%d %H:%M} UTC"]
        for number, turn in enumerate(self.turns, 1):
            parts.append(f"## Turn {number}")
            parts += [_markdown(line) for line in lines(turn.items)]
        return "\n\n".join(parts) + "\n"


def _markdown(line: Line) -> str:
    match line.kind:
        case "user":
            return f"**User**\n\n{line.text}"
        case "assistant":
            return f"**Assistant**\n\n{line.text}"
        case "call":
            return f"**Called `{line.name}`**\n\n{_fenced(line.text)}"
        case "result":
            return f"**Result of `{line.name}`**\n\n{_fenced(line.text)}"
        case "other":
            return f"**{line.name}**\n\n{_fenced(line.text)}"


def _fenced(text: str) -> str:
    """As it is, whatever it holds: the fence is longer than any in the text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
