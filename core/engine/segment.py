"""Works on one segment of a run: from the start or a decision to the next interruption or the end."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from agents import Model, RunConfig, Runner, trace
from agents.tracing import set_trace_processors

from core.engine.budget import over_budget, spent
from core.engine.conclude import (
    Conclusion,
    cancelled,
    completed,
    failed,
    interrupted,
    paused_by_person,
    uncertain,
)
from core.engine.control import Control
from core.engine.decisions import decided_state, tell_decision
from core.engine.events import RunResumed, RunStarted
from core.engine.history import StoredSession
from core.engine.journal import ANY, OFFERED, Journal
from core.engine.memory import items_of, needs_summary, recall
from core.engine.messages import Messages
from core.engine.place import RunContext
from core.engine.plan import Plan, plan_segment
from core.engine.recorder import Recorder, SpanRouter, current_recorder
from core.engine.tape import Tape
from core.engine.workflow.run import run_workflow
from core.engine.wrapping import SegmentWrapping
from core.engine.writer import RunWriter
from core.errors import ConflictError, DatabaseUnavailableError
from core.organization.spec import McpHttpToolSpec, McpStdioToolSpec, ModelSettingsSpec
from core.sdk.compile import compile_organization
from core.sdk.environment import nothing_is_called
from core.sdk.failures import explain
from core.sdk.mcp_servers import open_mcp_server
from core.sdk.mcp_tools import McpFunctionTool, mcp_function_tools, recorded_function_tools
from core.sdk.models import build_model, close_clients
from core.sdk.prices import PriceList, stored_prices
from core.sdk.provider_registry import ResolvedModel
from core.sdk.rehearsal import Pace
from core.settings import Settings
from core.store.run_work import ClaimedRun
from core.toolbox.context import current_samples

if TYPE_CHECKING:
    from core.engine.host import Engine

log = logging.getLogger(__name__)


def prepare_process() -> None:
    """Once per process: spans go to our recorders and nowhere else."""
    set_trace_processors([SpanRouter()])


async def end_process() -> None:
    """Once at the end, on the same event loop: let go of connections."""
    await close_clients()


async def work_on(engine: "Engine", claimed: ClaimedRun) -> None:
    """Work on a claimed run until its segment is over, whatever happens, and store how it ended."""
    try:
        plan = plan_segment(engine.database, claimed)
        prices = stored_prices(engine.database)
    except (ConflictError, DatabaseUnavailableError) as error:
        log.warning("%s", error.message)
        return
    task = asyncio.current_task()
    assert task is not None
    writer = RunWriter(
        engine.database,
        engine.bus,
        plan.run.id,
        plan.epoch,
        next_seq=plan.events[-1].seq + 1 if plan.events else 1,
        on_lost=lambda error: _give_up(task, plan.run.id, error),
    )
    control = Control(task)
    session = _session(plan)
    context = _context(
        plan, writer, control, session, prices, goes_on=lambda: engine.stopping or control.paused_at is not None
    )
    control.over_budget = lambda: over_budget(plan.spec.run, context)
    engine.hold(plan.run.id, control)
    current_recorder.set(context.recorder)
    current_samples.set(engine.samples)
    nothing_is_called.set(context.replays)
    engine.keep_journal(plan.run.id, context.journal)
    try:
        conclusion = await _conclusion(engine, plan, context, session)
        if conclusion is not None:
            conclusion.write(plan, context, session, owner=engine.owner)
            if conclusion.status == "waiting":
                # A decision may have come while the segment was at work on another one.
                engine.executor.tend()
                engine.wake()
    except (ConflictError, DatabaseUnavailableError) as error:
        # Another process has the run now, or will have it; nothing of ours may be written any more.
        log.warning("Run %s goes on elsewhere or later: %s", plan.run.id, error.message)
    finally:
        engine.hold(plan.run.id, None)
        engine.keep_journal(plan.run.id, None)
        writer.close()


async def _conclusion(
    engine: "Engine", plan: Plan, context: RunContext, session: StoredSession | None
) -> Conclusion | None:
    """How the segment ended; None when this process stops and the run is to go on elsewhere."""
    _tell_beginning(plan, context)
    if plan.unwanted:
        return cancelled()
    # Of a workflow only the step whose call is in doubt has to wait.
    if plan.doubtful and not plan.spec.has_workflow:
        return uncertain(plan)
    try:
        seconds = plan.spec.run.timeout_seconds - plan.run.worked_seconds
        async with asyncio.timeout(seconds) as limit:
            context.deadline = limit.when()
            return await _run(engine, plan, context, session)
    except asyncio.CancelledError:
        if engine.stopping:
            context.writer.flush()
            return None
        context.writer.refuse_if_lost()
        return _stopped(engine, plan, context.control)
    except ConflictError:
        raise
    except Exception as error:
        context.writer.refuse_if_lost()
        # Whatever ends a run becomes its status and a sentence; nothing that happened before is lost.
        failure = explain(error)
        if failure.code == "internal":
            log.exception("Run %s failed", plan.run.id)
        return failed(failure)


def _stopped(engine: "Engine", plan: Plan, control: Control) -> Conclusion:
    if control.failure is not None:
        return failed(control.failure)
    if control.paused_at is not None and not engine.is_to_stop(plan.run.id):
        return paused_by_person(control.paused_at)
    return cancelled()


async def _run(engine: "Engine", plan: Plan, context: RunContext, session: StoredSession | None) -> Conclusion:
    run_config = _run_config(plan)
    wrapping = SegmentWrapping(
        context,
        engine.registry,
        build=engine.build_model or model_builder(engine.settings),
        pace=pace_of(engine.settings),
        forced_model=plan.run.model,
        overrides=ModelSettingsSpec.model_validate(plan.run.overrides),
        run_config=run_config,
    )
    async with AsyncExitStack() as stack:
        mcp_tools = await _connect(plan, context, stack)
        if plan.spec.has_workflow:
            return await run_workflow(engine, plan, context, wrapping, mcp_tools=mcp_tools, session=session)
        if session is not None and plan.state is None:
            # The SDK begins its trace too late for a model call of our own.
            if needs_summary(plan):
                stack.enter_context(trace(plan.spec.name, trace_id=plan.trace_id, group_id=plan.run.session_id))
            await recall(plan, context, wrapping, session)
        entry = compile_organization(plan.spec, wrapping, mcp_tools=mcp_tools)
        result = await Runner.run(
            entry,
            plan.run.input if plan.state is None else await decided_state(entry, plan.state, plan.decisions),
            session=session,
            max_turns=plan.spec.run.max_turns,
            run_config=run_config,
            hooks=wrapping.run_hooks,
        )
    return interrupted(result) if result.interruptions else completed(result)


def _session(plan: Plan) -> StoredSession | None:
    if plan.cassette is not None and plan.history:
        return StoredSession(plan.run.id, items_of(plan.history), kept=False)
    return StoredSession(plan.run.session_id, items_of(plan.history)) if plan.run.session_id else None


async def _connect(plan: Plan, context: RunContext, stack: AsyncExitStack) -> dict[str, list[McpFunctionTool]]:
    """The tools of the MCP servers that an agent uses, by node name. A replay connects to none."""
    used = {link.target for link in plan.spec.links if link.kind == "uses"}
    tools: dict[str, list[McpFunctionTool]] = {}
    for spec in plan.spec.tools:
        if isinstance(spec, McpStdioToolSpec | McpHttpToolSpec) and spec.name in used:
            key = f"{OFFERED}{spec.name}"
            offered = context.tape.tools(key) if context.tape is not None else None
            if offered is not None:
                tools[spec.name] = recorded_function_tools(offered, spec)
                continue
            server = await stack.enter_async_context(open_mcp_server(spec))
            tools[spec.name] = await mcp_function_tools(server, spec)
            if not context.journal.holds(key):
                offered = [tool.definition for tool in tools[spec.name]]
                context.journal.record(key, ANY, {"tools": offered}, at_once=False)
    return tools


def _context(
    plan: Plan,
    writer: RunWriter,
    control: Control,
    session: StoredSession | None,
    prices: PriceList,
    *,
    goes_on: Callable[[], bool],
) -> RunContext:
    """What the wrappers share. What the run has used is added up from the journal, as answers that are there
    already are not asked for again."""
    recorder = Recorder(
        writer,
        trace_id=plan.trace_id,
        segment=plan.run.segment,
        next_position=max((span.order for span in plan.spans), default=0) + 1,
        store_payloads=plan.spec.run.store_payloads,
        stored=plan.spans,
        by_steps=plan.spec.has_workflow,
        retries=plan.retries,
        goes_on=goes_on,
    )
    journal = Journal(writer, plan.journal)
    used = journal.used()
    calls = [event.data for event in plan.events if event.kind == "model_call_completed"]
    return RunContext(
        run_id=plan.run.id,
        segment=plan.run.segment,
        writer=writer,
        journal=journal,
        recorder=recorder,
        control=control,
        messages=Messages(journal, session),
        prices=prices,
        tape=Tape(plan.cassette) if plan.cassette is not None else None,
        cost=spent(prices, plan.events),
        seen_call_ids=journal.call_ids(),
        requests=sum(requests for requests, _, _ in used.values()),
        input_tokens=sum(tokens for _, tokens, _ in used.values()),
        output_tokens=sum(tokens for _, _, tokens in used.values()),
        simulated=plan.run.simulated or any(call["simulated"] for call in calls),
    )


def _tell_beginning(plan: Plan, context: RunContext) -> None:
    writer = context.writer
    if plan.reason == "start":
        writer.emit(RunStarted(plan.run.input, plan.spec.name, plan.run.revision_number, plan.spec.entry))
    for approval in plan.fresh_decisions:
        tell_decision(context, approval)
    if plan.reason not in ("start", "fork"):
        writer.emit(RunResumed(plan.reason, plan.run.segment))
    if plan.reason != "start":
        writer.expect_repeats(plan.told_already())


def _run_config(plan: Plan) -> RunConfig:
    return RunConfig(
        workflow_name=plan.spec.name,
        trace_id=plan.trace_id,
        group_id=plan.run.session_id,
        trace_include_sensitive_data=True,
        tool_not_found_behavior="return_error_to_model",
        tool_name_collision_policy="error",
    )


def model_builder(settings: Settings) -> Callable[[ResolvedModel], Model]:
    """Makes the models that the settings ask for."""
    return partial(build_model, pace=pace_of(settings))


def pace_of(settings: Settings) -> Pace:
    """How fast simulated and replayed models speak."""
    return Pace.instant() if settings.rehearsal_pace == "instant" else Pace.believable()


def _give_up(task: "asyncio.Task[Any]", run_id: str, error: Exception) -> None:
    log.error("Run %s cannot be stored any more: %s", run_id, error)
    task.cancel()
