"""Where in a run the present code is: the run's context and the path of nested calls."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.engine.control import Control
    from core.engine.journal import Journal
    from core.engine.messages import Messages
    from core.engine.recorder import Recorder
    from core.engine.tape import Tape
    from core.engine.writer import RunWriter
    from core.sdk.prices import PriceList

_path: ContextVar[str] = ContextVar("path", default="")
_leg: ContextVar[int | None] = ContextVar("leg", default=None)
_step: ContextVar[str] = ContextVar("step", default="")


@dataclass(slots=True)
class RunContext:
    """What the wrappers of models, tools and guardrails of one segment share."""

    run_id: str
    segment: int
    writer: "RunWriter"
    journal: "Journal"
    recorder: "Recorder"
    control: "Control"
    messages: "Messages"
    prices: "PriceList"
    tape: "Tape | None" = None
    """What answers instead of models, tools and people when the run is a replay."""
    seen_call_ids: set[str] = field(default_factory=set)
    model_calls: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    """US dollars so far; None once the price of a model is not known."""
    simulated: bool = False
    began: float = field(default_factory=time.monotonic)
    deadline: float | None = None
    """When the run's time is over, by the event loop's clock."""

    tool_nodes: dict[tuple[str, str], str] = field(default_factory=dict)
    """The canvas node behind a tool, by agent and by the name that the model knows."""

    @property
    def replays(self) -> bool:
        """Whether the run plays a cassette."""
        return self.tape is not None

    def seconds_at_work(self) -> float:
        """How long this segment has been worked on by this process."""
        return time.monotonic() - self.began

    def next_model_key(self) -> str:
        """The journal key of the next model call at the present place."""
        leg = _leg.get()
        place = f"{self.segment if leg is None else leg}:{current_path()}/model"
        number = self.model_calls[place]
        self.model_calls[place] += 1
        return f"{place}:{number}"


def current_path() -> str:
    """Steps and ids of nested calls that the present code runs in, joined by "/"; "" in the outermost run."""
    return _path.get()


def current_step() -> str:
    """Path of the workflow's innermost step that the present code runs in; "" without a workflow."""
    return _step.get()


def below(path: str, part: str) -> str:
    """The path one level deeper."""
    return f"{path}/{part}" if path else part


@contextmanager
def nested(part: str) -> Iterator[None]:
    """Run the block one level deeper."""
    with placed(below(current_path(), part)):
        yield


@contextmanager
def placed(path: str) -> Iterator[None]:
    """Run the block at a path."""
    token = _path.set(path)
    try:
        yield
    finally:
        _path.reset(token)


@contextmanager
def in_step(path: str) -> Iterator[None]:
    """Run the block at a path, as the step of a workflow that stands there."""
    token = _step.set(path)
    try:
        with placed(path):
            yield
    finally:
        _step.reset(token)


@contextmanager
def on_leg(number: int) -> Iterator[None]:
    """Run the block as the so-many-th part of an agent's work in a workflow, which ends where it waits for a
    person. Steps go on apart from each other, so their model calls count by these and not by segments."""
    token = _leg.set(number)
    try:
        yield
    finally:
        _leg.reset(token)
