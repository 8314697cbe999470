"""Finding an order by the number that a customer wrote."""

import sqlite3

from core.errors import NotFoundError


def order_row(db: sqlite3.Connection, order_id: str) -> sqlite3.Row:
    """The order with that number; `#a1001 ` is understood as `A1001`."""
    number = order_id.strip().lstrip("#").upper()
    row: sqlite3.Row | None = db.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError("order", order_id)
    return row
