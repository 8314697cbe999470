"""What Python asks the browser to do once, for only a browser can: the clipboard, pictures of what is drawn."""

from dataclasses import asdict, dataclass
from time import time_ns
from typing import Any, Literal

OrderKind = Literal["copy"]


@dataclass(frozen=True, slots=True)
class Order:
    """`number` grows, also over canvases that are made anew: no order is carried out twice."""

    number: int
    kind: OrderKind
    text: str
    """What goes to the clipboard."""
    note: str = ""
    """What else a person is told."""

    def data(self) -> dict[str, Any]:
        """The order as JSON data."""
        return asdict(self)


def next_order(last: Order | None, kind: OrderKind, text: str, note: str = "") -> Order:
    """An order after the last one."""
    now = time_ns() // 1_000_000
    return Order(now if last is None else max(now, last.number + 1), kind, text, note)
