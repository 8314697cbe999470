"""The results of a batch as CSV or JSON lines, a piece at a time."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Protocol, TypeVar

import orjson

from core.records import BatchLine, BatchRecord

ExportForm = Literal["csv", "jsonl"]
AT_ONCE = 500
MOST_FIELDS = 100
"""Fields of structured outputs that get columns of their own."""
OURS = ("row", "status", "output", "error", "input_tokens", "output_tokens", "seconds", "attempts", "run_id")
"""What is added to the columns of the dataset."""

Item = TypeVar("Item")


class ResultSource(Protocol):
    """Gives out rows behind a position, and outputs alone."""

    def lines(self, after: int, limit: int) -> list[BatchLine]: ...

    def outputs(self, after: int, limit: int) -> list[tuple[int, str]]: ...


def exported(batch: BatchRecord, columns: Sequence[str], form: ExportForm, source: ResultSource) -> Iterator[str]:
    """All rows with their input columns, status, output (fields of a structured one in columns of their own),
    error, tokens, seconds and the id of their run."""
    names = _free_names(columns)
    if form == "jsonl":
        return (_json_line(line, columns, names) for line in _lines(source))
    return _csv(source, columns, names)


def result_of(line: BatchLine, columns: Sequence[str]) -> dict[str, Any]:
    """One row as JSON; a structured output is given as such."""
    names = _free_names(columns)
    structured = _structured(line.output)
    values = _ours(line) | {"output": line.output if structured is None else structured}
    return {name: line.data.get(name) for name in columns} | {names[key]: value for key, value in values.items()}


def _json_line(line: BatchLine, columns: Sequence[str], names: dict[str, str]) -> str:
    return orjson.dumps(result_of(line, columns)).decode() + "\n"


def _csv(source: ResultSource, columns: Sequence[str], names: dict[str, str]) -> Iterator[str]:
    fields = _fields(source)
    head = [*columns]
    for name in OURS:
        head.append(names[name])
        if name == "output":
            head += [f"{names[name]}.{field}" for field in fields]
    yield _written(head)
    for line in _lines(source):
        ours = _ours(line)
        cells = [line.data.get(name) for name in columns]
        flat = dict(_flat(_structured(line.output) or {})) if fields else {}
        for name in OURS:
            cells.append(ours[name])
            if name == "output":
                cells += [flat.get(field) for field in fields]
        yield _written(cells)


def _ours(line: BatchLine) -> dict[str, Any]:
    seconds = None
    if line.started_at is not None and line.ended_at is not None:
        seconds = round((line.ended_at - line.started_at).total_seconds(), 3)
    error = f"{line.error} {line.error_hint or ''}".strip() if line.error else None
    values = (
        line.position,
        line.status,
        line.output,
        error,
        line.input_tokens,
        line.output_tokens,
        seconds,
        line.attempts,
        line.run_id,
    )
    return dict(zip(OURS, values, strict=True))


def _free_names(columns: Sequence[str]) -> dict[str, str]:
    """Our columns by names that the dataset does not have: `status`, else `run_status`."""
    taken = set(columns)
    names = {}
    for name in OURS:
        free = name
        while free in taken:
            free = f"run_{free}"
        names[name] = free
        taken.add(free)
    return names


def _fields(source: ResultSource) -> list[str]:
    """Names of all fields of structured outputs, in the order in which they are first met."""
    found: dict[str, None] = {}
    for _position, output in _all(source.outputs, lambda item: item[0]):
        found.update(dict.fromkeys(name for name, _ in _flat(_structured(output) or {})))
        if len(found) > MOST_FIELDS:
            return []
    return list(found)


def _structured(output: str | None) -> dict[str, Any] | None:
    if output is None or not output.startswith("{"):
        return None
    try:
        value = orjson.loads(output)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from _flat(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _lines(source: ResultSource) -> Iterator[BatchLine]:
    return _all(source.lines, lambda line: line.position)


def _all(part: Callable[[int, int], list[Item]], position: Callable[[Item], int]) -> Iterator[Item]:
    after = 0
    while some := part(after, AT_ONCE):
        yield from some
        after = position(some[-1])


def _written(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else value
    return orjson.dumps(value).decode()
