"""The budget of a run in tokens."""

from typing import Any

from agents import Agent, RunContextWrapper, RunHooks
from agents.items import TResponseInputItem


class BudgetError(Exception):
    """The run has used up what it may use."""


class Budget(RunHooks[Any]):
    """Lets no model be asked any more once the tokens of all calls so far reach the limit; None for no limit. What
    other processes used for the run before is not known here."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._contexts: list[RunContextWrapper[Any]] = []

    async def on_llm_start(
        self,
        context: RunContextWrapper[Any],
        agent: Agent[Any],
        system_prompt: str | None,
        input_items: list[TResponseInputItem],
    ) -> None:
        if not any(known is context for known in self._contexts):
            self._contexts.append(context)
        # The usage of a run includes that of the agents that it calls as tools.
        used = sum(known.usage.total_tokens for known in self._contexts)
        if self._limit is not None and used >= self._limit:
            raise BudgetError(f"The budget of {self._limit:,} tokens is used up: {used:,} were used.")
