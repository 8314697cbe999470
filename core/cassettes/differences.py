"""What is different between a recorded run and a replay of it, in lines that a person can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from core.cassettes.cassette import Cassette, Line
from core.cassettes.story import story_of
from core.records import EventRecord, RunRecord

Sign = Literal[" ", "-", "+", "…"]
AROUND = 2
"""Equal lines that are shown around different ones."""
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a difference: `-` as recorded, `+` as it is now, "…" for equal lines left out."""

    sign: Sign
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was; `what` is a heading."""

    kind: Literal["question", "course", "ending"]
    what: str
    changes: list[Change]


def line_changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """How one list of lines became another, with some equal lines around each change."""
    changes: list[Change] = []
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (tag, start, end, new_start, new_end) in enumerate(blocks):
        if tag != "equal":
            changes += [Change("-", text) for text in before[start:end]]
            changes += [Change("+", text) for text in after[new_start:new_end]]
            continue
        changes += _equal(before[start:end], first=number == 0, last=number == len(blocks) - 1)
    if len(changes) > _MOST_LINES:
        left = len(changes) - _MOST_LINES
        return [*changes[:_MOST_LINES], Change("…", f"{left} more lines")]
    return changes


def _equal(lines: Sequence[str], *, first: bool, last: bool) -> list[Change]:
    head = [] if first else lines[:AROUND]
    tail = [] if last else lines[max(len(head), len(lines) - AROUND) :]
    left = len(lines) - len(head) - len(tail)
    gap = [Change("…", f"{left} equal lines")] if left else []
    return [*(Change(" ", line) for line in head), *gap, *(Change(" ", line) for line in tail)]


def differences(
    cassette: Cassette, run: RunRecord, events: Sequence[EventRecord], *, same_questions: bool
) -> list[Difference]:
    """What a replay did otherwise than the cassette says; nothing when it went the same way. The order counts
    within a branch, not between branches."""
    return [
        *(_questions(events) if same_questions else []),
        *_courses(cassette.story, story_of(events)),
        *_endings(cassette, run),
    ]


def _questions(events: Sequence[EventRecord]) -> list[Difference]:
    changed = [event.data for event in events if event.kind == "question_changed"]
    return [
        Difference(
            "question",
            f"{data['agent']}: {part['what']}",
            [Change(sign, text) for sign, text in part["lines"]],
        )
        for data in changed
        for part in data["parts"]
    ]


def _courses(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    places = dict.fromkeys(line.path for line in [*before, *after])
    found = []
    for place in places:
        was = [line.text for line in before if line.path == place]
        now = [line.text for line in after if line.path == place]
        if was != now:
            where = f"Course of the run, in {place}" if place else "Course of the run"
            found.append(Difference("course", where, line_changes(was, now)))
    return found


def _endings(cassette: Cassette, run: RunRecord) -> list[Difference]:
    was, now = cassette.ending, run
    found = []
    if (was.status, was.error_code) != (now.status, now.error_code):
        before, after = _ending(was.status, was.error_code), _ending(now.status, now.error_code)
        told = f"{after}: {now.error_message}" if now.error_message else after
        found.append(Difference("ending", "How the run ends", [Change("-", before), Change("+", told)]))
    if (was.output or "") != (now.output or ""):
        lines = line_changes((was.output or "").splitlines(), (now.output or "").splitlines())
        found.append(Difference("ending", "Final output", lines))
    return found


def _ending(status: str, code: str | None) -> str:
    return f"{status} ({code})" if code else status
