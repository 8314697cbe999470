"""Stores the SDK's spans when they start and completes them when they end: a crash leaves open spans, no holes.

A replay tells the story of a segment again: its spans are matched with the stored ones by place (kind, name and
number among their siblings) and keep their ids and times. Spans of a workflow's steps are matched by path: a step
that waits for a person has one span, whatever number of segments it takes. What becomes of an approval is stored
together with the event that tells of it, because a replay does not tell that again.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import orjson
from agents.tracing import Span, Trace, TracingProcessor
from agents.tracing.span_data import FunctionSpanData, GuardrailSpanData

from core.engine.place import current_step
from core.engine.span_data import (
    NO_MODEL,
    STEP,
    error_text,
    kind_and_name,
    model_call,
    model_values,
    payload_fields,
    span_time,
    step_path,
    step_status,
)
from core.engine.writer import RunWriter
from core.ids import approval_span_id, utc_now
from core.records import SpanRecord
from core.store.hash_lists import folded

current_recorder: ContextVar["Recorder | None"] = ContextVar("recorder", default=None)


class SpanRouter(TracingProcessor):
    """The process's only tracing processor: sends each span to the recorder of the run that it belongs to."""

    def on_trace_start(self, trace: Trace) -> None:
        """Traces are known by their run already."""

    def on_trace_end(self, trace: Trace) -> None:
        """Also called when a run pauses; the run's own status says what it means."""

    def on_span_start(self, span: Span[Any]) -> None:
        recorder = current_recorder.get()
        if recorder is not None:
            recorder.started(span)

    def on_span_end(self, span: Span[Any]) -> None:
        recorder = current_recorder.get()
        if recorder is not None:
            recorder.ended(span)

    def shutdown(self) -> None:
        """Nothing is held back here."""

    def force_flush(self) -> None:
        """Runs flush by themselves."""


