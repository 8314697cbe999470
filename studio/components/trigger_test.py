"""Sends a test event along the way that real ones take."""

import orjson
import streamlit as st

from core.ids import new_id
from core.services.triggers import Trigger
from core.triggers.spec import AlwaysRouter, WebhookSource
from studio.components.errors import errors_shown
from studio.components.trigger_form import read_payload
from studio.context import core
from studio.own_server import post_hook
from studio.view_models.trigger_words import example_payload

ACCEPTED = 202


def show_test(trigger: Trigger) -> None:
    """A payload to change, and the button."""
    with st.expander("Send a test event", icon=":material/send:"):
        kind = trigger.spec.source.kind
        text = st.text_area(
            "Payload (JSON)", value=example_payload(kind, _samples(trigger)), key=f"test_{trigger.id}", height=140
        )
        said = "Posts it to the address above, signed." if kind == "webhook" else "As if it had come by itself."
        if st.button("Send", icon=":material/send:", key="send_test", help=said, disabled=not trigger.enabled):
            with errors_shown():
                _send(trigger, read_payload(text))


def _send(trigger: Trigger, payload: object) -> None:
    if not isinstance(trigger.spec.source, WebhookSource):
        st.success(f"Stored as {core().trigger_inbox.accept_test(trigger.id, payload)}.", icon=":material/check:")
        return
    body = orjson.dumps(payload)
    answer = post_hook(trigger.id, core().triggers.sign(trigger.id, body, key=new_id("test")), body)
    if answer.status_code == ACCEPTED:
        st.success(f"The webhook answered {answer.status_code}: {answer.text}", icon=":material/check:")
    else:
        st.error(f"The webhook answered {answer.status_code}: {answer.text[:500]}", icon=":material/error:")


def _samples(trigger: Trigger) -> list[str]:
    router = trigger.spec.router
    if not isinstance(router, AlwaysRouter):
        return []
    known = {record.id for record in core().organizations.all()}
    chosen = router.organization_id
    return core().organizations.draft(chosen).spec.samples if chosen in known else []
