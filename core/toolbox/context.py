"""What a toolbox function knows about the call it runs in; the engine sets both before a call."""

from contextvars import ContextVar

from core.errors import TroupeError
from core.toolbox.sample_data import SampleData

current_samples: ContextVar[SampleData | None] = ContextVar("current_samples", default=None)
"""The sample database that toolbox functions read and write."""

current_call_id: ContextVar[str] = ContextVar("current_call_id", default="")
"""Id of the tool call, written beside each effect so that effects can be counted per call."""


class NoSampleDataError(TroupeError):
    """A toolbox function ran where no sample database was set."""

    code = "no_sample_data"


def samples() -> SampleData:
    """The sample database of this call."""
    found = current_samples.get()
    if found is None:
        raise NoSampleDataError(
            "This tool works on the sample database, and none is set here.",
            hint="Run it through the studio, or set core.toolbox.context.current_samples first.",
        )
    return found
