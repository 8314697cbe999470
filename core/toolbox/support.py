"""Tools for customer support: the knowledge base and tickets."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from core.errors import InvalidInputError
from core.toolbox.articles import Article, find_articles
from core.toolbox.context import current_call_id, samples

Priority = Literal["low", "normal", "high", "urgent"]


@dataclass(frozen=True, slots=True)
class TicketCreated:
    ticket: str
    title: str
    priority: str
    status: str


def search_knowledge_base(query: str, limit: Annotated[int, Field(ge=1, le=10)] = 3) -> list[Article]:
    """Search the help articles on billing, refunds, shipping, login, the API, exports and maintenance.

    Args:
        query: What the customer wants to know, in their own words.
        limit: How many articles to return at most.
    """
    with samples().read() as db:
        return find_articles(db, query, collection="help", limit=limit)


def create_ticket(title: str, description: str, priority: Priority = "normal") -> TicketCreated:
    """Open a support ticket, for a request that cannot be solved in the conversation.

    Args:
        title: The problem in one short line.
        description: What happened, what was tried, and what the customer expects.
        priority: How much it hurts the customer.
    """
    if not title.strip():
        raise InvalidInputError("A ticket needs a title.", hint="Say the problem in one short line.")
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    with samples().change() as db:
        cursor = db.execute(
            "INSERT INTO tickets (call_id, title, description, priority, created_at) VALUES (?, ?, ?, ?, ?)",
            (current_call_id.get(), title.strip(), description, priority, created_at),
        )
    return TicketCreated(ticket=f"T-{cursor.lastrowid}", title=title.strip(), priority=priority, status="open")
