"""The entry script: navigation, then the page that was asked for."""

from pathlib import Path

import streamlit as st

from core.errors import TroupeError
from studio.components.address import tell_browser
from studio.components.errors import show_error
from studio.components.inbox_watch import watch_inbox
from studio.components.navigation import navigation
from studio.context import core

ASSETS = Path(__file__).resolve().parent.parent / "assets"

st.set_page_config(page_title="Troupe", page_icon=ASSETS / "logo.svg", layout="wide")
st.logo(ASSETS / "wordmark.svg", icon_image=ASSETS / "logo.svg", size="large")
st.html(Path(__file__).parent / "components" / "theme.css")

try:
    pending = core().approvals.pending_count()
except TroupeError as error:
    # There is no core, for example because a newer Troupe wrote its database.
    show_error(error)
    st.stop()
page = navigation(pending)
tell_browser(page.url_path)
try:
    page.run()
except TroupeError as error:
    show_error(error)
watch_inbox(pending=pending)
