"""How one segment puts itself around the SDK objects that the compiler makes."""

import copy
from collections.abc import Callable
from typing import Any

from agents import (
    Agent,
    FunctionTool,
    GuardrailFunctionOutput,
    InputGuardrail,
    Model,
    OutputGuardrail,
    RunConfig,
    RunContextWrapper,
    RunHooks,
)

from core.engine.answers import Answers, ProviderAnswers
from core.engine.events import AgentStarted, GuardrailChecked, HandoffOccurred
from core.engine.models import JournaledModel
from core.engine.place import RunContext, current_path, nested
from core.engine.tape import TapedAnswers
from core.engine.tools import journaled_tool
from core.organization.spec import ModelSettingsSpec
from core.sdk.compile import ToolSource
from core.sdk.models import needs_include_usage
from core.sdk.provider_registry import ProviderRegistry, ResolvedModel
from core.sdk.rehearsal import Pace


class EventHooks(RunHooks[Any]):
    """Turns agent starts and handoffs into events, in nested runs too."""

    def __init__(self, context: RunContext) -> None:
        self._context = context

    async def on_agent_start(self, context: Any, agent: Agent[Any]) -> None:
        self._context.writer.emit(AgentStarted(agent.name, current_path()))

    async def on_handoff(
        self, context: RunContextWrapper[Any], from_agent: Agent[Any], to_agent: Agent[Any]
    ) -> None:
        self._context.writer.emit(HandoffOccurred(from_agent.name, to_agent.name, current_path()))


class SegmentWrapping:
    """The engine's side of `core.sdk.compile.Wrapping`."""

    def __init__(
        self,
        context: RunContext,
        registry: ProviderRegistry,
        *,
        build: Callable[[ResolvedModel], Model],
        pace: Pace,
        forced_model: str | None,
        overrides: ModelSettingsSpec,
        run_config: RunConfig,
    ) -> None:
        self._context = context
        self._registry = registry
        self._build = build
        self._pace = pace
        self._forced_model = forced_model
        self._known: dict[str | None, ResolvedModel] = {}
        self.overrides = overrides
        self.run_config = run_config
        self.run_hooks: RunHooks[Any] = EventHooks(context)

    def model(
        self,
        reference: str | None,
        *,
        agent: str,
        purpose: str = "agent",
        attempt_seconds: float | None = None,
    ) -> Model:
        return JournaledModel(
            self._answers(reference, attempt_seconds), self._context, agent=agent, purpose=purpose
        )

    def must_ask_for_usage(self, reference: str | None) -> bool:
        return not self._context.replays and needs_include_usage(self._resolved(reference))

    def _answers(self, reference: str | None, attempt_seconds: float | None) -> Answers:
        if self._context.tape is not None:
            # The provider may not be there any more.
            return TapedAnswers(self._context.tape, self._context, pace=self._pace)
        resolved = self._resolved(reference)
        return ProviderAnswers(
            self._build(resolved),
            self._context,
            gate=self._registry.traffic.gate(resolved.provider),
            reference=resolved.reference,
            simulated=resolved.simulated,
            attempt_seconds=attempt_seconds,
        )

    def _resolved(self, reference: str | None) -> ResolvedModel:
        wanted = self._forced_model or reference
        if wanted not in self._known:
            self._known[wanted] = self._registry.resolve(wanted)
        return self._known[wanted]

    def tool(self, tool: FunctionTool, source: ToolSource, *, agent: str) -> FunctionTool:
        self._context.tool_nodes[agent, tool.name] = source.node
        return journaled_tool(tool, source, self._context, agent=agent)

    def input_guardrail(self, guardrail: InputGuardrail[Any], *, agent: str) -> InputGuardrail[Any]:
        told: InputGuardrail[Any] = self._told(guardrail, agent=agent, stage="input")
        return told

    def output_guardrail(self, guardrail: OutputGuardrail[Any], *, agent: str) -> OutputGuardrail[Any]:
        told: OutputGuardrail[Any] = self._told(guardrail, agent=agent, stage="output")
        return told

    def _told(self, guardrail: Any, *, agent: str, stage: str) -> Any:
        inner, name, writer = guardrail.guardrail_function, guardrail.get_name(), self._context.writer

        async def guard(*arguments: Any) -> GuardrailFunctionOutput:
            with nested(f"guardrail:{name}"):
                result: GuardrailFunctionOutput = await inner(*arguments)
            info = result.output_info or {}
            reason = info.get("message") or info.get("reason") or ""
            tripped = result.tripwire_triggered
            writer.emit(GuardrailChecked(name, agent, stage, tripped, reason, current_path()))
            return result

        told = copy.copy(guardrail)
        told.guardrail_function = guard
        return told
