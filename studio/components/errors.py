"""Shows what went wrong and what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import TroupeError

log = logging.getLogger(__name__)


def show_error(error: TroupeError) -> None:
    """One error with its hint."""
    hint = f"\n\n{error.hint}" if error.hint else ""
    st.error(f"{error.message}{hint}", icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a TroupeError of the block and go on after it."""
    try:
        yield
    except TroupeError as error:
        show_error(error)


def tell_of_fault(fault: Exception) -> bool:
    """Tell a person of a fault of ours, and the log the rest; Streamlit then shows nothing of its own."""
    if isinstance(fault, TroupeError):
        show_error(fault)
        return True
    log.error("A page failed", exc_info=fault)
    st.error(
        "Something went wrong on this page. Nothing that was stored is lost: reload the page. If it happens "
        "again, the studio's log, in the terminal that it was started from, says more.",
        icon=":material/error:",
    )
    return True
