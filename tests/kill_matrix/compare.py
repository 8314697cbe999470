"""What is to be told apart: what came of a try, and what comes of a run that nobody disturbs."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tests.kill_matrix.account import Account
from tests.kill_matrix.points import Point


@dataclass(slots=True)
class Result:
    """What came of one try."""

    lost: bool = False
    doubles: int = 0
    """Effects that happened twice without a person's word."""
    asked: bool = False
    """Whether a person was asked about a call in doubt."""
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """From the start of the recovery to the end of the run."""


def compare(found: Account, usual: Account, point: Point, result: Result) -> None:
    """Note in the result what is not as usual."""
    result.asked = bool(found.doubts)
    result.faults += found.faults
    approved = Counter(call for call, verdict in found.doubts if verdict == "approved")
    result.doubles = _doubles(found, len(approved))
    if point.in_doubt is not None and result.asked != point.in_doubt:
        result.faults.append(f"a person was {'' if result.asked else 'not '}asked about a doubt")
    if point.stops:
        if (found.status, found.effects) != ("cancelled", []):
            result.faults.append(f"it was not stopped: {found.status}, {found.effects}")
        return
    rejected = {call for call, verdict in found.doubts if verdict == "rejected"}
    for name in ("status", "output", "usage"):
        if getattr(found, name) != getattr(usual, name):
            result.faults.append(f"{name} is {getattr(found, name)} instead of {getattr(usual, name)}")
    result.lost = found.status != usual.status
    if not rejected and set(found.effects) != set(usual.effects):
        result.faults.append(f"effects are {found.effects}")
    result.faults += differences("fact", _known(found.facts, rejected), _known(usual.facts, rejected))
    result.faults += differences("span", _shape(found.tree, rejected), _shape(usual.tree, rejected))
    if not rejected:
        result.faults += differences("history", found.history, usual.history)


def differences(what: str, found: list[str], usual: list[str]) -> list[str]:
    """A line for everything that is there too often or is missing."""
    more, less = Counter(found) - Counter(usual), Counter(usual) - Counter(found)
    faults = [f"{what} too often ({count}x): {line.strip()}" for line, count in more.items()]
    return [*faults, *(f"{what} missing ({count}x): {line.strip()}" for line, count in less.items())]


def _doubles(found: Account, repeated: int) -> int:
    """Effects beyond the first of each kind, less those that people have asked for."""
    extra = sum(count - 1 for count in Counter(found.effects).values())
    return max(0, extra - repeated)


def _known(facts: list[str], rejected: set[str]) -> list[str]:
    """Without what a person's answer in the place of a tool's changes."""
    if not rejected:
        return facts
    return [fact for fact in facts if not fact.startswith(("tool_completed", "tool_failed"))]


def _shape(tree: list[str], rejected: set[str]) -> list[str]:
    """Without payloads, and without the ends and the insides of tools, where a person's answer stands in the place
    of a tool's."""
    if not rejected:
        return tree
    kept, inside = [], None
    for line in tree:
        indent = len(line) - len(line.lstrip())
        if inside is None or indent <= inside:
            kept.append(line)
            inside = indent if any(f"[{call}]" in line for call in rejected) else None
    return [re.sub(r"^(\s*)(tool|model) (.*?) (ok|error).*$", r"\1\2 \3", line) for line in kept]
