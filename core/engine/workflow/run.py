"""One segment of a run with a workflow, under one trace, up to where people have to decide or to the end."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents import FunctionTool, trace

from core.engine.conclude import Conclusion, answered, failed, paused
from core.engine.history import StoredSession
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


async def run_workflow(
    plan: Plan,
    context: RunContext,
    wrapping: SegmentWrapping,
    *,
    mcp_tools: Mapping[str, Sequence[FunctionTool]],
    session: StoredSession | None,
    goes_on: Callable[[], bool],
) -> Conclusion:
    """How the segment ends. `goes_on` says whether another process will go on with a run that is cancelled now."""
    teller = Teller(context.writer, plan.events, goes_on=goes_on)
    kit = Kit(plan, context, wrapping, mcp_tools, teller, Desk(plan, context))
    scope = Scope(plan.run.input, state=plan.spec.state, conversation=tuple(plan.history))
    with trace(plan.spec.name, trace_id=plan.trace_id, group_id=plan.run.session_id):
        try:
            value = await Walk(kit).block(flow_tree(plan.spec), plan.run.input, scope, inside=False)
        except RunEnds as end:
            return _ended(kit, end.value, end.step, session)
        except StepWaits as waits:
            return paused(tuple(waits.approvals), kit.last_agent)
        except StepError as error:
            return failed(error.run_failure)
    return _ended(kit, value, None, session)


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
