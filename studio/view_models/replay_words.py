"""What is said of replays, and why a run cannot be kept as a test."""

from core.records import ReplayOrigin, RunRecord

NOTHING_PAID = "No model was asked, no tool called, nothing to pay."
REPLAYED_SPANS = frozenset({"model", "tool", "mcp_tools"})
"""Kinds of spans that a replay takes from its recording."""
STOPPED = "This run was stopped, so nobody knows how it would have ended."
IS_REPLAY = "This run is a replay itself. Save the run that it was recorded from, or run it for real."
NAME_LENGTH = 60


def tag_words(run: RunRecord) -> str:
    """What a list says beside a run: `replayed · simulated`."""
    words = ("replayed" if run.cassette_id else "", "simulated" if run.simulated else "")
    return " · ".join(word for word in words if word)


def origin_words(origin: ReplayOrigin) -> str:
    """`Replayed from run_123`."""
    if not origin.run_id:
        return "Replayed from a file"
    return f"Replayed from {origin.run_id}" + ("" if origin.stored else ", which was deleted")


def chat_label(run: RunRecord) -> str:
    """Stands above a replay in a chat; empty for other runs."""
    return f"Replayed: {NOTHING_PAID[0].lower()}{NOTHING_PAID[1:]}" if run.cassette_id else ""


def not_savable(run: RunRecord) -> str:
    """Why a run that is over cannot become a test; empty when it can."""
    if run.status == "cancelled":
        return STOPPED
    return IS_REPLAY if run.cassette_id else ""


def suggested_name(text: str) -> str:
    """The beginning of an input, up to the end of a sentence or word."""
    line = " ".join(text[: NAME_LENGTH * 4].split())
    ends = [line.find(mark) + 1 for mark in ("? ", "! ", ". ") if 0 < line.find(mark) < NAME_LENGTH]
    if ends:
        return line[: min(ends)].rstrip(".")
    if len(line) <= NAME_LENGTH:
        return line.rstrip(".")
    whole_words = line[:NAME_LENGTH].rpartition(" ")[0]
    return (whole_words or line[:NAME_LENGTH]).rstrip(" .,;:")
