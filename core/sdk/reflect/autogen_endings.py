"""When a team of AutoGen ends: texts that are looked for, numbers of messages, time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from core.sdk.reflect.autogen_files import Component
from core.sdk.reflect.meanings import quoted
from core.sdk.reflect.report import Report


@dataclass(slots=True)
class Endings:
    """What of the conditions can be said here."""

    words: list[str] = field(default_factory=list)
    messages: int | None = None
    """How many messages there may be, the first one of the user among them."""
    seconds: float | None = None

    def until(self, values: list[str]) -> str:
        """The CEL that asks whether one of the values holds one of the texts."""
        asked = [f"{value}.contains({quoted(word)})" for word in self.words for value in values]
        return " || ".join(asked) or "false"

    def rounds(self, turns: int | None, speakers: int, *, usual: int) -> int:
        """How many rounds of `speakers` messages that makes."""
        limits = [turns] if turns else []
        limits += [self.messages - 1] if self.messages and self.messages > 1 else []
        return min(max(math.ceil(min(limits) / speakers), 1), 1000) if limits else usual


def read_endings(condition: Component | None, where: str, report: Report) -> Endings:
    """The endings of a team."""
    found = Endings()
    if condition is not None:
        _add(condition, found, where, report, 0)
    return found


def _add(condition: Component, found: Endings, where: str, report: Report, depth: int) -> None:
    limit = condition.number("max_messages")
    seconds = condition.number("timeout_seconds")
    match condition.kind:
        case "OrTerminationCondition" | "AndTerminationCondition" if depth < 20:
            if condition.kind.startswith("And"):
                note = "Each of the conditions ends the team now, not only all of them together."
                report.approximated("termination condition", where, note)
            for part in condition.parts("conditions"):
                _add(part, found, where, report, depth + 1)
        case "TextMentionTermination" if condition.text("text"):
            found.words.append(condition.text("text"))
            report.carried(f"end at the text '{condition.text('text')}'", where)
        case "MaxMessageTermination" if limit:
            found.messages = int(min(limit, 10_000))
            report.approximated("end by number of messages", where, "It became a limit of rounds.")
        case "TimeoutTermination" if seconds and seconds > 0:
            found.seconds = seconds
            report.carried("end by time", where)
        case kind:
            report.not_carried(f"termination condition {kind}", where, "It has no counterpart.")
