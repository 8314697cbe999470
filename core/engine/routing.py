"""Asks a model which organization an event goes to."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agents import RunConfig, Runner

from core.engine.attempts import Attempts, answered
from core.engine.segment import model_builder
from core.sdk.routing_agent import NONE, Offer, event_question, routing_agent
from core.triggers.routing import Choice, NotRoutedError
from core.triggers.spec import AgentRouter

if TYPE_CHECKING:
    from core.engine.host import Engine

SECONDS = 90
"""How long a model may take to choose."""


async def ask_router(
    engine: "Engine", router: AgentRouter, offers: Mapping[str, Offer], event: Mapping[str, Any]
) -> Choice:
    """What the model chooses of `offers` (by the organization's id). Raises NotRoutedError when it wants none of
    them, and whatever keeps a model from answering. On the event loop that the models belong to."""
    resolved = engine.registry.resolve(router.model)
    model = (engine.build_model or model_builder(engine.settings))(resolved)
    agent = routing_agent(router.instructions, list(offers.values()), model)
    # It is no run: there is nothing that a trace of it would belong to.
    config = RunConfig(tracing_disabled=True)
    async with asyncio.timeout(SECONDS):
        result = await Runner.run(agent, event_question(event), max_turns=1, run_config=config)
    answer = result.final_output
    if answer["organization"] == NONE:
        raise NotRoutedError(
            f"The router chose no organization: {answer['reason']}",
            hint="Change its instructions or its organizations, then replay the event.",
        )
    chosen = next(each for each, offer in offers.items() if offer.name == answer["organization"])
    return Choice(chosen, answer["reason"], resolved.simulated)


async def ask_router_in_turn(
    engine: "Engine", router: AgentRouter, offers: Mapping[str, Offer], event: Mapping[str, Any]
) -> Choice:
    """The same within the limits of the model's provider, and tried as often as it says. On the engine's loop."""
    gate = engine.registry.traffic.gate(engine.registry.resolve(router.model).provider)

    async def ask(arrived: Callable[[], None]) -> Choice:
        choice = await ask_router(engine, router, offers, event)
        arrived()
        return choice

    size = len(event_question(event))
    return await answered(gate, ask, Attempts(), size=size, used=lambda _choice: 0, until=None)
