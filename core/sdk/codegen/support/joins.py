"""Makes one value of the outputs of branches."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from .flow import text
from .forks import Outputs


def concatenate(outputs: Outputs, *, separator: str = "\n\n") -> str:
    """One text of all. Branches get headings where an output has paragraphs of its own, for nobody could see then
    where the next one begins."""
    texts = [text(output) for output in outputs]
    blurred = separator == "\n\n" and any("\n\n" in each.strip() for each in texts)
    return labelled(outputs) if outputs.named and len(texts) > 1 and blurred else separator.join(texts)


def labelled(outputs: Outputs) -> str:
    """All outputs as one text, each under the name of its branch."""
    pairs = zip(outputs.names, outputs, strict=True)
    return "\n\n".join(f"## {name}\n\n{text(output).strip()}" for name, output in pairs)


def vote(outputs: Outputs, *, by: Callable[[Any], Any] = lambda output: output) -> Any:
    """The output that most branches gave; of equals the first."""
    if not outputs:
        raise ValueError("there are no outputs to vote on")
    keys = [_key(by(output)) for output in outputs]
    counts = Counter(keys)
    best = max(counts.values())
    return next(output for output, key in zip(outputs, keys, strict=True) if counts[key] == best)


def _key(vote: Any) -> str:
    return vote.strip().casefold() if isinstance(vote, str) else json.dumps(vote, sort_keys=True)
