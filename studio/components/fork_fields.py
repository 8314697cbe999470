"""The fields of a fork: what may go another way. They keep what was entered while the dialog is closed."""

import streamlit as st

from core.records import AnsweredCall, ForkPoint, RunRecord
from studio.context import core
from studio.view_models.fork_form import ForkEdits, preview
from studio.view_models.markdown import plain

SHOWN = 20
"""More outputs than these, the newest, are shown when they are asked for."""
LOWEST, LINE, HIGHEST = 68, 22, 260
"""Heights of a field in pixels: of an empty one, what each line adds, and of a long text."""
CHARACTERS = 130
"""About as many stand on a line."""
AS_IT_WAS = ""


def ask_for_changes(run: RunRecord, call: str, point: ForkPoint) -> ForkEdits:
    """What the fields hold; at first what the run had."""
    key = f"fork_{{}}_{run.id}_{call}"
    instructions = None
    if point.instructions is not None:
        instructions = _text("Instructions", point.instructions, key.format("instructions"))
    model, for_all = _choose_model(run, point, key)
    return ForkEdits(
        instructions=instructions,
        model=model,
        for_all=for_all,
        input=_text("Input of the run", point.input, key.format("input")),
        outputs=_edit_outputs(point.outputs, key),
        message=_ask_for_message(point, key),
    )


def _choose_model(run: RunRecord, point: ForkPoint, key: str) -> tuple[str, bool]:
    everyone = run.model is not None or point.instructions is None
    model = st.selectbox(
        "Model of all agents" if everyone else "Model",
        [AS_IT_WAS, *core().providers.choices()],
        format_func=lambda reference: reference or f"As it was ({point.model})",
        key=key.format("model"),
        persist_state="page",
    )
    if everyone or not model:
        return model, everyone
    who = st.segmented_control(
        "Who uses it",
        [point.agent, None],
        format_func=lambda agent: f"Only {plain(agent)}" if agent else "All agents",
        default=point.agent,
        required=True,
        key=key.format("who"),
        persist_state="page",
    )
    return model, who is None


def _edit_outputs(outputs: list[AnsweredCall], key: str) -> dict[str, str]:
    if not outputs:
        return {}
    with st.container(gap="xsmall"):
        st.markdown(f":small[Outputs of tools ({len(outputs)})]")
        shown = outputs
        if len(outputs) > SHOWN and not st.toggle(f"Show all {len(outputs)}", key=key.format("all")):
            shown = outputs[-SHOWN:]
            st.caption(f"The newest {SHOWN}.")
        return {each.call_id: _edit_output(each, key.format(f"output_{each.call_id}")) for each in shown}


def _edit_output(answered: AnsweredCall, key: str) -> str:
    name = f"{answered.tool} · {answered.agent}"
    with st.expander(f"**{plain(name)}**  {plain(preview(answered.output))}", key=f"{key}_fold"):
        return _text("Output", answered.output, key)


def _ask_for_message(point: ForkPoint, key: str) -> str:
    if point.instructions is None:
        return ""
    return _text("Message to add", "", key.format("message"), placeholder="What the agent hears before this call")


def _text(label: str, value: str, key: str, *, placeholder: str | None = None) -> str:
    text = st.text_area(
        label,
        value,
        height=_height(value),
        key=key,
        placeholder=placeholder,
        persist_state="page",
    )
    return text or ""


def _height(text: str) -> int:
    lines = sum(1 + len(line) // CHARACTERS for line in text.splitlines())
    return min(HIGHEST, LOWEST + max(0, lines - 2) * LINE)
