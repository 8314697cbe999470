"""The fields that every tool has."""

from collections.abc import Sequence

from studio.components.inspector.approval import approval_fields
from studio.components.inspector.fold import fold
from studio.components.inspector.form import Form

EFFECTS = {"reads": "Reads only", "writes": "Changes something"}


def description_field(form: Form, placeholder: str = "") -> None:
    form.area(
        "description",
        "Description for the model",
        height=80,
        placeholder=placeholder,
        help="Tells the model what this tool is for and when to use it.",
    )


def common_fields(form: Form, arguments: Sequence[str] = ()) -> None:
    """Side effect, approval, and what happens when a call fails."""
    form.switch(
        "effect",
        "Side effect",
        EFFECTS,
        help="What only reads may be repeated after a crash; what changes something never is without asking.",
    )
    approval_fields(form, arguments)
    fold(form, "failure_box", "When a call fails", _failure)


def _failure(form: Form) -> None:
    form.number("timeout_seconds", "Timeout (s)", step=1.0)
    form.text(
        "failure_message",
        "What the model is told",
        placeholder="The call failed",
        help="Stands before the reason; empty for a standard sentence.",
    )
