"""What a run may use up, and what it has used."""

from core.engine.place import RunContext
from core.organization.spec import RunSettings
from core.sdk.api_failures import Failure

_HINT = "Raise the budget in the organization's run settings and save it, then run again or fork this run."


def over_budget(settings: RunSettings, context: RunContext) -> Failure | None:
    """Why the model must not be asked any more; None while it may. The call that goes over a budget is the
    last."""
    used = context.input_tokens + context.output_tokens
    if settings.budget_tokens is not None and used >= settings.budget_tokens:
        return Failure(
            "budget", f"The budget of {settings.budget_tokens:,} tokens is used up: {used:,} were used.", _HINT
        )
    return None
