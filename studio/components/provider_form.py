"""The form of one provider, with its connection test."""

from typing import Literal

import streamlit as st

from core.records import ProviderLoad, ProviderRecord
from core.services.providers import KEEP, Key
from studio.components.errors import errors_shown
from studio.components.provider_load import load_fields
from studio.context import core

APIS: dict[Literal["responses", "chat"], str] = {"responses": "Responses", "chat": "Chat completions"}


def show_provider_form(provider: ProviderRecord | None) -> None:
    """Fields of a provider (None for a new one), and what can be done with them."""
    name = provider.id if provider else "new"
    saves = st.session_state.get(f"saves_{name}", 0)
    record, key = _fields(provider, f"{name}_{saves}" if saves else name)
    buttons = st.container(horizontal=True, gap="small")
    if buttons.button("Save", key=f"save_{name}", type="primary"):
        with errors_shown():
            core().providers.save(record, key=key)
            st.toast(f"Saved {record.id}.", icon=":material/check:")
            # Fields of another name: what was typed, a key above all, is not kept on the page.
            st.session_state[f"saves_{name}"] = saves + 1
            st.rerun()
    if buttons.button("Test connection", key=f"test_{name}", icon=":material/network_check:"):
        _test(record, key)


def _fields(provider: ProviderRecord | None, name: str) -> tuple[ProviderRecord, Key]:
    built_in = provider is not None and core().providers.is_built_in(provider.id)
    left, right = st.columns(2)
    with left:
        provider_id = (
            provider.id
            if provider
            else st.text_input(
                "Short name",
                key=f"id_{name}",
                placeholder="ollama",
                help="Used in model names: `ollama/llama3.2`.",
            )
        )
        title = st.text_input("Title", value=provider.title if provider else "", key=f"title_{name}")
        base_url = st.text_input(
            "Base URL",
            value=(provider.base_url or "") if provider else "",
            key=f"url_{name}",
            placeholder="OpenAI's own" if built_in else "http://localhost:11434/v1",
        )
    with right:
        variable, key = _key_fields(provider, name)
    with left if provider else right:
        api = st.selectbox(
            "API",
            list(APIS),
            index=list(APIS).index(provider.api if provider else "chat"),
            format_func=APIS.__getitem__,
            key=f"api_{name}",
            help="Most local servers offer chat completions; OpenAI offers both.",
        )
    models = st.text_area(
        "Models, one a line",
        value="\n".join(provider.models) if provider else "",
        key=f"models_{name}",
        height=100,
    )
    load = load_fields(provider.load if provider else ProviderLoad(), name)
    record = ProviderRecord(
        id=provider_id,
        kind=provider.kind if provider else "compatible",
        title=title or provider_id,
        base_url=base_url.strip() or None,
        api=api,
        key_variable=variable,
        has_stored_key=provider is not None and provider.has_stored_key,
        models=[line.strip() for line in models.splitlines() if line.strip()],
        load=load,
    )
    return record, key


def _key_fields(provider: ProviderRecord | None, name: str) -> tuple[str | None, Key]:
    """The variable that holds the key, and what is to become of the stored one."""
    variable = st.text_input(
        "Environment variable with the key",
        value=(provider.key_variable or "") if provider else "",
        key=f"variable_{name}",
        help="The key is read from the studio's environment. Leave empty for endpoints without a key.",
    )
    stored = provider is not None and provider.has_stored_key
    entered = st.text_input(
        "Or enter a key",
        type="password",
        key=f"key_{name}",
        placeholder="A key is stored; type to replace it" if stored else "",
        help="Kept encrypted; never shown again.",
    )
    forget = stored and st.checkbox("Forget the stored key", key=f"forget_{name}")
    return variable.strip() or None, entered or (None if forget else KEEP)


def _test(record: ProviderRecord, key: Key) -> None:
    with st.spinner("Asking…"):
        report = core().providers.test(record, key)
    if report.ok:
        st.success(report.message, icon=":material/check_circle:")
    else:
        st.error(f"{report.message}\n\n{report.hint}", icon=":material/error:")
    if report.models:
        st.caption(f"Models it offers: {', '.join(report.models[:40])}")
