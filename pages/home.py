"""What needs me, what is going on, and how to start."""

import streamlit as st

from core.patterns.catalogue import catalogue
from studio.components.home_lists import show_attention, show_organizations, show_recent_runs
from studio.components.pattern_card import show_pattern_card
from studio.context import core

st.title("Troupe")
st.caption(
    f"Everything is kept in `{core().settings.data_dir}` on this machine. Models answer as "
    f"`{core().providers.default_model()}` unless an agent has its own"
    + (" (:material/science: **simulated**, no key needed)." if core().providers.is_simulated(None) else ".")
)
show_attention()

organizations = core().organizations.all()
if organizations:
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        show_organizations(organizations)
    with right:
        show_recent_runs()

st.subheader("Start from a pattern")
columns = st.columns(3, gap="medium")
for number, pattern in enumerate(catalogue()):
    with columns[number % 3]:
        show_pattern_card(pattern)
