"""Shows what went wrong and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import TroupeError


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


def show_unexpected() -> None:
    """What a person sees of a fault of ours."""
    st.error(
        "Something went wrong on this page. Nothing that was stored is lost: reload the page. If it happens "
        "again, the studio's log, in the terminal that it was started from, says more.",
        icon=":material/error:",
    )
