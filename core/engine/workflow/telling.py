"""Events and spans of steps. A walk begins again after a crash or a decision: what was told is not told again."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from agents.tracing import SpanError, custom_span

from core.engine.events import StepEvent, StepFailed, StepFinished, StepStarted, StepWaiting
from core.engine.place import in_step
from core.engine.span_data import step_data
from core.engine.workflow.signals import RunEnds, StepError, StepWaits
from core.engine.writer import RunWriter
from core.organization.expressions import as_text
from core.records import EventRecord

PREVIEW = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A step, or a round or item of one, as events name it."""

    step: str
    kind: str
    path: str
    title: str
    iteration: int | None
    item: int | None

    @property
    def facts(self) -> tuple[str, str, str, int | None, int | None]:
        """What every event of it says."""
        return self.step, "loop" if self.kind == "round" else self._step_kind, self.path, self.iteration, self.item

    @property
    def _step_kind(self) -> str:
        return "map" if self.kind == "item" else self.kind


class Telling:
    """One step while it works."""

    def __init__(self, teller: "Teller", what: Told, data: dict[str, Any]) -> None:
        self._teller = teller
        self._what = what
        self._data = data

    def finished(self, output: Any, *, status: str = "done", port: str = "", seen: str = "") -> None:
        """It has ended; `seen` is told instead of the output where a condition decided."""
        value = preview(output)
        self._data |= {name: text for name, text in (("port", port), ("seen", seen), ("output", output)) if text}
        self._teller.tell(StepFinished(*self._what.facts, status, port, seen or value))

    def failed(self, error: StepError, *, port: str) -> None:
        """It has failed."""
        failure = error.failure
        self._data |= {"failed": {"step": error.step, "code": failure.code, "message": failure.message}}
        self._teller.tell(StepFailed(*self._what.facts, failure.code, failure.message, port))


class Teller:
    """Tells what changes at each path."""

    def __init__(
        self,
        writer: RunWriter,
        events: Iterable[EventRecord],
        *,
        retries: bool,
        goes_on: Callable[[], bool],
        is_decided: Callable[[Iterable[str]], bool],
    ) -> None:
        """With `retries` what has failed is tried again. `goes_on` says whether the run will be gone on with when
        it is cancelled now, `is_decided` whether any of these approvals is."""
        self._writer = writer
        self._goes_on = goes_on
        self._is_decided = is_decided
        told = {event.data["path"]: event for event in events if event.kind.startswith("step_")}
        self._last = {path: event.kind for path, event in told.items() if not (retries and _broke_off(event))}
        self._waits = {path: event.data.get("approvals", []) for path, event in told.items()}
        self._stopped: list[str] = []

    def stop(self, path: str) -> None:
        """What works below this path is about to be cancelled, because it is not needed any more."""
        self._stopped.append(f"{path}/")

    def tell(self, event: StepEvent) -> None:
        """Tell it unless it was told of its path; forks and loops that are over may be walked again."""
        if self._last.get(event.path) not in (event.kind, StepFinished.kind, StepFailed.kind):
            self._last[event.path] = event.kind
            self._waits[event.path] = event.approvals if isinstance(event, StepWaiting) else []
            self._writer.emit(event)

    def _waits_still(self, path: str, approvals: Iterable[str] | None = None) -> bool:
        """Whether it was told that the step waits (for these), and nobody has decided anything of it."""
        waits = self._waits.get(path, [])
        same = approvals is None or sorted(waits) == sorted(approvals)
        return self._last.get(path) == StepWaiting.kind and same and not self._is_decided(waits)

    @contextmanager
    def step(self, what: Told, *, error_port: str = "") -> Iterator[Telling]:
        """Tell of a step while the block works on it; `error_port` is the way that a failure takes."""
        data = step_data(what.kind, what.path)
        telling = Telling(self, what, data)
        with in_step(what.path), custom_span(what.title, data) as span:
            if not self._waits_still(what.path):
                self.tell(StepStarted(*what.facts))
            try:
                yield telling
            except StepWaits as waits:
                data["status"] = "waiting"
                if not self._waits_still(what.path, waits.approvals):
                    self.tell(StepWaiting(*what.facts, waits.approvals))
                raise
            except StepError as error:
                telling.failed(error, port=error_port)
                span.set_error(SpanError(message=error.failure.message, data=None))
                raise
            except RunEnds as end:
                telling.finished(end.value)
                raise
            except asyncio.CancelledError:
                data["status"] = "open" if self._goes_on() else "cancelled"
                if any(what.path.startswith(path) for path in self._stopped):
                    self.tell(StepFinished(*what.facts, status="stopped"))
                raise


def _broke_off(event: EventRecord) -> bool:
    return event.kind == StepFailed.kind or event.data.get("status") == "stopped"


def preview(value: Any) -> str:
    """The beginning of a value as text."""
    text = as_text(value)
    return text if len(text) <= PREVIEW else f"{text[: PREVIEW - 1]}…"
