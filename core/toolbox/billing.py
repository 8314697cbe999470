"""Tools for billing: invoices, payments and refunds."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from core.errors import InvalidInputError, NotFoundError
from core.toolbox.context import current_call_id, samples
from core.toolbox.orders import order_row


@dataclass(frozen=True, slots=True)
class Invoice:
    number: str
    order_id: str
    customer: str
    item: str
    issued_on: str
    due_on: str
    amount: float
    status: str


@dataclass(frozen=True, slots=True)
class Payment:
    id: str
    paid_on: str
    method: str
    amount: float
    status: str


@dataclass(frozen=True, slots=True)
class PaymentSummary:
    order_id: str
    customer: str
    order_total: float
    payments: list[Payment]
    paid: float
    refunded: float
    refundable: float


@dataclass(frozen=True, slots=True)
class RefundIssued:
    refund: str
    order_id: str
    customer: str
    amount: float
    reason: str
    still_refundable: float


def look_up_invoice(order_id: str) -> Invoice:
    """Look up the invoice of an order: amount, due date and whether it is paid.

    Args:
        order_id: The order number, like A1001.
    """
    with samples().read() as db:
        order = order_row(db, order_id)
        invoice = db.execute("SELECT * FROM invoices WHERE order_id = ?", (order["id"],)).fetchone()
    if invoice is None:
        raise NotFoundError("invoice yet for order", order["id"])
    return Invoice(
        number=invoice["number"],
        order_id=order["id"],
        customer=order["customer"],
        item=order["item"],
        issued_on=invoice["issued_on"],
        due_on=invoice["due_on"],
        amount=invoice["amount"] / 100,
        status=invoice["status"],
    )


def look_up_payment(order_id: str) -> PaymentSummary:
    """Look up the payments of an order: what was paid, what was refunded, and what can still be refunded.

    Args:
        order_id: The order number, like A1001.
    """
    with samples().read() as db:
        order = order_row(db, order_id)
        rows = db.execute("SELECT * FROM payments WHERE order_id = ? ORDER BY id", (order["id"],)).fetchall()
        paid, refunded = _paid_and_refunded(db, order["id"])
    return PaymentSummary(
        order_id=order["id"],
        customer=order["customer"],
        order_total=order["total"] / 100,
        payments=[
            Payment(row["id"], row["paid_on"], row["method"], row["amount"] / 100, row["status"]) for row in rows
        ],
        paid=paid / 100,
        refunded=refunded / 100,
        refundable=(paid - refunded) / 100,
    )


def issue_refund(order_id: str, amount: Annotated[float, Field(gt=0)], reason: str) -> RefundIssued:
    """Pay money back for an order, at most what was paid and not yet refunded.

    Args:
        order_id: The order number, like A1001.
        amount: How much to pay back, in the currency of the order.
        reason: Why, in a sentence the customer may read.
    """
    cents = _cents(amount)
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    with samples().change() as db:
        order = order_row(db, order_id)
        paid, refunded = _paid_and_refunded(db, order["id"])
        if cents > paid - refunded:
            raise InvalidInputError(
                f"{cents / 100:.2f} cannot be refunded for order '{order['id']}': "
                f"{paid / 100:.2f} was paid and {refunded / 100:.2f} is refunded already.",
                hint=f"Refund at most {(paid - refunded) / 100:.2f}.",
            )
        cursor = db.execute(
            "INSERT INTO refunds (call_id, order_id, amount, reason, created_at) VALUES (?, ?, ?, ?, ?)",
            (current_call_id.get(), order["id"], cents, reason, created_at),
        )
    return RefundIssued(
        refund=f"F-{cursor.lastrowid}",
        order_id=order["id"],
        customer=order["customer"],
        amount=cents / 100,
        reason=reason,
        still_refundable=(paid - refunded - cents) / 100,
    )


def _cents(amount: float) -> int:
    cents = Decimal(str(amount)) * 100
    if not cents.is_finite() or cents <= 0 or cents != cents.to_integral_value():
        raise InvalidInputError(
            f"'{amount}' is no amount of money.", hint="Give a positive amount with at most two decimals."
        )
    return int(cents)


def _paid_and_refunded(db: sqlite3.Connection, order_id: str) -> tuple[int, int]:
    paid = "SELECT coalesce(sum(amount), 0) FROM payments WHERE order_id = ? AND status = 'settled'"
    refunded = "SELECT coalesce(sum(amount), 0) FROM refunds WHERE order_id = ?"
    return db.execute(paid, (order_id,)).fetchone()[0], db.execute(refunded, (order_id,)).fetchone()[0]
