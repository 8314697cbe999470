"""What models cost: a table that is edited in place."""

import pandas as pd
import streamlit as st

from core.records import Price
from studio.components.errors import errors_shown
from studio.context import core

MODEL, INPUT, OUTPUT = "Model", "Input", "Output"


def show_prices() -> None:
    """All prices, to be changed and saved together."""
    st.markdown(
        "US dollars for a million tokens. No endpoint tells its prices: what a run costs, and money budgets, "
        "go by what stands here. `provider/*` is for all models of a provider that are not listed; what runs on "
        "your own machine costs 0. The rehearsal model is free."
    )
    stored = core().providers.prices()
    rows = [(reference, price.input, price.output) for reference, price in sorted(stored.items())]
    edited = st.data_editor(
        pd.DataFrame(rows, columns=[MODEL, INPUT, OUTPUT]).astype({MODEL: "string", INPUT: float, OUTPUT: float}),
        num_rows="dynamic",
        hide_index=True,
        key="prices_table",
        column_config={
            MODEL: st.column_config.TextColumn(required=True, help="`provider/model` or `provider/*`"),
            INPUT: st.column_config.NumberColumn("Input, $ per 1M tokens", min_value=0.0, required=True),
            OUTPUT: st.column_config.NumberColumn("Output, $ per 1M tokens", min_value=0.0, required=True),
        },
    )
    if edited.empty:
        st.caption(
            "No prices yet: press the empty row and write a model, such as openai/gpt-5, and what it costs."
        )
    entered = edited.dropna()
    changed = list(entered.itertuples(index=False, name=None)) != rows
    if st.button("Save prices", type="primary", disabled=not changed, key="save_prices"):
        with errors_shown():
            core().providers.set_prices(
                {str(row[0]).strip(): Price(float(row[1]), float(row[2])) for row in entered.to_numpy()}
            )
            st.toast("Prices are saved; they hold for what runs from now on.")
            st.rerun()
