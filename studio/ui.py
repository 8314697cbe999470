"""The entry script: navigation, then the page that was asked for."""

import logging
from pathlib import Path

import streamlit as st

from core.errors import TroupeError
from studio.components.errors import show_error, show_unexpected
from studio.components.navigation import navigation, watch_inbox

ASSETS = Path(__file__).resolve().parent.parent / "assets"

log = logging.getLogger(__name__)

st.set_page_config(page_title="Troupe", page_icon=ASSETS / "logo.svg", layout="wide")
st.logo(ASSETS / "wordmark.svg", icon_image=ASSETS / "logo.svg", size="large")
st.html(Path(__file__).parent / "components" / "theme.css")

try:
    page = navigation()
    page.run()
    watch_inbox()
except TroupeError as error:
    show_error(error)
except Exception:
    # The last place where an error can be told to a person; the log has the rest.
    log.exception("A page failed")
    show_unexpected()
