"""One value of the outputs of branches."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from core.engine.workflow.outcome import Gathered
from core.engine.workflow.scope import Scope
from core.organization.expressions import as_text, evaluate
from core.organization.steps import ConcatenateJoin, VoteJoin


def concatenated(by: ConcatenateJoin, gathered: Gathered) -> str:
    """One text of all. Branches get headings where an output has paragraphs of its own, for nobody could see then
    where the next one begins."""
    texts = [as_text(output) for output in gathered.outputs]
    blurred = by.separator == "\n\n" and any("\n\n" in text.strip() for text in texts)
    if gathered.named and len(texts) > 1 and blurred:
        return with_headings(gathered)
    return by.separator.join(texts)


def with_headings(gathered: Gathered) -> str:
    """All outputs, each under the name of its branch."""
    pairs = zip(gathered.names, gathered.outputs, strict=True)
    return "\n\n".join(f"## {name}\n\n{as_text(output).strip()}" for name, output in pairs)


def voted(by: VoteJoin, gathered: Gathered, scope: Scope) -> tuple[Any, str]:
    """The output that most gave (of equals the first), and how they voted, in words."""
    votes = [_vote(by, output, scope) for output in gathered.outputs]
    keys = [_key(vote) for vote in votes]
    counts = Counter(keys)
    best = max(counts.values())
    chosen = next(number for number, key in enumerate(keys) if counts[key] == best)
    shares = {key: votes[keys.index(key)] for key in counts}
    told = ", ".join(f"{as_text(shares[key])[:60]}: {count}" for key, count in counts.most_common())
    return gathered.outputs[chosen], told


def branch_names(wanted: Sequence[str]) -> tuple[str, ...]:
    """Names that differ: of equal ones the second is called `name 2`."""
    seen: Counter[str] = Counter()
    names = []
    for name in wanted:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(names)


def _vote(by: VoteJoin, output: Any, scope: Scope) -> Any:
    return evaluate(by.by, scope.variables(output)) if by.by else output


def _key(vote: Any) -> str:
    return vote.strip().casefold() if isinstance(vote, str) else json.dumps(vote, sort_keys=True)
