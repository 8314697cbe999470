"""Providers of models, what they cost, what is stored where, and who works."""

import streamlit as st

from studio.components.data_settings import show_data
from studio.components.price_settings import show_prices
from studio.components.provider_settings import show_providers
from studio.components.worker_settings import show_workers

TABS = {
    "providers": ("Providers", show_providers),
    "prices": ("Prices", show_prices),
    "data": ("Data", show_data),
    "workers": ("Workers", show_workers),
}

st.title("Settings")
wanted = st.query_params.get("tab", "providers")
chosen = st.segmented_control(
    "Section",
    list(TABS),
    default=wanted if wanted in TABS else "providers",
    format_func=lambda tab: TABS[tab][0],
    key="settings_tab",
    label_visibility="collapsed",
)
st.query_params["tab"] = chosen or "providers"
TABS[st.query_params["tab"]][1]()
