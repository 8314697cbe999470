"""The event loop on which runs are worked on."""

import asyncio
from collections.abc import Callable


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one (all but Windows): a run is many small steps of the loop, which are cheaper there
    (`tests/bench/cpu_per_run.py`). None for the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
