"""Texts that are revised until somebody is satisfied: whoever revises says so, and whoever judges takes it up."""

import re
from dataclasses import dataclass

from core.sdk.rehearsal.judge import judged

_REVISES = re.compile(
    r"\b(?:revis\w*|rework\w*|refin\w*|polish\w*|improv\w*|rewrit\w*"
    r"|(?:write|edit) (?:it|the text|this) (?:anew|again))\b",
    re.IGNORECASE,
)
_REVISED = re.compile(r"\[revised (\d+)×\]")
_STATEMENT = re.compile(r"\bThe statement:\n(.+?)(?=\n\s*\nYou are given\b|\Z)", re.DOTALL)
_QUALITY = re.compile(
    r"\b(?:good|ready|clear|complete|finished|polished|excellent|acceptable|satisf\w*|convincing|publish\w*|"
    r"quality|well[- ](?:written|made)|no (?:more |further )?(?:changes|remarks|comments|revisions?))\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|no|never|without|n['’]t)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Holding:
    """Whether a statement is true of a text, and why."""

    holds: bool
    reason: str


def revised(text: str, instructions: str, given: str) -> str:
    """The text with a mark of how often it was revised, when these instructions are to revise what is given."""
    if not _REVISES.search(instructions):
        return text
    return f"{text}\n\n[revised {revisions(given) + 1}×]"


def revisions(text: str) -> int:
    """How often a text was revised by a rehearsal."""
    return max((int(found) for found in _REVISED.findall(text)), default=0)


def statement_in(instructions: str) -> str | None:
    """The statement that a judge of a condition has to decide about."""
    found = _STATEMENT.search(instructions)
    return found[1].strip() if found else None


def holding(statement: str, text: str) -> Holding:
    """Whether the statement is true: of a text's quality once it was revised, else as far as the words say so."""
    if _QUALITY.search(statement) and not _NEGATED.search(_QUALITY.sub("", statement)):
        times = revisions(text)
        reason = f"It was revised {times} times." if times else "It was not revised yet."
        return Holding(times > 0, reason)
    found = judged(statement, text)
    negated = bool(_NEGATED.search(statement))
    reason = found.reason.replace("the rule", "the statement")
    return Holding(found.broken != negated, reason)
