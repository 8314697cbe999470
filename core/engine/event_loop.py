"""The event loop on which runs are worked on."""

import asyncio
from collections.abc import Callable


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one (all but Windows): an agent's turn is a hundred small steps of the loop, and these
    cost it half. None for the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
