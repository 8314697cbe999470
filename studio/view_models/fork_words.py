"""What is said of forks: where they can begin, and where they come from."""

from core.records import ForkOrigin, RunRecord, SpanRecord
from studio.view_models.run_rows import one_line

NO_RECORD = "This call was recorded without its place in the run, so no other run can begin here."
NOT_MADE = "This call is still to come. Resume the run with a message instead, or fork from an earlier call."
LISTED = 110


def not_forkable(span: SpanRecord, run: RunRecord) -> str:
    """Why no run can be forked before a model call; empty when one can."""
    if span.call_id is None:
        return NO_RECORD
    if span.status in ("open", "paused") and run.status == "paused":
        return NOT_MADE
    return ""


def call_words(number: int, agent: str) -> str:
    """`model call 3, of cashier`."""
    which = f"model call {number}" if number else "a model call"
    return f"{which}, of {agent}" if agent else which


def origin_words(origin: ForkOrigin) -> str:
    """`Forked before model call 3, of cashier`."""
    return f"Forked before {call_words(origin.number, origin.agent)}"


def changed_words(origin: ForkOrigin) -> str:
    """What is different in a fork, on one line."""
    return f"Changed: {', '.join(origin.changed)}" if origin.changed else "Nothing was changed"


def came_words(run: RunRecord, origin: ForkOrigin | None) -> str:
    """How a run that came from another one is listed there."""
    if run.cassette_id:
        return "replay"
    if origin is None:
        return one_line(run.input, LISTED)
    changed = f" ({', '.join(origin.changed)})" if origin.changed else ""
    return f"fork before {call_words(origin.number, origin.agent)}{changed}"
