"""Messages that a person added to a paused run: heard by the model calls that came next, and by those after
them."""

from dataclasses import dataclass
from typing import Any

from agents.items import TResponseInputItem

from core.engine.history import StoredSession
from core.engine.journal import ANY, MESSAGE, Journal


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a model call is: the path, the part of the work there, and the number within it."""

    path: str
    part: int
    number: int

    @classmethod
    def of(cls, key: str) -> "_Place":
        place, _, number = key.rpartition("/model:")
        part, _, path = place.partition(":")
        return cls(path, int(part), int(number))

    def follows(self, other: "_Place") -> bool:
        return self.path == other.path and (self.part, self.number) > (other.part, other.number)


class Messages:
    """What agents are told besides what they were given. Where a message stands in the conversation is recorded,
    for the call that heard it first may not be made again."""

    def __init__(self, journal: Journal, session: StoredSession | None) -> None:
        self._journal = journal
        self._session = session
        self._messages = [
            (key, data["message"], [_Place.of(call) for call in data["calls"] or self._first(key)])
            for key, data in journal.under(MESSAGE)
            if "message" in data
        ]

    def _first(self, name: str) -> list[str]:
        found = self._journal.recording(f"{name}/first", ANY)
        return found["calls"] if found is not None else []

    def heard(self, key: str, given: str | list[TResponseInputItem]) -> str | list[TResponseInputItem]:
        """What the model is given at a call, with the messages that belong there."""
        if not self._messages:
            return given
        here = _Place.of(key)
        items = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
        for name, text, calls in self._messages:
            said: Any = {"role": "user", "content": text}
            at = f"{name}/at:{here.path}"
            if not calls and not self._journal.holds(key):
                # The run had not begun when it was said: the first that comes to work hears it.
                calls.append(here)
                self._journal.record(f"{name}/first", ANY, {"calls": [key]}, at_once=False)
            if here in calls:
                self._journal.record(at, ANY, {"position": len(items)}, at_once=False)
                items.append(said)
                if self._session is not None and not here.path:
                    self._session.added.append(said)
            elif any(here.follows(call) for call in calls):
                where = self._journal.recording(at, ANY)
                items.insert(len(items) if where is None else where["position"], said)
        return items  # type: ignore[return-value]
