"""Tools for shipping."""

from dataclasses import dataclass

from core.toolbox.context import samples
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
