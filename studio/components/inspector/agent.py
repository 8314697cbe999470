"""Fields of an agent."""

import streamlit as st

from core.organization.names import offered_tools
from core.organization.spec import AgentSpec
from studio.components.inspector.entry import entry_toggle
from studio.components.inspector.fold import fold
from studio.components.inspector.form import Form
from studio.components.inspector.model import model_field
from studio.components.inspector.schema import schema_field
from studio.components.inspector.try_it import expression_field
from studio.view_models.design_values import OPTIONAL_JSON_OBJECT, TRIMMED

PROVIDER = "Provider decides"
TOOL_USE = {"run_again": "Ask the model again", "stop_on_first_tool": "Its result is the final output"}
_EFFORTS = {None: PROVIDER, "none": "None", "minimal": "Minimal", "low": "Low", "medium": "Medium", "high": "High"}
_VERBOSITIES = {None: PROVIDER, "low": "Low", "medium": "Medium", "high": "High"}
_CHOICES = {None: PROVIDER, "auto": "Auto", "required": "Some tool, always", "none": "No tool"}

EXAMPLE_OUTPUT = {
    "type": "object",
    "properties": {
        "summary": {"type": "string", "description": "The answer in one sentence."},
        "confidence": {"type": "string", "enum": ["low", "medium", "high"]},
    },
    "required": ["summary", "confidence"],
    "additionalProperties": False,
}


def agent_fields(form: Form) -> None:
    """Name, instructions and model in sight; the rest a click away."""
    form.text("name", "Name", TRIMMED)
    entry_toggle(form)
    form.area("instructions", "Instructions", height=200, placeholder="What it does, how, and when it is done.")
    form.text(
        "handoff_description",
        "Handoff description",
        help="Tells other agents when to hand off to this one, or to call it as a tool.",
        placeholder="Answers questions about invoices",
    )
    model_field(form, "model")
    if any(form.owner in (link.source, link.target) for link in form.desk.organization.flows()):
        _step(form)
    fold(form, "settings_box", f"Model settings{_count(form)}", _settings)
    fold(form, "output_box", f"Output{' · structured' if form.value('output_schema') else ''}", _output)


def _step(form: Form) -> None:
    """What an agent is told when it is a step of the workflow."""
    expression_field(
        form,
        "task",
        "Task in the workflow",
        kind="template",
        placeholder="Empty for the value that arrives",
        help="What it is told when the flow comes to it. {{ output }} is the value that arrives.",
    )
    form.toggle(
        "sees_conversation",
        "Sees the conversation",
        help="Also gives it what the agents before it in the workflow said and did.",
    )


def _count(form: Form) -> str:
    part = form.part
    assert isinstance(part, AgentSpec), "the form is an agent's"
    given = len(part.settings.model_dump(exclude_none=True))
    return f" · {given} set" if given else ""


def _output(form: Form) -> None:
    schema_field(form, "output_schema", "Output schema (JSON)", OPTIONAL_JSON_OBJECT, EXAMPLE_OUTPUT)
    st.caption("Empty for plain text.")
    form.choice("tool_use", "After a tool call", TOOL_USE)


def _settings(form: Form) -> None:
    left, right = st.columns(2)
    with left:
        form.number("settings.temperature", "Temperature", step=0.1, help="0 to 2")
        form.number("settings.max_tokens", "Max tokens", whole=True, step=1)
        form.choice("settings.reasoning_effort", "Reasoning effort", _EFFORTS)
    with right:
        form.number("settings.top_p", "Top p", step=0.05, help="0 to 1")
        form.number("settings.timeout_seconds", "Timeout (s)", step=1.0, help="For one attempt to call the model.")
        form.choice("settings.verbosity", "Verbosity", _VERBOSITIES)
    names = [tool.name for tool in offered_tools(form.desk.organization, form.owner)]
    words: dict[str | None, str] = {**_CHOICES, **{name: name for name in names}}
    form.choice("settings.tool_choice", "Tool choice", words, help="Or the one tool it must call.")
    together = {None: PROVIDER, True: "Yes", False: "No"}
    form.choice("settings.parallel_tool_calls", "Several tool calls at once", together)
