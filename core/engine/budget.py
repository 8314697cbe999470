"""What a run may use up, and what it has used."""

from collections.abc import Sequence

from core.engine.place import RunContext
from core.organization.spec import RunSettings
from core.records import EventRecord
from core.sdk.api_failures import Failure
from core.sdk.prices import PriceList

_HINT = "Raise the budget in the organization's run settings and save it, then run again or fork this run."

_ENTER_PRICES = "Enter the prices of its models on the Settings page, or remove the budget."


def over_budget(settings: RunSettings, context: RunContext) -> Failure | None:
    """Why the model must not be asked any more; None while it may. The call that goes over a budget is the
    last."""
    if settings.budget_usd is not None:
        if context.cost is None:
            return Failure(
                "budget", "What the run costs is not known, and it has a budget in money.", _ENTER_PRICES
            )
        if context.cost >= settings.budget_usd:
            spent = f"The budget of ${settings.budget_usd:,.4g} is used up: ${context.cost:,.4g} were spent."
            return Failure("budget", spent, _HINT)
    used = context.input_tokens + context.output_tokens
    if settings.budget_tokens is not None and used >= settings.budget_tokens:
        return Failure(
            "budget", f"The budget of {settings.budget_tokens:,} tokens is used up: {used:,} were used.", _HINT
        )
    return None


def spent(prices: PriceList, events: Sequence[EventRecord]) -> float | None:
    """What the model calls cost that a run has made itself; None when a price is not known."""
    total: float | None = 0.0
    for event in events:
        if event.kind == "run_forked":
            # Everything before was paid for by the run that it was forked from.
            total = 0.0
        elif event.kind == "model_call_completed":
            data = event.data
            used = data["input_tokens"], data["output_tokens"]
            total = added(total, prices.cost(data["model"], *used, simulated=data["simulated"]))
    return total


def added(cost: float | None, more: float | None) -> float | None:
    """The sum; None when one of the two is not known."""
    return None if cost is None or more is None else cost + more
