"""The journal of one run: what models answered and tools did, recorded before it is used.

Keys are made of content and place: `segment:path/model:n` for the n-th model call at a place, `path/tool:call_id`
for a tool call. A recording answers only the question that it was made for (`fingerprint`). Steps of a workflow
record what came of them: `path/step`, and where they wait for a person `path/paused:n`. `message:n` is what a
person told a paused run, `…/set_aside:n` an answer that was no good and was asked for again, `mcp:node` the tools
that an MCP server offered.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from core.engine.replay import Replay
from core.engine.writer import RunWriter

Recording = dict[str, Any]

OFFERED = "mcp:"
"""What the keys begin with under which the tools of MCP servers are recorded, by the servers' nodes."""

MESSAGE = "message:"
"""What the keys of messages begin with that a person added."""

MEMORY = "session:memory"
"""Under which key it is recorded what stood for the older turns of the conversation."""

ANY = "*"
"""The fingerprint of recordings that answer whatever is asked at their place."""


@dataclass(slots=True)
class _Entry:
    fingerprint: str
    data: Recording | None


class Journal:
    """Recordings of a run, in memory and on disk."""

    def __init__(self, writer: RunWriter, rows: list[tuple[str, str, Recording | None]]) -> None:
        self._writer = writer
        self._entries = {key: _Entry(fingerprint, data) for key, fingerprint, data in rows}
        self.replay = Replay(row for row in rows if row[1] != ANY)
        self._calling: set[str] = set()

    @property
    def is_calling(self) -> bool:
        """Whether a call that changes something has begun and is not recorded yet."""
        return bool(self._calling)

    def recording(self, key: str, fingerprint: str) -> Recording | None:
        """What was recorded for this very question, or None."""
        entry = self._entries.get(key)
        return entry.data if entry is not None and entry.fingerprint in (fingerprint, ANY) else None

    def holds(self, key: str) -> bool:
        """Whether anything was ever recorded at this place."""
        return key in self._entries

    def under(self, prefix: str) -> list[tuple[str, Recording]]:
        """All recordings whose key begins so, in the order in which they were made."""
        found = ((key, entry.data) for key, entry in self._entries.items() if key.startswith(prefix))
        return [(key, data) for key, data in found if data is not None]

    def record_step(self, key: str, fingerprint: str, data: Recording) -> None:
        """Record what a step came to: stored with whatever is stored next, and no later than the spans so far, for
        a replay leaves the step out."""
        self._writer.keep_together()
        self.record(key, fingerprint, data, at_once=False)

    def record(self, key: str, fingerprint: str, data: Recording, *, at_once: bool = True) -> None:
        """Record an answer, with its intent if none stands yet. It is stored when this returns, or, for what may
        be asked again without harm, with whatever is stored next (`at_once=False`)."""
        entry = self._entries.get(key)
        if entry is None:
            self._add(key, fingerprint, data, at_once=at_once)
        else:
            entry.fingerprint, entry.data = fingerprint, data
            self._writer.result(key, fingerprint, data)
            self._calling.discard(key)

    def intend(self, key: str, fingerprint: str) -> None:
        """Record that a call is about to run; it is stored when this returns."""
        entry = self._entries.get(key)
        if entry is None:
            self._add(key, fingerprint, None, at_once=True)
        else:
            entry.fingerprint, entry.data = fingerprint, None
            self._writer.result(key, fingerprint, None)
        self._calling.add(key)

    def call_ids(self) -> set[str]:
        """All ids of tool calls that recorded model responses hold."""
        return {
            item["call_id"]
            for entry in self._entries.values()
            for item in (entry.data or {}).get("items", [])
            if item.get("call_id")
        }

    def used(self) -> dict[str, tuple[int, int, int]]:
        """Requests, input and output tokens of the recorded model calls, by key; not of those of another run that
        this one was forked from."""
        return {
            key: (usage[0], usage[1], usage[2])
            for key, entry in self._entries.items()
            if entry.data is not None and (usage := entry.data.get("usage")) and entry.fingerprint != ANY
        }

    def _add(self, key: str, fingerprint: str, data: Recording | None, *, at_once: bool) -> None:
        self._entries[key] = _Entry(fingerprint, data)
        row = {"key": key, "position": len(self._entries), "fingerprint": fingerprint, "data": data}
        self._writer.journal(row, at_once=at_once)


def in_doubt(rows: list[tuple[str, str, Recording | None]]) -> list[str]:
    """Keys of the calls that began and of which nobody knows whether they ran."""
    return [key for key, _, data in rows if data is None]


def fingerprint(*parts: Any) -> str:
    """A short hash of what is asked; equal questions have equal ones."""
    data = orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(data, digest_size=12).hexdigest()
