"""Batches for tests: a clerk who answers by what stands in the row."""

import io
from collections.abc import Sequence

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.records import BatchLine, BatchRecord
from tests.support.studio import until

CLERK = Organization(
    name="Shop", entry="clerk", agents=[AgentSpec(name="clerk", instructions="You are clerk.")], samples=["Hello?"]
)

PAID: list[int] = []
"""What was paid in this process."""


def dataset_of(core: Core, text: str, name: str = "orders.csv") -> str:
    """Id of a dataset that was read from a text."""
    source = io.BytesIO(text.encode())
    return core.datasets.add(source, core.datasets.look_through(source, name=name), name=name).id


def numbered(core: Core, rows: int) -> str:
    """Id of a dataset with the inputs `row 1`, `row 2` and so on."""
    return dataset_of(core, "input\n" + "".join(f"row {number}\n" for number in range(1, rows + 1)))


def wait_for_batch(core: Core, batch_id: str, *statuses: str, seconds: float = 90) -> BatchRecord:
    """The batch, once it has one of the statuses (by default: completed or waiting)."""
    wanted = statuses or ("completed", "waiting")
    until(lambda: core.batches.get(batch_id).status in wanted, seconds=seconds)
    return core.batches.get(batch_id)


def lines_of(core: Core, batch_id: str, status: str | None = None) -> Sequence[BatchLine]:
    """Its first 200 rows."""
    return core.batches.lines(core.batches.get(batch_id), status=status, size=200).rows


def pay(amount: int) -> str:
    """Pay an amount."""
    PAID.append(amount)
    return f"Paid {amount}."
