"""What came of a step, as it is used and as the journal keeps it."""

from dataclasses import dataclass, field
from typing import Any

from core.engine.journal import Recording
from core.organization.steps import OUT
from core.sdk.api_failures import Failure


@dataclass(frozen=True, slots=True)
class Gathered:
    """The values of branches on their way to their join, in the order of the branches."""

    names: tuple[str, ...]
    outputs: tuple[Any, ...]
    named: bool
    """Whether the branches differ by name; the items of a map do not."""


def plain(value: Any) -> Any:
    """The value as expressions and readers see it: JSON data."""
    return list(value.outputs) if isinstance(value, Gathered) else value


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended. `noted` is what `steps["name"]` gives, where that is not the output."""

    output: Any
    port: str = OUT
    seen: str = ""
    """What the condition saw."""
    status: str = "done"
    agent: str = ""
    """The last agent that worked in it."""
    items: tuple[dict[str, Any], ...] = ()
    """What is added to the conversation."""
    state: dict[str, Any] = field(default_factory=dict)
    noted: Any = None
    failure: Failure | None = None
    failed_step: str = ""

    def recording(self) -> Recording:
        """As JSON data; what is as usual is left out."""
        data: Recording = {"output": self.output}
        for name in ("port", "seen", "status", "agent", "state", "noted", "failed_step"):
            value = getattr(self, name)
            if value != _USUAL[name]:
                data[name] = value
        if self.items:
            data["said"] = list(self.items)
        if self.failure is not None:
            data["failure"] = [self.failure.code, self.failure.message, self.failure.hint]
        return data

    @classmethod
    def read(cls, data: Recording) -> "Outcome":
        """The outcome that was recorded."""
        values = {name: data[name] for name in _USUAL if name in data}
        failure = Failure(*data["failure"]) if "failure" in data else None
        return cls(data["output"], items=tuple(data.get("said", ())), failure=failure, **values)


_USUAL: dict[str, Any] = {
    "port": OUT,
    "seen": "",
    "status": "done",
    "agent": "",
    "state": {},
    "noted": None,
    "failed_step": "",
}
