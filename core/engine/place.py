"""Where in a run the present code is: the run's context and the path of nested calls."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.engine.journal import Journal
    from core.engine.recorder import Recorder
    from core.engine.writer import RunWriter

_path: ContextVar[str] = ContextVar("path", default="")


@dataclass(slots=True)
class RunContext:
    """What the wrappers of models, tools and guardrails of one segment share."""

    run_id: str
    segment: int
    writer: "RunWriter"
    journal: "Journal"
    recorder: "Recorder"
    seen_call_ids: set[str] = field(default_factory=set)
    model_calls: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    simulated: bool = False

    def next_model_key(self) -> str:
        """The journal key of the next model call at the present place."""
        path = current_path()
        number = self.model_calls[path]
        self.model_calls[path] += 1
        return f"{self.segment}:{path}/model:{number}"


def current_path() -> str:
    """Ids of the nested calls that the present code runs in, joined by "/"; "" in the outermost run."""
    return _path.get()


@contextmanager
def nested(part: str) -> Iterator[None]:
    """Run the block one level deeper."""
    path = current_path()
    token = _path.set(f"{path}/{part}" if path else part)
    try:
        yield
    finally:
        _path.reset(token)
