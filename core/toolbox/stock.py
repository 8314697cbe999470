"""Tools for the warehouse: what is in stock, what runs low, and orders for more."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from core.errors import NotFoundError
from core.toolbox.context import current_call_id, samples


@dataclass(frozen=True, slots=True)
class StockLevel:
    sku: str
    product: str
    in_stock: int
    reorder_at: int
    runs_low: bool
    supplier: str


@dataclass(frozen=True, slots=True)
class StockOrder:
    order: str
    sku: str
    product: str
    quantity: int
    supplier: str
    costs: float


def check_stock(sku: str) -> StockLevel:
    """Say how many pieces of a product are in the warehouse, and when more should be ordered.

    Args:
        sku: The product number, like SKU-104.
    """
    with samples().read() as db:
        return _level(_product_row(db, sku))


def list_low_stock() -> list[StockLevel]:
    """List the products that run low in the warehouse, the scarcest first."""
    query = "SELECT * FROM products WHERE in_stock <= reorder_at ORDER BY in_stock, sku"
    with samples().read() as db:
        return [_level(row) for row in db.execute(query)]


def place_stock_order(sku: str, quantity: Annotated[int, Field(ge=1, le=5000)]) -> StockOrder:
    """Order more pieces of a product from its supplier, at the supplier's price.

    Args:
        sku: The product number, like SKU-104.
        quantity: How many pieces to order.
    """
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    with samples().change() as db:
        product = _product_row(db, sku)
        cursor = db.execute(
            "INSERT INTO stock_orders (call_id, sku, quantity, created_at) VALUES (?, ?, ?, ?)",
            (current_call_id.get(), product["sku"], quantity, created_at),
        )
    return StockOrder(
        order=f"S-{cursor.lastrowid}",
        sku=product["sku"],
        product=product["name"],
        quantity=quantity,
        supplier=product["supplier"],
        costs=product["cost"] * quantity / 100,
    )


def _product_row(db: sqlite3.Connection, sku: str) -> sqlite3.Row:
    number = sku.strip().upper()
    row: sqlite3.Row | None = db.execute("SELECT * FROM products WHERE sku = ?", (number,)).fetchone()
    if row is None:
        known = [found["sku"] for found in db.execute("SELECT sku FROM products ORDER BY sku")]
        raise NotFoundError("product", sku, known=known)
    return row


def _level(row: sqlite3.Row) -> StockLevel:
    return StockLevel(
        sku=row["sku"],
        product=row["name"],
        in_stock=row["in_stock"],
        reorder_at=row["reorder_at"],
        runs_low=row["in_stock"] <= row["reorder_at"],
        supplier=row["supplier"],
    )
