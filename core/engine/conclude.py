"""How a segment ends: last event, the run's columns, approvals and history, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from agents import RunResult

from core.engine.events import (
    ApprovalRequested,
    Event,
    RunCancelled,
    RunCompleted,
    RunFailed,
    RunPaused,
    RunWaiting,
)
from core.engine.history import StoredSession
from core.engine.place import RunContext, current_step
from core.engine.plan import Plan
from core.ids import new_id, utc_now
from core.sdk.api_failures import Failure
from core.store import approvals, run_control, run_writes, sessions, spans

Values = dict[str, Any]
_AGAIN = " · question "
"""Between the id of a call and the number of the question about it, from the second on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits for a person."""

    kind: str
    call_id: str
    agent: str
    tool: str
    arguments: dict[str, Any]
    journal_key: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end of a segment, ready to be written."""

    status: str
    event: Callable[[RunContext], Event]
    columns: Values = field(default_factory=dict)
    state: str | None = None
    waiting: tuple[Waiting, ...] = ()
    asked: tuple[str, ...] = ()
    """Approvals that wait and are stored already."""

    def write(self, plan: Plan, context: RunContext, session: StoredSession | None, *, owner: str | None) -> None:
        """Store it all. A run that waits is queued again (for `owner`) if somebody has decided meanwhile. Raises
        ConflictError when another process has taken the run over."""
        known = {(approval.kind, approval.call_id): approval.id for approval in plan.approvals}
        before = [known[place] for each in self.waiting if (place := (each.kind, each.call_id)) in known]
        rows = [approval_row(plan, each) for each in self.waiting if (each.kind, each.call_id) not in known]
        for row in rows:
            tell_request(plan, context, row)
        asked = [*self.asked, *before, *(row["id"] for row in rows)]
        event = self.event(context) if self.status != "waiting" else RunWaiting(asked)
        # A run that pauses goes on in the same segment: what it has said so far will be said again.
        session = session if self.status != "paused" and session is not None and session.kept else None
        # A workflow asks while it works, so there may be approvals that nobody knew of when it was planned.
        more = self.status == "waiting" or plan.reason != "start" or session or plan.spec.has_workflow
        context.writer.finish(
            event,
            self._columns(plan, context),
            also=(lambda connection: self._also(connection, plan, rows, session, owner)) if more else None,
        )

    def _columns(self, plan: Plan, context: RunContext) -> Values:
        kept = {name: getattr(plan.run, name) for name in run_writes.SEGMENT_END}
        ended_at = None if self.status in ("waiting", "paused") else utc_now()
        used = {
            name: getattr(context, name)
            for name in ("requests", "input_tokens", "output_tokens", "cost", "simulated")
        }
        if context.replays:
            # Its budgets count what was recorded; nobody was asked, and nothing is to be paid.
            used |= {"requests": 0, "input_tokens": 0, "output_tokens": 0, "cost": 0.0}
        worked = {"worked_seconds": plan.run.worked_seconds + context.seconds_at_work()}
        return {**kept, **used, **worked, "status": self.status, "ended_at": ended_at, **self.columns}

    def _also(
        self, connection: Any, plan: Plan, rows: list[Values], session: StoredSession | None, owner: str | None
    ) -> None:
        if self.state is not None:
            run_writes.add_state(connection, plan.run.id, plan.run.segment, self.state)
        approvals.add_approvals(connection, rows)
        if self.status == "waiting":
            if plan.cassette is not None:
                approvals.decide_as_recorded(connection, plan.run.id, plan.cassette.decisions)
            run_control.requeue_decided(connection, owner=owner, run_id=plan.run.id)
        elif self.status != "paused":
            approvals.expire(connection, plan.run.id)
            spans.close_rest(connection, plan.run.id)
        if session is not None:
            sessions.append_items(connection, session.session_id, plan.run.id, plan.run.segment, session.added)
            if session.summary is not None:
                sessions.save_summary(connection, session.session_id, session.summary)


def completed(result: RunResult) -> Conclusion:
    """The organization has answered."""
    return answered(_text(result.final_output), result.last_agent.name)


def answered(output: str, agent: str) -> Conclusion:
    """The run has this final output; `agent` was the last to work, "" when none did."""
    return Conclusion(
        "completed",
        lambda context: RunCompleted(
            output=output,
            last_agent=agent,
            requests=context.requests,
            input_tokens=context.input_tokens,
            output_tokens=context.output_tokens,
            simulated=context.simulated,
        ),
        {"output": output, "last_agent": agent or None},
    )


