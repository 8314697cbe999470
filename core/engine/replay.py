"""What a replay must not do: go another way than before, past calls that have changed something."""

from collections.abc import Iterable
from typing import Any

from core.errors import TroupeError

WRITES = "writes"
"""Stands in the recordings of calls that may have changed something."""


class ReplayError(TroupeError):
    """What a run builds on has changed since it was interrupted."""

    code = "replay_changed"


class Replay:
    """What was recorded before this segment was taken up."""

    def __init__(self, rows: Iterable[tuple[str, str, dict[str, Any] | None]]) -> None:
        self._places: dict[str, tuple[int, str]] = {}
        self._writes: list[tuple[int, str]] = []
        for position, (key, fingerprint, data) in enumerate(rows):
            if data is None:
                continue
            self._places[key] = position, fingerprint
            if data.get(WRITES):
                self._writes.append((position, key))

    def refuse_other_question(self, key: str, fingerprint: str, *, agent: str) -> None:
        """Raises ReplayError when a model was asked something else at this place, and calls that followed from its
        answer have changed something: asked anew, it would have them made once more, under other ids."""
        position, before = self._places.get(key, (0, fingerprint))
        if before == fingerprint:
            return
        place = key.partition(":")[2].rpartition("/model:")[0]
        if any(later > position and (not place or each.startswith(f"{place}/")) for later, each in self._writes):
            raise ReplayError(
                f"'{agent}' would be asked something else than before the run was interrupted, and calls that "
                "changed something have followed from what it answered then. They are not repeated.",
                hint="Something that the run builds on has changed, such as the tools of an MCP server. Look in "
                "the trace what was done, and start a new run for what is missing.",
            )
