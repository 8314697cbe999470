"""Functions of many shapes, to be offered as tools."""

import asyncio
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from agents import function_tool
from agents.tool_context import ToolContext
from pydantic import BaseModel, Field

marker: ContextVar[str] = ContextVar("marker", default="unset")
calls: list[str] = []


class Address(BaseModel):
    city: str
    zip: str


@dataclass
class Parcel:
    weight: float
    sent_at: datetime
    to: Address


def ship(
    order: str,
    to: Address,
    weight: Annotated[float, Field(gt=0)],
    speed: Literal["slow", "fast"] = "slow",
    notes: list[str] | None = None,
) -> Parcel:
    """Send a parcel.

    Args:
        order: The order number.
        to: Where it goes.
        weight: In kilograms.
        speed: How fast.
        notes: For the driver.
    """
    calls.append(order)
    return Parcel(weight, datetime(2026, 3, 1, 12, tzinfo=UTC), to)


def where() -> str:
    return f"{marker.get()} in {'main' if threading.current_thread() is threading.main_thread() else 'a thread'}"


async def ask(question: str) -> dict[str, Any]:
    """Ask."""
    await asyncio.sleep(0)
    return {"question": question, "answers": {1, 2}}


def call_id(context: ToolContext[Any], prefix: str) -> str:
    """The id of the call.

    Args:
        prefix: What stands before it.
    """
    return prefix + context.tool_call_id


def fails() -> None:
    """Fails."""
    raise LookupError("the shelf is empty")


def gives_nothing() -> None:
    """Gives nothing."""


def huge_number() -> int:
    """More than 64 bits."""
    return 2**80


def untypable(lock: threading.Barrier) -> None:
    """Takes what has no JSON form."""


@function_tool
def decorated(name: str) -> str:
    """Greets."""
    return f"hello {name}"


not_a_function = 3
