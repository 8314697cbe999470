"""`studio runs`."""

from dataclasses import asdict
from pathlib import Path
from typing import get_args

from core.errors import InvalidInputError
from core.records import RunFilter, RunRecord, RunStatus
from studio.commands.opened import opened
from studio.commands.output import one_line, print_json, print_table, say, tell
from studio.view_models.replay_words import tag_words


def list_runs(*, status: str | None, page: int, data_dir: Path | None, as_json: bool) -> None:
    """Print a page of runs, newest first."""
    known = get_args(RunStatus)
    if status is not None and status not in known:
        raise InvalidInputError(f"There is no status '{status}'.", hint=f"One of: {', '.join(known)}.")
    with opened(data_dir) as core:
        found = core.runs.page(RunFilter(status=status), number=page)
    if as_json:
        for run in found.rows:
            print_json(asdict(run))
        return
    print_table(("ID", "STATUS", "ORGANIZATION", "INPUT", "TOKENS", "CREATED"), map(_row, found.rows))
    if found.pages > 1:
        tell(f"Page {found.number} of {found.pages}, {found.total} runs.")


def show(run_id: str, *, data_dir: Path | None, as_json: bool) -> None:
    """Print a run and its events; with JSON one event a line and the run last."""
    with opened(data_dir) as core:
        run, events = core.runs.get(run_id), core.runs.events(run_id)
    if as_json:
        for event in events:
            print_json(event.flat())
        print_json({"run_id": run.id, **asdict(run)})
        return
    words = tag_words(run)
    say(f"{run.id}  {run.status}" + (f"  ({words})" if words else ""))
    say(f"{run.organization_name}, revision {run.revision_number}, {run.created_at:%Y-%m-%d %H:%M:%S} UTC")
    say(f"Input:  {run.input}")
    for event in events:
        if event.kind != "text_delta":
            say(f"{event.seq:>5}  {event.at:%H:%M:%S}  {event.kind:<22} {one_line(str(event.data), 110)}")
    if run.error_message:
        say(f"Error:  {run.error_message}\n        {run.error_hint or ''}".rstrip())
    if run.output is not None:
        say(f"Output: {run.output}")


def _row(run: RunRecord) -> tuple[str, ...]:
    return (
        run.id,
        run.status,
        one_line(run.organization_name, 24),
        one_line(run.input, 40),
        str(run.input_tokens + run.output_tokens),
        f"{run.created_at:%Y-%m-%d %H:%M}",
    )
