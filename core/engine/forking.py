"""Forks: a run as it stood before one of its model calls, which goes on from there in another way.

A fork begins with a copy of everything that was recorded until then. What models answered and tools did is
answered by the journal whatever is asked, so that changed instructions hold from that call on, and nothing happens
twice.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.engine.journal import ANY
from core.engine.standing import message
from core.errors import InvalidInputError, NotFoundError
from core.ids import approval_span_id, new_id, utc_now
from core.organization.expressions import as_text
from core.records import AnsweredCall, ForkChanges
from core.store.run_copies import JournalCopy, RunRows, Values


@dataclass(frozen=True, slots=True)
class _Point:
    """The place before a model call."""

    call: str
    seq: int
    """Number of the event that tells of the call."""
    models: frozenset[str]
    """Journal keys of the model calls that had been answered."""
    tools: Mapping[str, str]
    """Journal keys of the tool calls that had been answered, by the id of the call."""
    segment: int


def answered_before(rows: RunRows, call: str) -> list[AnsweredCall]:
    """The tool calls that had been answered before a model call, in the order of their answers. Raises
    NotFoundError when the run never made the model call."""
    point = _point(rows, call)
    recorded = {row.key: row.data or {} for row in rows.journal}
    ended = [*_told(rows, point, "tool_completed"), *_told(rows, point, "tool_failed")]
    calls = [event["data"] for event in sorted(ended, key=lambda event: event["seq"])]
    return [_answered(data, recorded.get(point.tools[data["call_id"]], {})) for data in calls]


def _answered(told: Values, recorded: Values) -> AnsweredCall:
    # An agent that was called like a tool has no record of its own, and the event only a preview of its output.
    output = recorded.get("output", recorded.get("failed", told.get("output", told.get("error"))))
    return AnsweredCall(told["call_id"], told["agent"], told["tool"], as_text(output))


def fork_rows(rows: RunRows, call: str, changes: ForkChanges, *, run: Values) -> RunRows:
    """The rows of a new run that stands before `call`; `run` are the columns in which it differs from the other
    one. Raises NotFoundError, or InvalidInputError for changes of what is not there."""
    point = _point(rows, call)
    if unknown := set(changes.tool_outputs) - set(point.tools):
        raise InvalidInputError(f"No call '{min(unknown)}' was answered before this point.")
    asked = {event["data"]["approval_id"] for event in _told(rows, point, "approval_requested")}
    ids = {approval["id"]: new_id("apr") for approval in rows.approvals if approval["id"] in asked}
    run_id = run["id"]
    return RunRows(
        run={**rows.run, **run, "segment": point.segment},
        events=_events(rows, point, changes, ids, run_id),
        journal=_journal(rows, point, changes),
        states=[(segment, state) for segment, state in rows.states if segment < point.segment],
        **_approvals(rows, point, ids, run_id),
        **_spans(rows, point, changes, ids, run),
    )


def _point(rows: RunRows, call: str) -> _Point:
    begins = (event for event in rows.events if event["kind"] == "model_call_started")
    first = next((event["seq"] for event in begins if event["data"]["call"] == call), None)
    if first is None:
        raise NotFoundError("model call", call)
    told = [event for event in rows.events if event["seq"] < first]
    ended = (event["data"] for event in told if event["kind"] in ("tool_completed", "tool_failed"))
    resumed = [event["data"]["segment"] for event in told if event["kind"] == "run_resumed"]
    return _Point(
        call=call,
        seq=first,
        models=frozenset(event["data"]["call"] for event in told if event["kind"] == "model_call_completed"),
        tools={data["call_id"]: f"{data['path']}/tool:{data['call_id']}" for data in ended},
        segment=resumed[-1] if resumed else 0,
    )


def _told(rows: RunRows, point: _Point, kind: str) -> list[Values]:
    return [event for event in rows.events if event["seq"] < point.seq and event["kind"] == kind]


# -- events -----------------------------------------------------------------------------------------


def _events(
    rows: RunRows, point: _Point, changes: ForkChanges, ids: Mapping[str, str], run_id: str
) -> list[Values]:
    before = [event for event in rows.events if event["seq"] < point.seq]
    events = [{**event, "run_id": run_id, "data": _retold(event, changes, ids)} for event in before]
    forked = {"parent": rows.run["id"], "call": point.call, "changed": changes.words()}
    events.append(_event(run_id, len(events) + 1, "run_forked", forked))
    if changes.message:
        said = {"text": changes.message, "calls": [point.call], "by": ""}
        events.append(_event(run_id, len(events) + 1, "run_steered", said))
    return events


def _retold(event: Values, changes: ForkChanges, ids: Mapping[str, str]) -> Values:
    data: Values = dict(event["data"])
    if event["kind"] == "run_started" and changes.input is not None:
        data["input"] = changes.input
    if event["kind"] == "tool_completed" and data["call_id"] in changes.tool_outputs:
        data["output"] = changes.tool_outputs[data["call_id"]]
    if "approval_id" in data:
        data["approval_id"] = ids.get(data["approval_id"], data["approval_id"])
    if "approvals" in data:
        data["approvals"] = [ids.get(each, each) for each in data["approvals"]]
    return data


def _event(run_id: str, seq: int, kind: str, data: Values) -> Values:
    return {"run_id": run_id, "seq": seq, "kind": kind, "at": utc_now(), "data": data}


# -- the journal ------------------------------------------------------------------------------------


def _journal(rows: RunRows, point: _Point, changes: ForkChanges) -> list[JournalCopy]:
    answered = point.models | set(point.tools.values())
    asked_later = [row.position for row in rows.journal if _is_call(row) and row.key not in answered]
    end = min(asked_later, default=len(rows.journal) + 1)
    kept = [
        replace(row, fingerprint=ANY)
        for row in rows.journal
        if row.data is not None and (row.key in answered if _is_call(row) else row.position < end)
    ]
    edited = {point.tools[call_id]: output for call_id, output in changes.tool_outputs.items()}
    others = [row for row in kept if row.key not in edited]
    last = max((row.position for row in kept), default=0)
    added = [JournalCopy(key, last + 1, ANY, {"output": output}) for key, output in edited.items()]
    if changes.message:
        said = message(changes.message, [point.call])
        added.append(JournalCopy(f"message:{last + 2}", last + 2, ANY, said))
    return others + added


def _is_call(row: JournalCopy) -> bool:
    last = row.key.rpartition("/")[2]
    return last.startswith(("model:", "tool:"))


# -- approvals and spans ----------------------------------------------------------------------------


def _approvals(rows: RunRows, point: _Point, ids: Mapping[str, str], run_id: str) -> dict[str, list[Values]]:
    decided = {event["data"]["approval_id"] for event in _told(rows, point, "approval_decided")}
    settled = decided | {event["data"]["approval_id"] for event in _told(rows, point, "approval_withdrawn")}
    approvals = [
        {
            **approval,
            "id": ids[approval["id"]],
            "run_id": run_id,
            "status": approval["status"] if approval["id"] in settled else "pending",
        }
        for approval in rows.approvals
        if approval["id"] in ids
    ]
    decisions = [
        {**decision, "approval_id": ids[decision["approval_id"]]}
        for decision in rows.decisions
        if decision["approval_id"] in decided
    ]
    return {"approvals": approvals, "decisions": decisions}


def _spans(
    rows: RunRows, point: _Point, changes: ForkChanges, ids: Mapping[str, str], run: Values
) -> dict[str, list[Values]]:
    here = next((span for span in rows.spans if span["kind"] == "model" and span["call_id"] == point.call), None)
    if here is None:
        return {"spans": [], "payloads": []}
    kept = [span for span in rows.spans if span["position"] < here["position"] and _is_kept(span, here, changes)]
    names = {span["id"]: f"span_{secrets.token_hex(12)}" for span in kept}
    names |= {approval_span_id(old): approval_span_id(new) for old, new in ids.items()}
    over = {span["id"] for span in kept if _is_over(span, here)}
    spans = [
        {
            **span,
            "id": names[span["id"]],
            "parent_id": names.get(span["parent_id"]),
            "run_id": run["id"],
            "trace_id": run["trace_id"],
            **({} if span["id"] in over else _still_open(span)),
        }
        for span in kept
    ]
    payloads = [{**each, "span_id": names[each["span_id"]]} for each in rows.payloads if each["span_id"] in over]
    return {"spans": spans, "payloads": payloads}


def _is_kept(span: Values, here: Values, changes: ForkChanges) -> bool:
    """What was at work elsewhere is begun again, and what is edited is told again."""
    if span["kind"] == "tool" and span["call_id"] in changes.tool_outputs:
        return False
    return _is_over(span, here) or span["kind"] not in ("model", "guardrail")


def _is_over(span: Values, here: Values) -> bool:
    return span["ended_at"] is not None and span["ended_at"] <= here["started_at"]


def _still_open(span: Values) -> Values:
    status = "waiting" if span["kind"] == "approval" else "open"
    return {"ended_at": None, "status": status, "error": None}
