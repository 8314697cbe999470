"""The SDK's session protocol over the store: read once, written when a segment ends."""

from typing import Any, cast

from agents.items import TResponseInputItem
from agents.memory import SessionABC

from core.records import ConversationSummary


class StoredSession(SessionABC):
    """History of a conversation. What a run adds is held back until its segment has ended, because a replay of
    the segment would add it twice."""

    def __init__(self, session_id: str, recalled: list[dict[str, Any]], *, kept: bool = True) -> None:
        """Unless it is `kept`, what the run adds is forgotten: a replay belongs to no conversation."""
        self.session_id = session_id
        self.kept = kept
        self.recalled = recalled
        """What the run is given of the turns before."""
        self.summary: ConversationSummary | None = None
        """One that was made by this segment."""
        self.added: list[dict[str, Any]] = []

    async def get_items(self, limit: int | None = None) -> list[TResponseInputItem]:
        """The newest `limit` items (all by default), oldest first."""
        items: list[Any] = [*self.recalled, *self.added]
        return items if limit is None else items[-limit:]

    async def add_items(self, items: list[TResponseInputItem]) -> None:
        """Add to the end."""
        self.added += [dict(item) for item in items]

    async def pop_item(self) -> TResponseInputItem | None:
        """Take back the newest item of this segment; what is stored stays."""
        return cast("TResponseInputItem", self.added.pop()) if self.added else None

    async def clear_session(self) -> None:
        """Forget what this segment added."""
        self.added.clear()
