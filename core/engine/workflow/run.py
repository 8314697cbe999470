"""One segment of a run with a workflow, under one trace, up to where people have to decide or to the end."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agents import trace

from core.engine.conclude import Conclusion, answered, failed, paused
from core.engine.history import StoredSession
from core.engine.memory import recall
from core.engine.place import RunContext
from core.engine.plan import Plan
from core.engine.workflow.desk import Desk
from core.engine.workflow.kit import Kit
from core.engine.workflow.scope import Scope
from core.engine.workflow.signals import RunEnds, StepError, StepWaits
from core.engine.workflow.telling import Teller
from core.engine.workflow.walk import Walk
from core.engine.wrapping import SegmentWrapping
from core.organization.expressions import as_text
from core.organization.flow import flow_tree
from core.organization.steps import EndStep
from core.sdk.api_failures import Failure
from core.sdk.mcp_tools import McpFunctionTool

if TYPE_CHECKING:
    from core.engine.host import Engine


async def run_workflow(
    engine: "Engine",
    plan: Plan,
    context: RunContext,
    wrapping: SegmentWrapping,
    *,
    mcp_tools: Mapping[str, Sequence[McpFunctionTool]],
    session: StoredSession | None,
) -> Conclusion:
    """How the segment ends."""
    desk = Desk(plan, context, engine.database)
    teller = Teller(
        context.writer,
        plan.events,
        retries=plan.retries,
        goes_on=lambda: engine.stopping or context.control.paused_at is not None,
        is_decided=desk.is_decided,
    )
    kit = Kit(plan, context, wrapping, mcp_tools, teller, desk)
    engine.tell_of_decisions(plan.run.id, desk.look)
    try:
        with trace(plan.spec.name, trace_id=plan.trace_id, group_id=plan.run.session_id):
            if session is not None and kit.keeps_conversation:
                await recall(plan, context, wrapping, session)
            end = await _walked(kit, session)
    except StepWaits as waits:
        return paused(tuple(waits.approvals), kit.last_agent)
    except StepError as error:
        return failed(error.run_failure)
    finally:
        # Decisions that come from here on are for the next segment.
        engine.tell_of_decisions(plan.run.id, None)
    return _ended(kit, end.value, end.step, session)


async def _walked(kit: Kit, session: StoredSession | None) -> RunEnds:
    """The end of the run. Raises StepWaits when it cannot come to its end yet, or StepError."""
    plan = kit.plan
    conversation = tuple(session.recalled) if session is not None else ()
    while True:
        scope = Scope(plan.run.input, state=plan.spec.state, conversation=conversation)
        try:
            return RunEnds(await Walk(kit).block(flow_tree(plan.spec), plan.run.input, scope, inside=False))
        except RunEnds as end:
            return end
        except StepWaits as waits:
            if not kit.desk.is_decided(waits.approvals):
                raise


def _ended(kit: Kit, value: Any, step: EndStep | None, session: StoredSession | None) -> Conclusion:
    output = as_text(value)
    if session is not None:
        session.added += [
            {"role": "user", "content": kit.plan.run.input},
            {"role": "assistant", "content": output},
        ]
    if step is not None and step.outcome == "failed":
        hint = f"The workflow ended at '{step.name}', which means failure; the trace shows the way there."
        return failed(Failure("ended_as_failed", output, hint), output=output)
    return answered(output, kit.last_agent)
