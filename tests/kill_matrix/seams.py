"""Moments of the engine: seen at its seams, in the processes of the matrix only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from core.engine import segment
from core.engine.host import Engine
from core.engine.journal import Journal
from core.engine.writer import RunWriter
from core.store import batches, sessions
from core.store.database import Database
from tests.kill_matrix.death import moment

Method = Callable[..., Any]


def watch_the_engine() -> None:
    """From here on, for the life of this process."""
    _around(Journal, "intend", after=lambda _journal, key, *_: f"intended {key}")
    _around(
        Journal,
        "record",
        before=lambda _journal, key, *_: f"about to record {key}",
        after=lambda _journal, key, *_: f"recorded {key}",
    )
    _around(RunWriter, "approvals", after=lambda *_: "asked a person")
    _around(RunWriter, "_end", after=lambda _writer, _connection, _batch, values: f"ending {values['status']}")
    _around(RunWriter, "finish", after=lambda _writer, event, *_: f"ended {event.kind.removeprefix('run_')}")
    _around(Engine, "decided", before=lambda *_: "decided")
    _around(sessions, "append_items", after=lambda *_: "history written")
    _around(batches, "settle_rows", before=lambda *_: "rows queued", after=lambda *_: "rows noted")
    _plans()
    for name in ("session", "batch", "fast"):
        _writes(name)


def _around(owner: Any, name: str, *, before: Method | None = None, after: Method | None = None) -> None:
    inner = getattr(owner, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        if before is not None:
            moment(before(*arguments))
        result = inner(*arguments, **named)
        if after is not None:
            moment(after(*arguments))
        return result

    setattr(owner, name, watched)


_planned: list[str] = []
"""Why the segments were planned that have written nothing yet."""


def _plans() -> None:
    names = vars(segment)
    inner = names["plan_segment"]

    def planned(*arguments: Any) -> Any:
        plan = inner(*arguments)
        moment(f"planned {plan.reason}")
        _planned.append(plan.reason)
        return plan

    names["plan_segment"] = planned


def _writes(name: str) -> None:
    """Two moments for each unit of work: before it is committed, and after."""
    inner = getattr(Database, name)

    @contextmanager
    def watched(database: Database) -> Iterator[Any]:
        with inner(database) as connection:
            yield connection
            moment("writing")
        moment("written")
        if _planned:
            moment(f"first write of {_planned.pop()}")

    setattr(Database, name, watched)
