"""The fields that say what of a long conversation a run is given."""

from core.organization.memory import Memory, RecentMemory, SummaryMemory, WholeMemory
from studio.components.inspector.form import Form
from studio.components.inspector.model import model_field

_KINDS = {"all": "All", "recent": "Newest turns", "summary": "Summary"}
_UNITS = {"tokens": "tokens (about)", "items": "items"}


def memory_fields(form: Form) -> None:
    """All, the newest turns, or a summary of the older ones."""
    memory: Memory = form.value("run.memory")
    form.computed_switch(
        "run.memory_kind",
        "Memory of a conversation",
        _KINDS,
        memory.kind,
        lambda kind: form.set("run.memory", _memory(kind)),
        help="What of a long conversation the agents are given. Everything stays stored and can be exported.",
    )
    match memory:
        case WholeMemory():
            return
        case RecentMemory():
            form.number(
                "run.memory.turns", "Turns", whole=True, step=1, help="A turn is a message and its answer."
            )
        case SummaryMemory():
            form.number("run.memory.limit", "When longer than", whole=True, step=1)
            form.switch("run.memory.unit", "Counted in", _UNITS)
            form.number(
                "run.memory.keep_turns",
                "Newest turns kept as they are",
                whole=True,
                step=1,
                help="A model summarizes the turns before these, once; the run shows it.",
            )
            model_field(form, "run.memory.model")


def _memory(kind: str) -> Memory:
    match kind:
        case "recent":
            return RecentMemory()
        case "summary":
            return SummaryMemory()
        case _:
            return WholeMemory()
