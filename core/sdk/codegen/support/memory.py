"""What of a long conversation a run is given."""

from agents.items import TResponseInputItem


def newest(items: list[TResponseInputItem], turns: int | None) -> list[TResponseInputItem]:
    """The items of the newest turns; all when `turns` is None. A turn begins with what the user says, so that no
    call is cut off from its result."""
    starts = [number for number, item in enumerate(items) if item.get("role") == "user"]
    return items if turns is None or len(starts) <= turns else items[starts[-turns] :]
