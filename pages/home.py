"""What needs me, what is going on, and how to start."""

import streamlit as st

from core.patterns.catalogue import catalogue
from studio.components.file_import import file_import
from studio.components.home_lists import show_attention, show_organizations, show_recent_runs
from studio.components.pattern_card import show_gallery
from studio.context import core
from studio.page_files import page_file
from studio.view_models.pattern_gallery import featured

# Pixels of a list; where two do not fit beside each other, they stand one above the other.
NARROWEST = 380

st.title("Troupe")
st.caption(
    f"Everything is kept in `{core().settings.data_dir}` on this machine. Models answer as "
    f"`{core().providers.default_model()}` unless an agent has its own"
    + (" (:material/science: **simulated**, no key needed)." if core().providers.is_simulated(None) else ".")
)
show_attention()

organizations = core().organizations.all()
if organizations:
    lists = st.grid(2, min_column_width=NARROWEST, gap=("small", "medium"), key="home_lists")
    with lists.cell():
        show_organizations(organizations)
    with lists.cell():
        show_recent_runs()

with st.expander("Import code, Agent Builder exports, AutoGen teams or files", icon=":material/upload_file:"):
    file_import()
st.subheader("Start from a pattern")
with st.container(horizontal=True):
    st.page_link(page_file("patterns"), label=f"All {len(catalogue())} patterns", icon=":material/grid_view:")
    st.page_link(
        page_file("patterns"),
        label="Find one by a few questions",
        icon=":material/explore:",
        query_params={"view": "guide"},
    )
show_gallery(featured())