class Recorder:
    """Spans of one segment of a run."""

    def __init__(
        self,
        writer: RunWriter,
        *,
        trace_id: str,
        segment: int,
        next_position: int,
        store_payloads: bool,
        stored: list[SpanRecord],
        by_steps: bool,
        retries: bool,
        goes_on: Callable[[], bool],
    ) -> None:
        """With `by_steps` spans are told again by steps, not by segments. With `retries` what
        broke off is tried again. `goes_on` says whether what ends now
        will be gone on with later: it stays open then."""
        self._writer = writer
        self._trace_id = trace_id
        self._segment = segment
        self._position = next_position - 1
        self._store_payloads = store_payloads
        self._retries = retries
        self._goes_on = goes_on
        self._ids: dict[str, str] = {}
        self._parents: dict[str, str | None] = {}
        """The span around each, by its stored id."""
        self._agents: dict[str, str | None] = {}
        self._names: dict[str, str] = {}
        self._siblings: Counter[str] = Counter()
        self._stored = _by_place([span for span in stored if by_steps or span.segment == segment])
        self._steps: dict[str, tuple[str, str]] = {
            span.call_id or "": (span.id, span.status) for span in stored if span.kind.startswith(STEP)
        }
        """Id and status of each step's span, by path."""
        self._parts: set[tuple[str, str]] = set()
        self._done: set[str] = set()
        self._blobs: set[str] = set()
        self._turns: dict[str, str] = {}
        """The last turn of each step; that of a run without a workflow at ""."""

    def started(self, span: Span[Any]) -> None:
        """Note a span; one of a tool waits for `tool_runs`: the SDK opens them for calls that do not run too."""
        if not isinstance(span.span_data, FunctionSpanData):
            self._open(span, call_id=None)

    def tool_runs(self, span: Span[Any], *, call_id: str, agent: str) -> None:
        """The tool of this span is really called now."""
        self._agents[span.span_id] = agent
        self._open(span, call_id=call_id)

    def ended(self, span: Span[Any]) -> None:
        """Complete a span."""
        span_id = self._ids.get(span.span_id)
        if span_id is None or span_id in self._done or self._goes_on():
            return
        self._payloads(span_id, span.span_data)
        status = "error" if span.error else step_status(span.span_data)
        values = {
            "ended_at": None if status in ("open", "waiting") else span_time(span.ended_at) or utc_now(),
            "status": status,
            "error": error_text(span),
            "name": kind_and_name(span.span_data)[1],
            **model_values(span.span_data),
        }
        if isinstance(span.span_data, GuardrailSpanData) and span.span_data.triggered:
            values |= {"status": "error", "error": "Tripped"}
        self._writer.span_ended(span_id, values)
        if step := step_path(span.span_data):
            self._steps[step] = span_id, status

    def approval_requested(self, approval_id: str, *, tool: str, agent: str, call_id: str) -> None:
        """A call waits for a person: a span that is open until the decision is carried out."""
        parent = self._turns.get(current_step()) or self._step_id(current_step())
        row = self._row(approval_span_id(approval_id), kind="approval", name=tool, parent=parent)
        self._writer.span_started(row["id"], row | {"agent": agent, "call_id": call_id, "status": "waiting"})
        self._writer.keep_together()

    def approval_decided(self, approval_id: str, tool: str, decision: dict[str, Any]) -> None:
        """A person decided, and the decision is carried out now."""
        span_id = approval_span_id(approval_id)
        status = "ok" if decision["verdict"] == "approved" else "rejected"
        self._writer.span_ended(
            span_id,
            {"name": tool, "ended_at": utc_now(), "status": status, "error": None, **NO_MODEL},
        )
        self._payload(span_id, "decision", decision)
        self._writer.keep_together()

    def approval_withdrawn(self, approval_id: str, tool: str) -> None:
        """Nobody needs to decide any more."""
        values = {"name": tool, "ended_at": utc_now(), "status": "cancelled", "error": None, **NO_MODEL}
        self._writer.span_ended(approval_span_id(approval_id), values)
        self._writer.keep_together()

    def part_begins(self, path: str, part: str) -> None:
        """A part of a step's work that is one run of the SDK's is told from here on."""
        self._parts.add((path, part))

    def part_skipped(self, path: str, part: str, workflow: str) -> None:
        """A part of a step's work is not told again, because what came of it is recorded."""
        if (path, part) not in self._parts:
            self._parts.add((path, part))
            self._siblings[_place(self._step_id(path), "task", workflow)] += 1

    def _open(self, span: Span[Any], *, call_id: str | None) -> None:
        kind, name = kind_and_name(span.span_data)
        parent = self._ids.get(span.parent_id or "")
        agent = self._agent_of(span, kind, name)
        step = step_path(span.span_data)
        known = self._known_step(step, name) if step else self._known(parent, kind, name)
        if known is not None:
            self._ids[span.span_id] = known
        else:
            self._ids[span.span_id] = span.span_id
            row = self._row(span.span_id, kind=kind, name=name, parent=parent)
            row |= {"agent": agent, "call_id": step or call_id or model_call(span.span_data)}
            row |= {"started_at": span_time(span.started_at) or utc_now()}
            self._writer.span_started(span.span_id, row)
            self._reopen_around(parent)
        self._parents[self._ids[span.span_id]] = parent
        self._names[self._ids[span.span_id]] = name
        if kind == "turn":
            self._turns[current_step()] = self._ids[span.span_id]
        if step and known is None:
            self._steps[step] = span.span_id, "open"

    def _reopen_around(self, span_id: str | None) -> None:
        """Something new happens inside these spans, so they are not over, though it was told that they are: the
        run had failed or was stopped there, and is tried again."""
        while span_id is not None:
            if span_id in self._done:
                self._done.discard(span_id)
                values = {"name": self._names[span_id], "ended_at": None, "status": "open", "error": None}
                self._writer.span_ended(span_id, values | NO_MODEL)
            span_id = self._parents.get(span_id)

    def _known(self, parent: str | None, kind: str, name: str) -> str | None:
        """Id of the stored span that this one tells again."""
        place = _place(parent, kind, name)
        self._siblings[place] += 1
        known = self._stored.get((place, self._siblings[place] - 1))
        if known is None:
            return None
        if known.status not in _NOT_OVER and not self._is_retried(known.kind, known.status):
            self._done.add(known.id)
        return known.id

    def _is_retried(self, kind: str, status: str) -> bool:
        return self._retries and status in ("error", "cancelled") and kind in ("task", "agent", "turn", "step")

    def _known_step(self, path: str, name: str) -> str | None:
        """Id of the span of a step that was begun before; one that waited goes on."""
        span_id, status = self._steps.get(path, (None, ""))
        if span_id is None:
            return None
        if status == "waiting":
            values = {"name": name, "ended_at": None, "status": "open", "error": None, **NO_MODEL}
            self._writer.span_ended(span_id, values)
        elif status not in _NOT_OVER and not self._is_retried("step", status):
            self._done.add(span_id)
        return span_id

    def _step_id(self, path: str) -> str | None:
        return self._steps[path][0] if path in self._steps else None

    def _row(self, span_id: str, *, kind: str, name: str, parent: str | None) -> dict[str, Any]:
        self._position += 1
        return {
            "id": span_id,
            "run_id": self._writer.run_id,
            "trace_id": self._trace_id,
            "parent_id": parent,
            "position": self._position,
            "segment": self._segment,
            "kind": kind,
            "name": name,
            "agent": None,
            "call_id": None,
            "started_at": utc_now(),
            "ended_at": None,
            "status": "open",
            "error": None,
            **NO_MODEL,
        }

    def _agent_of(self, span: Span[Any], kind: str, name: str) -> str | None:
        agent = self._agents.get(span.span_id)
        if agent is None:
            agent = name if kind == "agent" else self._agents.get(span.parent_id or "")
        self._agents[span.span_id] = agent
        return agent

    def _payloads(self, span_id: str, data: Any) -> None:
        for field, value in payload_fields(data).items():
            if value is not None:
                self._payload(span_id, field, value)

    def _payload(self, span_id: str, field: str, value: Any) -> None:
        if not self._store_payloads:
            return
        is_list = isinstance(value, list) and len(value) > 0
        blobs = [_blob(item) for item in (value if is_list else [value])]
        hashes, groups = folded([key for key, _ in blobs])
        fresh = {key: data for key, data in (dict(blobs) | groups).items() if key not in self._blobs}
        self._blobs.update(fresh)
        self._writer.payload({"span_id": span_id, "field": field, "hashes": hashes, "is_list": is_list}, fresh)


_NOT_OVER = ("open", "lost")
"""Of spans that are told again: what was lost when a run ended goes on when the run is tried again."""


def _by_place(spans: list[SpanRecord]) -> dict[tuple[str, int], SpanRecord]:
    siblings: Counter[str] = Counter()
    places: dict[tuple[str, int], SpanRecord] = {}
    for span in spans:
        if span.kind == "model" and span.status == "error":
            # Such a call is made anew.
            continue
        place = _place(span.parent_id, span.kind, span.name)
        places[place, siblings[place]] = span
        siblings[place] += 1
    return places


def _place(parent: str | None, kind: str, name: str) -> str:
    return f"{parent}|{kind}|{name.split(' → ', maxsplit=1)[0] if kind == 'handoff' else name}"


def _blob(value: Any) -> tuple[str, bytes]:
    data = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(data, digest_size=16).hexdigest(), data
