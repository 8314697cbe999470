"""The one core of this process."""

import threading
from typing import TYPE_CHECKING

from core.settings import load_settings

if TYPE_CHECKING:
    from core.bootstrap import Core

_lock = threading.Lock()
_core: "Core | None" = None
_starting: threading.Timer | None = None


def core() -> "Core":
    """The core that all pages of this process share; made on first use."""
    global _core
    with _lock:
        if _core is None:
            # Takes as long as the rest of the server, which answers the browser meanwhile (see warm_up).
            from core.bootstrap import Core

            _core = Core(load_settings())
        return _core


def start_engine_soon(*, seconds: float = 4.0) -> None:
    """Start the engine a moment from now: it imports the Agents SDK, which would hold up the first paint. A run
    that is started earlier starts it at once."""
    global _starting
    with _lock:
        _starting = threading.Timer(seconds, _start_engine)
        _starting.daemon = True
        _starting.start()


def _start_engine() -> None:
    core().engine.start()


def close_core() -> None:
    """End the core, if there is one."""
    global _core, _starting
    with _lock:
        if _starting is not None:
            _starting.cancel()
        if _core is not None:
            _core.close()
        _core = _starting = None