def interrupted(result: RunResult) -> Conclusion:
    """Calls wait for a person."""
    return Conclusion(
        "waiting",
        lambda context: RunWaiting(),
        {"last_agent": result.last_agent.name},
        state=result.to_state().to_string(),
        waiting=calls_waiting(result),
    )


def calls_waiting(result: RunResult) -> tuple[Waiting, ...]:
    """The calls at which the agents were interrupted."""
    return tuple(
        Waiting(
            kind="tool",
            call_id=item.call_id or "",
            agent=item.agent.name,
            tool=item.name or "",
            arguments=_arguments(item.arguments),
        )
        for item in result.interruptions
    )


def uncertain(plan: Plan) -> Conclusion:
    """A crash left open whether calls ran: a person decides before anything else happens."""
    waiting = tuple(doubt(plan, key) for key in plan.doubtful)
    return Conclusion("waiting", lambda context: RunWaiting(), waiting=waiting)


def doubt(plan: Plan, key: str) -> Waiting:
    """The question whether the call behind a journal key ran. It comes up again when the process dies while the
    call is repeated because a person said so."""
    call_id = key.rsplit("/tool:", 1)[1]
    told = (event.data for event in plan.events if event.kind == "tool_called")
    call = next((data for data in told if data["call_id"] == call_id), {})
    decided = sum(
        each.kind == "in_doubt" and each.decided_at is not None and call_of(each.call_id) == call_id
        for each in plan.approvals
    )
    return Waiting(
        kind="in_doubt",
        call_id=f"{call_id}{_AGAIN}{decided + 1}" if decided else call_id,
        agent=call.get("agent", ""),
        tool=call.get("tool", call_id),
        arguments=call.get("arguments", {}),
        journal_key=key,
    )


def call_of(asked: str) -> str:
    """The call that a question is about; of several about the same call each has an id of its own."""
    return asked.partition(_AGAIN)[0]


def paused(asked: tuple[str, ...], last_agent: str) -> Conclusion:
    """Steps of a workflow wait for a person; what they need to go on is in the journal."""
    # The row of the state tells that the segment is over; every step keeps its own.
    return Conclusion(
        "waiting", lambda context: RunWaiting(), {"last_agent": last_agent or None}, state="{}", asked=asked
    )


def failed(failure: Failure, *, output: str | None = None) -> Conclusion:
    """Something ended the run; `failure` says what and what to do. A workflow may have come to an output."""
    return Conclusion(
        "failed",
        lambda context: RunFailed(failure.code, failure.message, failure.hint),
        {
            "error_code": failure.code,
            "error_message": failure.message,
            "error_hint": failure.hint,
            "output": output,
        },
    )


def paused_by_person(calls: tuple[str, ...]) -> Conclusion:
    """A person paused the run before these model calls; it goes on from the journal."""
    return Conclusion("paused", lambda context: RunPaused(list(calls)))


def cancelled() -> Conclusion:
    """A person stopped the run."""
    return Conclusion("cancelled", lambda context: RunCancelled())


def approval_row(plan: Plan, waiting: Waiting) -> Values:
    """The question as it is stored."""
    return {
        "id": new_id("apr"),
        "run_id": plan.run.id,
        "kind": waiting.kind,
        "call_id": waiting.call_id,
        "journal_key": waiting.journal_key,
        "agent": waiting.agent,
        "tool": waiting.tool,
        "arguments": waiting.arguments,
    }


def tell_request(plan: Plan, context: RunContext, row: Values) -> None:
    """Tell of a question that nobody has seen yet."""
    call_id = call_of(row["call_id"])
    context.recorder.approval_requested(row["id"], tool=row["tool"], agent=row["agent"], call_id=call_id)
    context.writer.emit(
        ApprovalRequested(
            approval_id=row["id"],
            approval_kind=row["kind"],
            call_id=call_id,
            agent=row["agent"],
            tool=row["tool"],
            node=_node(plan, context, row["agent"], row["tool"]),
            arguments=row["arguments"],
            step_path=current_step(),
        )
    )


def _node(plan: Plan, context: RunContext, agent: str, tool: str) -> str:
    """The canvas node that a question is about."""
    if plan.spec.step(tool) is not None:
        return tool
    # A call in doubt is asked about before anything is compiled: what was told of it knows.
    told = (event.data for event in plan.events if event.kind == "tool_called")
    earlier = {(data["agent"], data["tool"]): str(data["node"]) for data in told}
    return (earlier | context.tool_nodes).get((agent, tool), "")


def _text(output: Any) -> str:
    return output if isinstance(output, str) else orjson.dumps(output, default=str).decode()


def _arguments(text: str | None) -> dict[str, Any]:
    try:
        value = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {"": text}
    return value if isinstance(value, dict) else {"": value}
