"""Providers: the default model, the list, adding, editing, testing, deleting."""

import streamlit as st

from core.errors import TroupeError
from core.records import ProviderRecord
from studio.components.errors import errors_shown, show_error
from studio.components.provider_form import show_provider_form
from studio.context import core
from studio.view_models.markdown import plain


def show_providers() -> None:
    """The default model, then one section a provider."""
    _choose_default()
    for provider in core().providers.all():
        _show_provider(provider)
    with st.expander("Add an OpenAI-compatible endpoint", icon=":material/add:"):
        st.markdown("Ollama, vLLM, llama.cpp, LM Studio, a gateway: anything that speaks OpenAI's API.")
        show_provider_form(None)


def _choose_default() -> None:
    providers = core().providers
    choices = providers.choices()
    present = providers.default_model()
    if present not in choices:
        choices.append(present)
    st.selectbox(
        "Default model",
        choices,
        index=choices.index(present),
        key="default_model",
        on_change=_set_default,
        accept_new_options=True,
        help="Used by every agent that names no model. Type `provider/model` for one that is not listed.",
    )
    error = st.session_state.pop("default_model_error", None)
    if error is not None:
        show_error(error)


def _set_default() -> None:
    try:
        core().providers.set_default_model(st.session_state.default_model)
    except TroupeError as error:
        st.session_state.default_model_error = error
        del st.session_state["default_model"]


def _show_provider(provider: ProviderRecord) -> None:
    state = _state(provider)
    with st.expander(f"{plain(provider.title)} `{provider.id}` — {state}", expanded=False):
        if provider.kind == "rehearsal":
            st.markdown(
                "Rule-based and part of the studio: no key, no network. It chooses handoffs and tools by the "
                "words of the input and answers from tool results. :material/science: **Everything it says is "
                "simulated**, and labelled so."
            )
            return
        show_provider_form(provider)
        if not core().providers.is_built_in(provider.id):
            _offer_deletion(provider)


def _state(provider: ProviderRecord) -> str:
    """Whether it answers is only known to who asks it, by its connection test or in a run."""
    if provider.kind == "rehearsal":
        return ":green[:material/check_circle: Ready]"
    if core().providers.is_ready(provider):
        return ":material/check: Set up"
    return ":orange[:material/key: Needs a key]"


def _offer_deletion(provider: ProviderRecord) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(f"Agents that use `{provider.id}/…` will not run until they are given another model.")
        if st.button("Delete this provider", key=f"delete_{provider.id}", type="primary"):
            with errors_shown():
                core().providers.delete(provider.id)
                st.rerun()
