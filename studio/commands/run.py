"""`studio run`."""

from pathlib import Path

from studio.commands.follow import follow
from studio.commands.opened import opened
from studio.commands.output import tell
from studio.commands.target import organization_id

NOBODY_WORKS = (
    "Nobody works on runs at the moment: start a worker with `uv run studio worker`, or set STUDIO_WORK=here."
)


def run(
    what: str, text: str, *, session: str | None, model: str | None, data_dir: Path | None, as_json: bool
) -> int:
    """Start a run and stream it. Returns the exit code."""
    with opened(data_dir) as core:
        found = organization_id(core, what)
        # Before a conversation is opened: what cannot start leaves no empty one behind.
        core.runs.prepare(found, text, model=model)
        session_id = core.sessions.open(found, session) if session is not None else None
        run_id = core.runs.start(found, text, session_id=session_id, model=model)
        if core.workers.nobody_works():
            tell(NOBODY_WORKS)
        return follow(core, run_id, as_json=as_json)
