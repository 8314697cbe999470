"""The field that chooses a model."""

import streamlit as st

from core.errors import TroupeError
from studio.components.inspector.form import Form
from studio.components.inspector.remark import remark
from studio.context import core


def model_field(form: Form, path: str) -> None:
    """The studio's default, a model on offer, or any reference that is typed."""
    providers = core().providers
    words: dict[str | None, str] = {None: f"Default: {providers.default_model()}"} | {
        name: name for name in providers.choices()
    }
    with form.slot():
        form.choice(
            path,
            "Model",
            words,
            accept_new_options=True,
            help="Choose one, or type `provider/model`. Providers are set up in Settings.",
        )
        _remarks(form.value(path))


def _remarks(reference: str | None) -> None:
    providers = core().providers
    try:
        providers.check_reference(reference)
    except TroupeError as error:
        remark(":orange[:material/warning:]", f"{error.message} {error.hint}")
    if providers.is_simulated(reference):
        st.caption("Simulated: the rehearsal model answers by rules, without a provider.")
