"""What Python asks the browser to do once, for only a browser can: the clipboard, pictures of what is drawn."""

from dataclasses import asdict, dataclass
from time import time_ns
from typing import Any, Literal

OrderKind = Literal["copy", "link", "show", "keys"]
"""Put a text on the clipboard; put the address of this page with other parameters there; bring a node into the
middle; show what the keys do."""


@dataclass(frozen=True, slots=True)
class Order:
    """`number` grows, also over canvases that are made anew: no order is carried out twice."""

    number: int
    kind: OrderKind
    text: str
    """What is copied, the parameters of the address, or the name of the node."""
    note: str = ""
    """What else a person is told."""

    def data(self) -> dict[str, Any]:
        """The order as JSON data."""
        return asdict(self)


def next_order(last: Order | None, kind: OrderKind, text: str, note: str = "") -> Order:
    """An order after the last one."""
    now = time_ns() // 1_000_000
    return Order(now if last is None else max(now, last.number + 1), kind, text, note)
