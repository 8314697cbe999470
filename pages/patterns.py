"""The gallery of patterns to start from."""

import streamlit as st

from core.patterns.catalogue import catalogue
from studio.components.pattern_card import show_pattern_card, show_pattern_details

st.title("Patterns")
st.markdown("Each pattern opens on the canvas, ready to run with its sample inputs. No key is needed.")

chosen = st.query_params.get("pattern")
patterns = catalogue()
if chosen is not None:
    show_pattern_details(next((each for each in patterns if each.id == chosen), patterns[0]))

columns = st.columns(3, gap="medium")
for number, each in enumerate(patterns):
    with columns[number % 3]:
        show_pattern_card(each)
