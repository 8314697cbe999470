"""A core on a temporary folder, with a model that follows a script."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agents.testing import ScriptedModel, assistant_message, function_call

from core.bootstrap import Core
from core.organization.spec import Organization
from core.records import RunRecord
from core.settings import Role, ServerAddress, Settings
from tests.support.postgres import ADDRESS_VARIABLE

__all__ = [
    "ScriptedModel",
    "assistant_message",
    "function_call",
    "open_studio",
    "scripted",
    "story",
    "until",
    "wait_for_run",
]


@contextmanager
def open_studio(
    folder: Path, model: Any = None, *, role: Role = "all", lease_seconds: float = 15.0
) -> Iterator[Core]:
    """A core whose agents all use `model`; None for the rehearsal model without pauses. Its database is a file in
    the folder, or, for tests with the fixture `each_database`, that of a server."""
    address = os.environ.get(ADDRESS_VARIABLE)
    server = ServerAddress(address) if address else None
    settings = Settings(
        data_dir=folder, rehearsal_pace="instant", server=server, role=role, lease_seconds=lease_seconds
    )
    core = Core(settings, build_model=None if model is None else lambda _resolved: model)
    try:
        yield core
    finally:
        core.close()


def scripted(*steps: Any) -> ScriptedModel:
    """A model that answers with one item after the other; a list is one answer of several items."""
    return ScriptedModel([step if isinstance(step, list) else [step] for step in steps])


def until(condition: Callable[[], Any], *, seconds: float = 60) -> Any:
    """What `condition` gives, once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("It did not come true in time.")


def wait_for_run(core: Core, run_id: str, *statuses: str, seconds: float = 60) -> RunRecord:
    """The run, once it has one of the statuses (by default: ended or waiting)."""
    wanted = statuses or ("completed", "failed", "cancelled", "waiting")

    def reached() -> RunRecord | None:
        run = core.runs.get(run_id)
        return run if run.status in wanted else None

    found: RunRecord = until(reached, seconds=seconds)
    return found


def story(core: Core, run_id: str) -> list[str]:
    """The kinds of a run's events, without streamed text."""
    return [event.kind for event in core.runs.events(run_id) if event.kind != "text_delta"]


def start(core: Core, spec: Organization, text: str, **options: Any) -> str:
    """Save an organization and run it."""
    return core.runs.start(core.organizations.create(spec), text, **options)
