"""The gallery of patterns to start from, and the guide that chooses one."""

import streamlit as st

from core.patterns.catalogue import catalogue
from studio.components.address import follow_address, write_address
from studio.components.guide_view import show_guide
from studio.components.pattern_card import show_gallery
from studio.components.pattern_details import show_pattern_details
from studio.components.pattern_filters import choose_patterns, clear_filters

st.title("Patterns")
patterns = catalogue()
for each in patterns:
    if each.id == st.query_params.get("pattern"):
        show_pattern_details(each)
        st.stop()

views = {"": ":material/grid_view: Gallery", "guide": ":material/explore: Guide"}
follow_address("view", "patterns_view", list(views), otherwise="")
view = st.segmented_control(
    "View",
    list(views),
    format_func=views.__getitem__,
    key="patterns_view",
    required=True,
    label_visibility="collapsed",
    on_change=write_address,
    args=("view", "patterns_view"),
)
if view == "guide":
    st.markdown("A few questions lead to a pattern or a combination, with the reasons.")
    show_guide()
    st.stop()

st.markdown("Each pattern opens on the canvas, ready to run with its sample inputs. No key is needed.")
found = choose_patterns(patterns)
st.caption(f"{len(found)} of {len(patterns)} patterns")
if not found:
    st.info(
        "No pattern fits all of this. Use fewer words, or clear what you have chosen.",
        icon=":material/search_off:",
    )
    st.button("Show all patterns", key="clear_filters", on_click=clear_filters)
show_gallery(found)
