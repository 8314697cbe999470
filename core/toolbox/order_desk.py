"""Tools for the order desk: finding orders, and notes on them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from core.errors import InvalidInputError
from core.toolbox.context import current_call_id, samples
from core.toolbox.orders import order_row

OrderStatus = Literal["open", "packing", "shipped", "delivered", "delayed", "lost"]


@dataclass(frozen=True, slots=True)
class OrderFound:
    order_id: str
    customer: str
    item: str
    placed_on: str
    total: float
    status: str


@dataclass(frozen=True, slots=True)
class NoteAdded:
    note: str
    order_id: str
    text: str


def find_orders(status: OrderStatus) -> list[OrderFound]:
    """List all orders of a status, oldest first.

    Args:
        status: The status that the orders have.
    """
    query = "SELECT * FROM orders WHERE status = ? ORDER BY placed_on, id"
    with samples().read() as db:
        rows = db.execute(query, (status,)).fetchall()
    return [
        OrderFound(row["id"], row["customer"], row["item"], row["placed_on"], row["total"] / 100, row["status"])
        for row in rows
    ]


def add_order_note(order_id: str, text: str) -> NoteAdded:
    """Write a note into the file of an order, for the colleagues who open it next.

    Args:
        order_id: The order number, like A1001.
        text: What happened and what was decided, in one or two sentences.
    """
    if not text.strip():
        raise InvalidInputError("A note needs a text.", hint="Say what happened and what was decided.")
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    with samples().change() as db:
        order = order_row(db, order_id)
        cursor = db.execute(
            "INSERT INTO order_notes (call_id, order_id, note, created_at) VALUES (?, ?, ?, ?)",
            (current_call_id.get(), order["id"], text.strip(), created_at),
        )
    return NoteAdded(f"N-{cursor.lastrowid}", order["id"], text.strip())
