"""Makes ready what the first page needs, while the browser still loads Streamlit's own files."""

import threading
from importlib import import_module

from core.errors import TroupeError
from studio.context import core

_PARTS = (
    "studio.components.address",
    "studio.components.inbox_watch",
    "studio.components.navigation",
    "studio.components.home_lists",
    "studio.components.file_import",
    "studio.components.pattern_card",
    "studio.view_models.pattern_gallery",
)
_FOR_THE_LOGO = ("numpy", "PIL.ImageFile")
"""Streamlit imports them for every picture."""


def warm_up_aside() -> None:
    """Begin on a thread of its own, so that the server answers at once."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()


def warm_up() -> None:
    """Import, open the database and read the patterns; the first page finds all of it done."""
    from core.patterns.catalogue import catalogue

    try:
        core()
    except TroupeError:
        # The page meets the same error, and shows it.
        return
    for name in (*_PARTS, *_FOR_THE_LOGO):
        import_module(name)
    catalogue()
