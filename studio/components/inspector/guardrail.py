"""Fields of a guardrail."""

from functools import partial

import streamlit as st

from core.errors import InvalidSpecError
from core.organization.spec import KeywordGuardrailSpec, RegexGuardrailSpec
from studio.components.inspector.form import Form
from studio.components.inspector.model import model_field
from studio.components.inspector.remark import remark
from studio.context import core
from studio.view_models.design_tools import other_guardrail
from studio.view_models.design_values import LINES, TRIMMED

KINDS = {"regex": "Pattern", "keyword": "Keywords", "judge": "Judge"}
STAGES = {"input": "What the run is given", "output": "What the run answers"}


def guardrail_fields(form: Form) -> None:
    """What it looks for, where, and what a person reads when it trips."""
    form.text("name", "Name", TRIMMED)
    kind: str = form.value("kind")
    form.computed_switch("kind", "Looks for", KINDS, kind, partial(_switch, form))
    if kind == "regex":
        form.text(
            "pattern", "Pattern", placeholder=r"\b\d{16}\b", help="A regular expression as in Python's `re`."
        )
        form.toggle("ignore_case", "Ignore case")
    elif kind == "keyword":
        form.area(
            "keywords",
            "Words and phrases",
            LINES,
            height=110,
            help="One a line; found as whole words, in any case.",
        )
    else:
        form.area(
            "instructions", "Rule", height=140, placeholder="Requests for legal advice must not be let through."
        )
        model_field(form, "model")
    form.switch("stage", "Checks", STAGES)
    form.text("message", "Message when it trips", placeholder="A standard sentence")
    _try_it(form)


def _switch(form: Form, kind: str) -> None:
    owner = form.desk.owner_of(form.token)
    if owner is not None:
        form.desk.change(other_guardrail(form.desk.organization, owner, kind))


def _try_it(form: Form) -> None:
    guardrail = form.part
    if not isinstance(guardrail, RegexGuardrailSpec | KeywordGuardrailSpec):
        return
    with form.slot():
        text = st.text_input("Try it", key=form.key("try"), placeholder="Type a text to check", live="300ms")
        if text:
            remark(*_verdict(guardrail, text))


def _verdict(guardrail: RegexGuardrailSpec | KeywordGuardrailSpec, text: str) -> tuple[str, str]:
    trips = ":red[:material/block:]"
    try:
        found = core().tools.try_guardrail(guardrail, text)
    except TimeoutError:
        return trips, "Trips: the pattern takes too long on this text."
    except InvalidSpecError as error:
        return ":red[:material/error:]", error.message
    if found is None:
        return ":green[:material/check_circle:]", "Passes."
    return trips, f"Trips on “{found}”."
