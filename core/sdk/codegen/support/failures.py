"""From whatever ended a step or a run to a code and a sentence."""

from dataclasses import dataclass

import openai
from agents.exceptions import (
    AgentsException,
    InputGuardrailTripwireTriggered,
    MaxTurnsExceeded,
    ModelBehaviorError,
    ModelRefusalError,
    ModelTimeoutError,
    OutputGuardrailTripwireTriggered,
    UserError,
)

from .budget import BudgetError

_INVALID_OUTPUT = ("Invalid JSON when parsing", "does not fit its output schema", "should have answered in JSON")
_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    message: str


def explain(error: BaseException) -> Failure:
    """Why a run ended."""
    match error:
        case AgentsException():
            return _agents_failure(error)
        case openai.APITimeoutError():
            return Failure("timeout", "The provider did not answer in time.")
        case openai.APIConnectionError():
            return Failure("connection", "The provider cannot be reached. Check its address.")
        case openai.RateLimitError():
            return Failure("rate_limit", f"The provider refuses more requests for now: {error.message[:_SHOWN]}")
        case openai.AuthenticationError():
            return Failure("wrong_key", "The provider refuses the key.")
        case openai.APIError():
            return Failure("provider_error", f"The provider reports: {error.message[:_SHOWN]}")
        case openai.OpenAIError():
            return Failure("no_key", str(error)[:_SHOWN])
        case BudgetError():
            return Failure("budget", str(error))
        case TimeoutError():
            return Failure("run_timeout", "It took longer than it may and was stopped.")
        case KeyError():
            return Failure("expression", f"There is no {error}.")
    return Failure("internal", f"{type(error).__name__}: {error}"[:_SHOWN])


def _agents_failure(error: AgentsException) -> Failure:
    match error:
        case MaxTurnsExceeded():
            return Failure(
                "max_turns", f"{error.message}. Raise the limit, or see whether agents repeat themselves."
            )
        case ModelRefusalError():
            return Failure("refusal", f"The model refused to answer: {error.refusal[:_SHOWN]}")
        case InputGuardrailTripwireTriggered():
            return Failure("input_guardrail", _told(error.guardrail_result.output.output_info))
        case OutputGuardrailTripwireTriggered():
            return Failure("output_guardrail", _told(error.guardrail_result.output.output_info))
        case ModelTimeoutError():
            return Failure("model_timeout", f"A model call took longer than {error.timeout_seconds:g} seconds.")
        case ModelBehaviorError():
            invalid = any(start in error.message for start in _INVALID_OUTPUT)
            return Failure("invalid_output" if invalid else "model_behavior", error.message[: 2 * _SHOWN])
        case UserError():
            return Failure("invalid_setup", error.message[:_SHOWN])
    return Failure("internal", f"{type(error).__name__}: {error}"[:_SHOWN])


def _told(info: object) -> str:
    if isinstance(info, dict):
        return " ".join(str(info[part]) for part in ("message", "reason") if info.get(part))
    return str(info)[:_SHOWN]
