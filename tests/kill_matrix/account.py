"""What there is to count after a run: its end, facts, texts, trace, history and effects."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.bootstrap import Core
from core.ids import approval_span_id
from core.records import BatchLine, EventRecord, SpanRecord
from core.store import run_writes, sessions
from tests.kill_matrix.death import Ledger
from tests.kill_matrix.work import lines_of, runs_of


@dataclass(slots=True)
class Account:
    """As JSON data, so that it can be handed from process to process."""

    status: str
    output: str | None
    usage: list[int]
    facts: list[str]
    tree: list[str]
    history: list[str]
    effects: list[str]
    doubts: list[list[str]]
    """Call and verdict of each call in doubt that a person was asked about."""
    faults: list[str] = field(default_factory=list)
    """What is wrong whatever had been expected."""


def account(core: Core, work: str, ledger: Ledger) -> Account:
    """Of a run that is over, or of a batch."""
    lines = lines_of(core, work)
    told = [_of_run(core, run_id) for run_id in runs_of(core, work)]
    found = told[0] if not lines else _of_batch(lines, told)
    found.effects = ledger.effects()
    return found


def _of_batch(lines: list[BatchLine], told: list[Account]) -> Account:
    """Everything that its rows have come to, in one."""
    rows = [f"row {line.position} is {line.status} after {line.attempts} attempts" for line in lines]
    return Account(
        status=" ".join(sorted({each.status for each in told})),
        output="\n".join(str(each.output) for each in told),
        usage=[sum(numbers) for numbers in zip(*(each.usage for each in told), strict=True)],
        facts=[*rows, *(f"{fact} in row {number}" for number, each in enumerate(told, 1) for fact in each.facts)],
        tree=[line for each in told for line in each.tree],
        history=[],
        effects=[],
        doubts=[doubt for each in told for doubt in each.doubts],
        faults=[f"{fault} in row {number}" for number, each in enumerate(told, 1) for fault in each.faults],
    )


def _of_run(core: Core, run_id: str) -> Account:
    run, events = core.runs.get(run_id), core.runs.events(run_id)
    asked = core.approvals.of_run(run_id)
    doubts = {each.id: each for each in asked if each.kind == "in_doubt"}
    spans, _ = core.traces.spans(run_id)
    told = [span for span in spans if span.id not in {approval_span_id(each) for each in doubts}]
    return Account(
        status=run.status,
        output=run.output,
        usage=[run.requests, run.input_tokens, run.output_tokens],
        facts=sorted(fact for event in events if (fact := _fact(event, set(doubts)))),
        tree=_tree(core, told),
        history=_history(core, run.session_id),
        effects=[],
        doubts=[[each.call_id, each.status] for each in doubts.values()],
        faults=[
            *_number_faults(events),
            *_text_faults(events),
            *_step_faults(events),
            *(f"span {span.kind} {span.name} is {span.status}" for span in spans if span.status in _OPEN),
            *(f"approval of {each.tool} is pending" for each in asked if each.status == "pending"),
            *(f"{key} has no result" for key in _open_intents(core, run_id) if run.status == "completed"),
        ],
    )


_OPEN = ("open", "waiting")


def recorded_calls(core: Core, work: str) -> int:
    """How many model calls are in the journal."""
    with core.database.read() as db:
        rows = [row for run_id in runs_of(core, work) for row in run_writes.journal(db, run_id)]
    return sum("/model:" in key and data is not None for key, _, data in rows)


def doubtful_calls(core: Core, work: str) -> set[str]:
    """Calls of tools of which nobody knows whether they happened, and those that were asked about already."""
    calls = set()
    for run_id in runs_of(core, work):
        calls |= {key.rpartition("/tool:")[2] for key in _open_intents(core, run_id)}
        calls |= {each.call_id for each in core.approvals.of_run(run_id) if each.kind == "in_doubt"}
    return calls


def _fact(event: EventRecord, doubts: set[str]) -> str:
    """One line for what has to be told exactly as often as in an undisturbed run; "" for other things."""
    data = event.data
    match event.kind:
        case "run_resumed" | "run_waiting" | "run_paused" | "model_call_started" | "text_delta":
            return ""
        case "step_started" | "step_waiting":
            return ""
        case "model_call_completed":
            return f"model {data['call']} of {data['agent']} said {data['text']!r}"
        case "tool_completed" | "tool_failed":
            return f"{event.kind} {data['call_id']} at {data['path']}"
        case "approval_requested" | "approval_decided" | "approval_withdrawn":
            if data["approval_id"] in doubts:
                return ""
            return f"{event.kind} {data['call_id']} {data.get('verdict', '')}"
        case _:
            plain = {name: value for name, value in data.items() if name not in ("seconds", "value", "revision")}
            return f"{event.kind} {orjson.dumps(plain).decode()}"


def _number_faults(events: list[EventRecord]) -> list[str]:
    if [event.seq for event in events] == list(range(1, len(events) + 1)):
        return []
    return [f"events are numbered {[event.seq for event in events]}"]


def _text_faults(events: list[EventRecord]) -> list[str]:
    """Streamed text joins to what was answered; a call that starts again voids what came before."""
    texts: dict[str, str] = {}
    faults = []
    for event in events:
        data = event.data
        if event.kind == "model_call_started":
            texts[data["call"]] = ""
        elif event.kind == "text_delta":
            before = texts.get(data["call"], "")
            if data["offset"] != len(before):
                faults.append(f"text of {data['call']} goes on at {data['offset']} after {len(before)}")
            texts[data["call"]] = before[: data["offset"]] + data["text"]
        elif event.kind == "model_call_completed" and data["text"] and texts.get(data["call"]) != data["text"]:
            faults.append(f"text of {data['call']} is {texts.get(data['call'])!r} instead of {data['text']!r}")
    return faults


def _step_faults(events: list[EventRecord]) -> list[str]:
    """A step ends once, and starts again only after it has waited; it waits for the same only once."""
    last: dict[str, str] = {}
    waited: Counter[str] = Counter()
    faults = []
    for event in events:
        if not event.kind.startswith("step_"):
            continue
        path = event.data["path"]
        if event.kind == "step_started" and last.get(path) not in (None, "step_waiting"):
            faults.append(f"step {path} starts after {last[path]}")
        if event.kind == "step_waiting":
            waits = f"{path} for {sorted(event.data['approvals'])}"
            waited[waits] += 1
            if waited[waits] > 1:
                faults.append(f"step {waits} waits {waited[waits]} times")
        last[path] = event.kind
    return faults


def _open_intents(core: Core, run_id: str) -> list[str]:
    with core.database.read() as db:
        return [key for key, _, data in run_writes.journal(db, run_id) if data is None]


def _history(core: Core, session_id: str | None) -> list[str]:
    if session_id is None:
        return []
    with core.database.read() as db:
        return [orjson.dumps(item).decode() for turn in sessions.turns(db, session_id) for item in turn.items]


def _tree(core: Core, spans: list[SpanRecord]) -> list[str]:
    """The trace as indented lines, with what spans carried; siblings are sorted, for they may run at once."""
    known = {span.id for span in spans}
    children: dict[str | None, list[SpanRecord]] = {}
    for span in spans:
        parent = span.parent_id if span.parent_id in known else None
        children.setdefault(parent, []).append(span)

    def lines(parent: str | None, indent: str) -> list[list[str]]:
        found = [
            [f"{indent}{_line(core, span)}", *(line for part in lines(span.id, f"{indent}  ") for line in part)]
            for span in children.get(parent, [])
        ]
        return sorted(found)

    return [line for part in lines(None, "") for line in part]


def _line(core: Core, span: SpanRecord) -> str:
    tokens = f" {span.input_tokens}+{span.output_tokens}" if span.kind == "model" else ""
    about = f" [{span.call_id}]" if span.kind in ("tool", "approval") else ""
    # How long a call had to wait for its turn differs from run to run.
    told = {name: value for name, value in core.traces.payload(span.id).items() if name != "attempts"}
    carried = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.blake2b(carried, digest_size=4).hexdigest() if span.kind in ("model", "tool") else ""
    return f"{span.kind} {span.name}{about} {span.status}{tokens} {digest}".rstrip()


def facts_of(values: dict[str, Any]) -> Account:
    """An account that came as JSON data."""
    return Account(**values)
