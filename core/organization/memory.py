"""How much of a long conversation the agents are given. What was said stays stored in any case."""

from typing import Annotated, Literal

from pydantic import Field

from core.organization.base import Spec


class WholeMemory(Spec):
    """All of it."""

    kind: Literal["all"] = "all"


class RecentMemory(Spec):
    """The newest turns only. A turn is a message with everything that was done and said for it."""

    kind: Literal["recent"] = "recent"
    turns: int = Field(default=10, ge=1, le=10_000)


class SummaryMemory(Spec):
    """A summary in the place of the older turns, made by a model once the conversation is longer than a limit."""

    kind: Literal["summary"] = "summary"
    limit: int = Field(default=20_000, ge=1)
    unit: Literal["tokens", "items"] = "tokens"
    """What `limit` counts: tokens, by estimate, or items (messages, calls and results)."""
    keep_turns: int = Field(default=4, ge=1, le=10_000)
    """So many of the newest turns stay as they are."""
    model: str | None = None
    """Writes the summary; None for the studio's default model."""


Memory = Annotated[WholeMemory | RecentMemory | SummaryMemory, Field(discriminator="kind")]


def memory_words(memory: Memory) -> str:
    """`runs remember the newest 10 turns of a conversation`."""
    match memory:
        case WholeMemory():
            return "runs remember the whole conversation"
        case RecentMemory(turns=turns):
            return f"runs remember the newest {_turns(turns)} of a conversation"
        case SummaryMemory():
            return (
                f"runs remember a summary of all but the newest {_turns(memory.keep_turns)} of a conversation "
                f"that is longer than {memory.limit:,} {memory.unit}"
            )


def _turns(number: int) -> str:
    return "turn" if number == 1 else f"{number:,} turns"
