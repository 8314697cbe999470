"""An agent as a step: told its task, run by the Runner, interrupted and resumed where it waits for a person."""

from dataclasses import asdict
from typing import Any

from agents import Runner, RunResult
from agents.items import ToolApprovalItem
from pydantic import BaseModel

from core.engine.conclude import Waiting, calls_waiting
from core.engine.decisions import decided_state
from core.engine.journal import Recording
from core.engine.place import current_path, on_leg
from core.engine.workflow.kit import Kit
from core.engine.workflow.outcome import Outcome
from core.engine.workflow.scope import Scope
from core.organization.spec import AgentSpec
from core.records import ApprovalRecord
from core.sdk.compile import compile_organization


async def work_of(kit: Kit, agent: AgentSpec, task: str, scope: Scope) -> Outcome:
    """The agent's final output, or that of the one that it handed off to. Raises StepWaits while a person has to
    decide, and whatever ends a run."""
    if doubts := kit.desk.doubts():
        raise kit.desk.wait_for(doubts)
    paused, leg = _last_pause(kit)
    decided = _decided(kit, paused) if paused is not None else []
    said: dict[str, Any] = {"role": "user", "content": task}
    given: Any = [*scope.conversation, said] if agent.sees_conversation and scope.conversation else task
    entry = compile_organization(kit.spec, kit.wrapping, mcp_tools=kit.mcp_tools, entry=agent.name)
    if paused is not None:
        given = await decided_state(entry, paused["state"], decided)
    kit.context.recorder.part_begins(current_path(), f"leg {leg}")
    with on_leg(leg):
        result = await Runner.run(
            entry,
            given,
            max_turns=kit.spec.run.max_turns,
            run_config=kit.wrapping.run_config,
            hooks=kit.wrapping.run_hooks,
        )
    kit.last_agent = result.last_agent.name
    if result.interruptions:
        raise _pause(kit, leg, result)
    items = (said, *_new_items(result)) if kit.keeps_conversation else ()
    return Outcome(_json(result.final_output), agent=result.last_agent.name, items=items)


def _last_pause(kit: Kit) -> tuple[Recording | None, int]:
    """Where the agent's work was interrupted last, and the number of the part of its work that comes next."""
    paused, leg = None, 0
    while (found := kit.recalled(_pause_key(leg))) is not None:
        paused = found
        kit.context.recorder.part_skipped(current_path(), f"leg {leg}", kit.spec.name)
        leg += 1
    return paused, leg


def _pause(kit: Kit, leg: int, result: RunResult) -> Exception:
    waiting = calls_waiting(result)
    state = result.to_state().to_string()
    kit.record(_pause_key(leg), {"state": state, "calls": [asdict(call) for call in waiting]})
    return kit.desk.wait_for(waiting)


def _decided(kit: Kit, paused: Recording) -> list[ApprovalRecord]:
    """What was decided about the interrupted calls. Raises StepWaits when nothing was."""
    waiting = [Waiting(**call) for call in paused["calls"]]
    decided = [kit.desk.decision(call.kind, call.call_id) for call in waiting]
    if not any(decided):
        raise kit.desk.wait_for(waiting)
    return [approval for approval in decided if approval is not None]


def _pause_key(leg: int) -> str:
    return f"{current_path()}/paused:{leg}"


def _new_items(result: RunResult) -> list[dict[str, Any]]:
    """What the agents said and did, as they would be told it."""
    shown = [item for item in result.new_items if not isinstance(item, ToolApprovalItem)]
    return [dict(item.to_input_item()) for item in shown]


def _json(output: Any) -> Any:
    if isinstance(output, BaseModel):
        return output.model_dump(mode="json")
    return output if isinstance(output, str | int | float | bool | list | dict | None) else str(output)
