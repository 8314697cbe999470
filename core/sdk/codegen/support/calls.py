"""What every call of a tool has: a time limit, words for the model when it fails, and a limit on its output."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from agents import RunContextWrapper
from agents.tool import ToolErrorFunction

Effect = Literal["reads", "writes"]

MOST_CHARACTERS = 200_000
"""Of a tool's output that the model is given."""

current_call_id: ContextVar[str] = ContextVar("current_call_id", default="")
"""Id of the tool call that runs at the moment."""


class ToolArgumentError(Exception):
    """The model called a tool with arguments that do not fit its parameters."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How the calls of a tool are treated."""

    tool: str
    effect: Effect
    """`reads` may be repeated without harm; `writes` changes something."""
    timeout_seconds: float
    failure_message: str
    """What the model is told before the reason; empty for a standard sentence."""

    async def call(self, call_id: str, run: Callable[[], Awaitable[str]]) -> str:
        """The output of `run`, or what the model is told of its failure."""
        token = current_call_id.set(call_id)
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return _limited(await run())
        except TimeoutError:
            doubt = " It may have taken effect all the same." if self.effect == "writes" else ""
            return self.told(f"no answer within {self.timeout_seconds:g} seconds.{doubt}")
        except Exception as error:  # noqa: BLE001
            # A tool is anybody's code: whatever it raises is an answer for the model, not the end of the run.
            return self.told(reason(error))
        finally:
            current_call_id.reset(token)

    def told(self, why: str) -> str:
        return f"{self.failure_message or f'The tool {self.tool!r} failed:'} {why}"


def failed(tool: str, *, failure_message: str = "") -> ToolErrorFunction:
    """What the model is told when the SDK itself calls the tool and that fails."""

    def tell(_context: RunContextWrapper[Any], error: Exception) -> str:
        return Limits(tool, "reads", 0, failure_message).told(f"{type(error).__name__}: {error}")

    return tell


def reason(error: Exception) -> str:
    """Why something failed, in the words of the error."""
    message, hint = getattr(error, "message", None), getattr(error, "hint", None)
    if isinstance(message, str) and isinstance(hint, str):
        return f"{message} {hint}".strip()
    if isinstance(error, ToolArgumentError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def parse_arguments(tool: str, text: str) -> dict[str, Any]:
    """The arguments in that JSON text; empty text means no arguments."""
    try:
        given = json.loads(text or "{}", parse_constant=_no_number)
    except ValueError as error:
        raise ToolArgumentError(f"The arguments of '{tool}' are no JSON: {error}.") from error
    if not isinstance(given, dict):
        raise ToolArgumentError(f"The arguments of '{tool}' must be a JSON object.")
    return given


def _no_number(constant: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have and every comparison lets through.
    raise ValueError(f"{constant} is no JSON number")


def _limited(output: str) -> str:
    if len(output) <= MOST_CHARACTERS:
        return output
    return f"{output[:MOST_CHARACTERS]}\n[Cut: {len(output):,} characters in all, {MOST_CHARACTERS:,} shown.]"
