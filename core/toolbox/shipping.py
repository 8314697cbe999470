"""Tools for shipping."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import InvalidInputError
from core.toolbox.context import current_call_id, samples
from core.toolbox.orders import order_row

_MEANING = {
    "open": "The order waits for its payment.",
    "packing": "The order is being packed; its address can still be changed.",
    "shipped": "The parcel is on its way; delivery takes two to four working days.",
    "delivered": "The parcel was handed over.",
    "delayed": "The carrier has not scanned the parcel for three working days.",
    "lost": "The carrier could not find the parcel; send the goods again or refund them.",
}


@dataclass(frozen=True, slots=True)
class Shipment:
    order_id: str
    customer: str
    item: str
    status: str
    meaning: str
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class ReplacementSent:
    replacement: str
    order_id: str
    customer: str
    item: str
    reason: str


def track_shipment(order_id: str) -> Shipment:
    """Say where the parcel of an order is.

    Args:
        order_id: The order number, like A1001.
    """
    with samples().read() as db:
        order = order_row(db, order_id)
    return Shipment(
        order_id=order["id"],
        customer=order["customer"],
        item=order["item"],
        status=order["status"],
        meaning=_MEANING[order["status"]],
        carrier=order["carrier"],
        tracking=order["tracking"],
    )


def send_replacement(order_id: str, reason: str) -> ReplacementSent:
    """Send the goods of an order again, for a parcel that was lost or arrived damaged; once for each order.

    Args:
        order_id: The order number, like A1001.
        reason: Why, in a sentence the customer may read.
    """
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    with samples().change() as db:
        order = order_row(db, order_id)
        if order["status"] in {"open", "packing"}:
            raise InvalidInputError(
                f"Order '{order['id']}' has not been shipped yet, so there is nothing to replace.",
                hint="Wait until it is shipped.",
            )
        if db.execute("SELECT 1 FROM replacements WHERE order_id = ?", (order["id"],)).fetchone():
            raise InvalidInputError(
                f"A replacement for order '{order['id']}' is on its way already.",
                hint="Offer a refund if the customer does not want to wait.",
            )
        cursor = db.execute(
            "INSERT INTO replacements (call_id, order_id, reason, created_at) VALUES (?, ?, ?, ?)",
            (current_call_id.get(), order["id"], reason, created_at),
        )
    return ReplacementSent(f"X-{cursor.lastrowid}", order["id"], order["customer"], order["item"], reason)
