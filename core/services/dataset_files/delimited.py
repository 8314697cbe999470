"""Cells with delimiters between them: CSV and what spreadsheets copy."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from core.errors import InvalidInputError
from core.services.dataset_files.lines import Line

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ONE_COLUMN = "\x1f"
"""In the place of a delimiter when each record is one cell."""
LONGEST_CELL = 10_000_000
LONGEST_NAME = 60
_SAID = re.compile(r"\ufeff?sep=(.)")
"""The first line with which Excel is told the delimiter."""


def found_delimiter(sample: str) -> str:
    """The delimiter with which most records have as many cells as the first one."""
    if said := _SAID.fullmatch(sample.partition("\n")[0].rstrip("\r")):
        return said[1]
    best, best_score = ONE_COLUMN, (0.0, 0)
    for delimiter in DELIMITERS:
        sizes = [len(cells) for cells in _sampled(sample, delimiter)]
        if sizes and sizes[0] > 1:
            score = (sizes.count(sizes[0]) / len(sizes), sizes[0])
            best, best_score = (delimiter, score) if score > best_score else (best, best_score)
    return best


def looks_like_table(sample: str) -> bool:
    """Whether a text is a table with names in its first line, and not just lines that contain commas."""
    records = _sampled(sample, found_delimiter(sample))
    if len(records) < 2 or len(records[0]) < 2:
        return False
    names = [cell.strip() for cell in records[0]]
    named = all(name and len(name) <= LONGEST_NAME and name[-1] not in ".?!" for name in names)
    return named and len(set(names)) == len(names) and all(len(record) == len(names) for record in records)


def records(text: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers, from 1, and cells; quoted cells may contain line breaks. Raises InvalidInputError where
    quotes do not match."""
    _allow_long_cells()
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    first = 1
    try:
        for cells in reader:
            if first > 1 or not _SAID.fullmatch(delimiter.join(cells)):
                yield first, cells
            first = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInputError(
            f"The table cannot be read from line {first} on: {error}.",
            hint='Check the quotes there: a cell that begins with " also ends with it; inside of it, write "".',
        ) from error


def read_delimited(text: TextIO, delimiter: str, *, columns: Sequence[str], header: bool) -> Iterator[Line]:
    """The rows of a table; with `header` its first record has the names of the columns."""
    found = records(text, delimiter)
    if header:
        next(found, None)
    for line, cells in found:
        yield _row(line, cells, columns)


def column_names(cells: Sequence[str]) -> list[str]:
    """Names that differ and can be used in a template, from a header."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        # A byte order mark may stand in front of a text that was put together from several.
        plain = " ".join(cell.replace("\ufeff", "").replace("{", "(").replace("}", ")").split())
        name = plain or f"column {number}"
        copies = 2
        while name in names:
            name = f"{plain or f'column {number}'} {copies}"
            copies += 1
        names.append(name)
    return names


def numbered_names(count: int) -> list[str]:
    """Names for a table that has none."""
    return ["input"] if count == 1 else [f"column {number}" for number in range(1, count + 1)]


def _row(line: int, cells: list[str], names: Sequence[str]) -> Line:
    if not any(cell.strip() for cell in cells):
        return Line(line)
    wanted = len(names)
    if any(cell.strip() for cell in cells[wanted:]):
        return Line(line, problem=f"has {len(cells)} cells, and there are {wanted} columns", left_out=True)
    data = dict(zip(names, [*cells[:wanted], *[""] * (wanted - len(cells))], strict=True))
    missing = f"has {len(cells)} cells; the missing ones are taken as empty" if len(cells) < wanted else ""
    return Line(line, data, problem=missing)


def _sampled(sample: str, delimiter: str) -> list[list[str]]:
    """The records of a sample, whose last one may be cut off."""
    found = []
    try:
        found = [
            cells for _, cells in records(io.StringIO(sample, newline=""), delimiter) if "".join(cells).strip()
        ]
    except InvalidInputError:
        lines = sample.splitlines()
        return _sampled("\n".join(lines[: len(lines) // 2]), delimiter) if len(lines) > 1 else []
    return found


def _allow_long_cells() -> None:
    # For the whole process: the module knows no other way.
    if csv.field_size_limit() < LONGEST_CELL:
        csv.field_size_limit(LONGEST_CELL)
