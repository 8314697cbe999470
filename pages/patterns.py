"""The gallery of patterns to start from."""

import streamlit as st

from core.patterns.catalogue import catalogue
from studio.components.pattern_card import show_gallery, show_pattern_details

st.title("Patterns")
st.markdown("Each pattern opens on the canvas, ready to run with its sample inputs. No key is needed.")

patterns = catalogue()
for each in patterns:
    if each.id == st.query_params.get("pattern"):
        show_pattern_details(each)
show_gallery(patterns)
