"""`studio batch` and `studio batches`."""

import io
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from core.bootstrap import Core
from core.errors import InvalidInputError, NotFoundError
from core.records import BatchRecord, DatasetRecord
from core.services.batch_export import ExportForm
from studio.commands.opened import opened
from studio.commands.output import one_line, print_document, print_json, print_table, say, tell
from studio.commands.run import NOBODY_WORKS
from studio.commands.target import organization_id
from studio.view_models.batch_words import outcome_words, progress_words

LOOK_SECONDS = 0.25
TELL_SECONDS = 5.0
"""How often progress is told where it cannot be written over."""


def batch(
    what: str,
    data: str,
    *,
    template: str,
    name: str,
    model: str | None,
    concurrency: int | None,
    output: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Run an organization over all rows of a file. Returns the exit code."""
    _check_output(output)
    with opened(data_dir) as core:
        found = organization_id(core, what)
        batch_id = core.batches.start(
            found,
            _stored(core, data).id,
            template=template,
            name=name,
            model=model,
            concurrency=concurrency,
        )
        return _followed(core, batch_id, output=output, as_json=as_json)


def go_on(batch_id: str, *, retry: bool, output: Path | None, data_dir: Path | None, as_json: bool) -> int:
    """Go on with the rows that are left, with `retry` also with those that failed. Returns the exit code."""
    _check_output(output)
    with opened(data_dir) as core:
        if retry:
            core.batches.retry(batch_id)
        else:
            core.batches.resume(batch_id)
        # Rows that a killed process worked on go on, too.
        core.engine.start()
        return _followed(core, batch_id, output=output, as_json=as_json)


def list_batches(*, page: int, data_dir: Path | None, as_json: bool) -> None:
    """Print a page of batches, newest first."""
    with opened(data_dir) as core:
        found = core.batches.page(number=page)
    if as_json:
        for each in found.rows:
            print_json(asdict(each) | {"status": each.status})
        return
    if not found.rows:
        say("There are no batches yet.")
        return
    print_table(("ID", "STATUS", "NAME", "ORGANIZATION", "ROWS", "OUTCOME"), map(_row, found.rows))
    if found.pages > 1:
        tell(f"Page {found.number} of {found.pages}, {found.total} batches.")


def export(batch_id: str, *, output: Path | None, as_json: bool, data_dir: Path | None) -> None:
    """Write the results of a batch into a file, or print them."""
    _check_output(output)
    with opened(data_dir) as core:
        if output is not None:
            _write(core, batch_id, output)
            return
        for piece in core.batches.export(batch_id, "jsonl" if as_json else "csv"):
            print_document(piece)


def _followed(core: Core, batch_id: str, *, output: Path | None, as_json: bool) -> int:
    """Tell the progress until nothing is at work any more, then give out the results."""
    tell(f"Batch {batch_id}")
    if core.workers.nobody_works():
        tell(NOBODY_WORKS)
    stopped = not _watched(core, batch_id)
    found = core.batches.get(batch_id)
    if output is not None:
        _write(core, batch_id, output)
    if as_json:
        for piece in core.batches.export(batch_id, "jsonl"):
            print_document(piece)
        print_json({"batch_id": batch_id, "status": found.status} | asdict(found.counts))
    simulated = " (simulated)" if found.counts.simulated else ""
    tell(f"{found.status}: {outcome_words(found.counts)}{simulated}")
    _tell_next_step(found, stopped=stopped, told=output is not None or as_json)
    if stopped or found.counts.failed or found.counts.cancelled or found.counts.pending:
        return 1
    return 3 if found.counts.for_people else 0


def _watched(core: Core, batch_id: str) -> bool:
    """Watch a batch; Ctrl-C stops it, and a second one cancels the rows at work. Whether it was left alone."""
    try:
        _watch(core, batch_id)
        return True
    except KeyboardInterrupt:
        core.batches.stop(batch_id)
        at_work = core.batches.get(batch_id).counts.at_work
        tell(f"\nStopping: {at_work} rows at work go on to their end. Ctrl-C again cancels them.")
    try:
        _watch(core, batch_id)
    except KeyboardInterrupt:
        core.batches.cancel_at_work(batch_id, by="command line")
        _watch(core, batch_id)
    return False


def _watch(core: Core, batch_id: str) -> None:
    line = _ProgressLine()
    while True:
        found = core.batches.get(batch_id)
        line.show(progress_words(found, core.batches.pace(found)))
        if found.status not in ("running", "stopping"):
            line.end()
            return
        time.sleep(LOOK_SECONDS)


class _ProgressLine:
    """One line on a terminal that is written over; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._over = sys.stderr is not None and sys.stderr.isatty()
        self._told = time.monotonic()
        self._last = ""

    def show(self, words: str) -> None:
        if self._over:
            sys.stderr.write(f"\r\x1b[2K{words}")
            sys.stderr.flush()
        elif time.monotonic() - self._told >= TELL_SECONDS and words != self._last:
            self._told, self._last = time.monotonic(), words
            tell(words)

    def end(self) -> None:
        if self._over:
            tell("")


def _tell_next_step(found: BatchRecord, *, stopped: bool, told: bool) -> None:
    counts = found.counts
    if found.stop_reason:
        tell(found.stop_reason)
    if counts.pending or stopped:
        tell(f"Go on with: studio batches continue {found.id}")
    if counts.to_retry:
        tell(f"Try the failed rows again: studio batches retry {found.id}")
    if counts.for_people:
        tell("Rows wait for a person: studio approvals list")
    if not told:
        tell(f"Results: studio batches export {found.id} --output results.csv")


def _stored(core: Core, reference: str) -> DatasetRecord:
    path = Path(reference)
    source = _opened(reference)
    with source:
        found = core.datasets.look_through(source, name="" if reference == "-" else path.name)
        tell(f"{found.rows:,} rows ({found.manner.words}), columns: {', '.join(found.columns)}")
        for problem in found.problems:
            tell(f"Line {problem.line} {problem.message}{' (left out)' if problem.left_out else ''}.")
        if found.left_out:
            tell(f"{found.left_out:,} rows are left out.")
        return core.datasets.add(source, found, name="Standard input" if reference == "-" else path.name)


def _opened(reference: str) -> BinaryIO:
    if reference == "-":
        return io.BytesIO(sys.stdin.buffer.read())
    try:
        return Path(reference).open("rb")
    except FileNotFoundError:
        raise NotFoundError("file", reference) from None
    except OSError as error:
        raise InvalidInputError(
            f"The file '{reference}' cannot be read: {error.strerror}.", hint="Check its path and permissions."
        ) from error


def _check_output(output: Path | None) -> None:
    """Before hours of work: whether the results can be written."""
    if output is None:
        return
    if output.is_dir() or not output.resolve().parent.is_dir():
        raise InvalidInputError(f"'{output}' cannot be written.", hint="Name a file in a folder that is there.")


def _write(core: Core, batch_id: str, output: Path) -> None:
    form: ExportForm = "jsonl" if output.suffix.lower() in (".jsonl", ".ndjson", ".json") else "csv"
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(core.batches.export(batch_id, form))
    except OSError as error:
        raise InvalidInputError(
            f"'{output}' cannot be written: {error.strerror}.",
            hint=f"Nothing is lost: studio batches export {batch_id} --output FILE",
        ) from error
    tell(f"Results are in {output}.")


def _row(found: BatchRecord) -> tuple[str, ...]:
    return (
        found.id,
        found.status,
        one_line(found.name, 30),
        one_line(found.organization_name, 24),
        f"{found.rows:,}",
        outcome_words(found.counts),
    )
