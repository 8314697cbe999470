"""What is said about one span."""

from datetime import datetime, tzinfo

from core.records import SpanRecord
from studio.view_models.numbers import NOTHING, count, duration, seconds_between
from studio.view_models.relative_time import exact
from studio.view_models.replay_words import REPLAYED_SPANS
from studio.view_models.run_rows import Fact
from studio.view_models.trace_kinds import kind_look
from studio.view_models.trace_outline import span_duration
from studio.view_models.trace_tree import TraceTree


def first_choice(tree: TraceTree) -> str | None:
    """The span to show when nobody chose one: the first that failed by itself, else the first model call."""
    parents = {span.parent_id for span in tree.spans if span.status == "error"}
    failed = (span for span in tree.spans if span.status == "error" and span.id not in parents)
    models = (span for span in tree.spans if span.kind == "model")
    found = next(failed, None) or next(models, None) or next(iter(tree.spans), None)
    return found.id if found else None


def span_title(span: SpanRecord) -> str:
    """Its kind and its name."""
    word = kind_look(span.kind).word
    if span.name.lower() in (word.lower(), "agent workflow") or span.kind == "turn":
        return span.name
    return f"{word} {span.name}"


def span_facts(
    span: SpanRecord,
    *,
    begin: datetime,
    now: datetime | None,
    zone: tzinfo | None = None,
    replayed: bool = False,
) -> list[Fact]:
    """Agent, times, model and tokens, as far as they are known; `replayed` for a span of a replay."""
    after = duration(seconds_between(begin, span.started_at))
    facts = [Fact("Agent", span.agent)] if span.agent else []
    facts += [
        Fact("Began", f"after {after}", exact(span.started_at, zone)),
        Fact("Duration", span_duration(span, now), "" if span.ended_at else "not ended"),
    ]
    if span.kind == "model":
        facts.append(Fact("Model", span.model or NOTHING))
        facts.append(Fact("Tokens", f"{count(span.input_tokens)} in · {count(span.output_tokens)} out"))
    if replayed and span.kind in REPLAYED_SPANS:
        facts.append(Fact("Cost", "nothing was paid", "It was replayed."))
    return facts


def status_note(span: SpanRecord, *, at_work: bool) -> str:
    """What a person must know about an end that is not known."""
    if span.status == "lost":
        return "The process that worked on this died. Nobody knows whether it came to an end."
    if span.status == "open" and not at_work:
        return "This was never closed, though the run is over."
    return ""
