"""Providers of models, and what is stored where, and who works."""

import streamlit as st

from studio.components.data_settings import show_data
from studio.components.provider_settings import show_providers
from studio.components.worker_settings import show_workers

TABS = {"providers": "Providers", "data": "Data", "workers": "Workers"}

st.title("Settings")
wanted = st.query_params.get("tab", "providers")
chosen = st.segmented_control(
    "Section",
    list(TABS),
    default=wanted if wanted in TABS else "providers",
    format_func=TABS.__getitem__,
    key="settings_tab",
    label_visibility="collapsed",
)
st.query_params["tab"] = chosen or "providers"
if st.query_params["tab"] == "data":
    show_data()
elif st.query_params["tab"] == "workers":
    show_workers()
else:
    show_providers()
