"""Spans for tests of what is computed from them, without a database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.records import RunRecord, SpanRecord
from tests.support.sample_trace import START, SampleRun


def span(
    number: int, kind: str, name: str, parent: int | None, begin: float, end: float | None, **columns: Any
) -> SpanRecord:
    """Span `number` (also its order) under span `parent`; times are seconds after START."""
    record = SpanRecord(
        id=str(number),
        run_id="run",
        trace_id="trace",
        parent_id=None if parent is None else str(parent),
        order=number,
        segment=0,
        kind=kind,
        name=name,
        agent=None,
        call_id=None,
        started_at=START + timedelta(seconds=begin),
        ended_at=None if end is None else START + timedelta(seconds=end),
        status="open" if end is None else "ok",
        error=None,
        model=None,
        simulated=False,
        input_tokens=None,
        output_tokens=None,
    )
    return replace(record, **columns)


def spans_of(run: SampleRun) -> list[SpanRecord]:
    """The spans that a sample run gathered."""
    return list(_records(run))


def run_record(**columns: Any) -> RunRecord:
    """A completed run that took four seconds."""
    record = RunRecord(
        id="run_1",
        organization_id="org_1",
        organization_name="Support",
        revision_id="rev_1",
        revision_number=3,
        session_id=None,
        comparison_id=None,
        variant="",
        status="completed",
        input="Hi",
        output="Hello",
        last_agent="triage",
        model=None,
        simulated=False,
        error_code=None,
        error_message=None,
        error_hint=None,
        segment=0,
        requests=2,
        input_tokens=100,
        output_tokens=20,
        cost=None,
        worked_seconds=4.0,
        parent_id=None,
        created_at=START,
        started_at=START,
        ended_at=START + timedelta(seconds=4),
    )
    return replace(record, **columns)


def _records(run: SampleRun) -> Iterator[SpanRecord]:
    for values in run.batch.spans.values():
        rest = {name: value for name, value in values.items() if name != "position"}
        yield SpanRecord(order=values["position"], **rest)
