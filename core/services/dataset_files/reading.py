"""One way into every kind of file: look it through once, say what is in it, then give its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO, Literal

from core.errors import InvalidInputError
from core.services.dataset_files.delimited import (
    DELIMITERS,
    ONE_COLUMN,
    column_names,
    found_delimiter,
    looks_like_table,
    numbered_names,
    read_delimited,
    records,
)
from core.services.dataset_files.json_rows import is_json_object, read_json_array, read_json_lines
from core.services.dataset_files.lines import Line, read_plain_lines
from core.services.dataset_files.text import ENCODINGS, found_encoding, text_of

Form = Literal["table", "json lines", "json", "lines"]
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LOOKED_AT = 65_536
"""Characters from which form and delimiter are told."""
SHOWN_ROWS, SHOWN_PROBLEMS = 20, 20
_FORMS: dict[str, Form] = {
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".jsonl": "json lines",
    ".ndjson": "json lines",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a person wants it to be read; None to find out."""

    form: Form | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool = True
    """Whether the first line of a table has the names of the columns."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one line, or one value of a list; it was left out, or read in a way that should be known."""

    line: int
    message: str
    left_out: bool


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is read."""

    form: Form
    delimiter: str
    encoding: str
    header: bool

    @property
    def words(self) -> str:
        """`table, comma, UTF-8`."""
        parts: list[str] = [self.form]
        if self.form == "table":
            parts.append(DELIMITERS.get(self.delimiter, "one column"))
        return ", ".join([*parts, ENCODINGS.get(self.encoding, self.encoding)])


@dataclass(frozen=True, slots=True)
class Survey:
    """What is in a file."""

    manner: Manner
    columns: list[str]
    rows: int
    empty: int
    """Lines without anything on them."""
    left_out: int
    mended: int
    """Rows whose missing cells were taken as empty."""
    problems: list[Problem]
    """The first ones."""
    renamed: list[str]
    """Columns that had no name of their own, or one that could not be used."""
    sample: list[dict[str, Any]]
    """The first rows."""


def survey(source: BinaryIO, name: str = "", wanted: Wanted | None = None) -> Survey:
    """Look a file through; `name` helps to tell its form. Raises InvalidInputError when nothing of it can be
    used."""
    manner, columns, renamed = _manner(source, name, wanted or Wanted())
    tally = _Tally(dict.fromkeys(columns))
    for line in _lines(source, manner, columns):
        tally.add(line)
    if not tally.rows:
        raise _nothing_in(tally)
    return Survey(
        manner=manner,
        columns=list(tally.columns),
        rows=tally.rows,
        empty=tally.empty,
        left_out=tally.left_out,
        mended=tally.mended,
        problems=tally.problems,
        renamed=renamed,
        sample=tally.sample,
    )


def rows_of(source: BinaryIO, found: Survey) -> Iterator[dict[str, Any]]:
    """The rows of a file that was looked through, one after the other."""
    for line in _lines(source, found.manner, found.columns):
        if line.data is not None:
            yield line.data


@dataclass(slots=True)
class _Tally:
    columns: dict[str, None]
    rows: int = 0
    empty: int = 0
    left_out: int = 0
    mended: int = 0
    problems: list[Problem] = field(default_factory=list)
    sample: list[dict[str, Any]] = field(default_factory=list)

    def add(self, line: Line) -> None:
        if line.problem:
            self.left_out += line.left_out
            self.mended += not line.left_out
            if len(self.problems) < SHOWN_PROBLEMS:
                self.problems.append(Problem(line.number, line.problem, line.left_out))
        if line.data is not None:
            self._add_row(line.data)
        elif not line.problem:
            self.empty += 1

    def _add_row(self, data: dict[str, Any]) -> None:
        self.rows += 1
        self.columns.update(dict.fromkeys(data))
        if self.rows > MOST_ROWS:
            raise InvalidInputError(
                f"There are more than {MOST_ROWS:,} rows.", hint="Split the table into several batches."
            )
        if len(self.columns) > MOST_COLUMNS:
            raise InvalidInputError(
                f"There are more than {MOST_COLUMNS} columns.", hint="Leave out those that are not needed."
            )
        if len(self.sample) < SHOWN_ROWS:
            self.sample.append(data)


def _manner(source: BinaryIO, name: str, wanted: Wanted) -> tuple[Manner, list[str], list[str]]:
    """How it is read; the columns as far as its beginning tells them, and those that were renamed."""
    encoding = wanted.encoding or found_encoding(source)
    with text_of(source, encoding) as text:
        sample = text.read(LOOKED_AT)
    if not sample.strip("\ufeff \t\r\n"):
        raise InvalidInputError("There is nothing in it.", hint="Choose or paste something with at least one row.")
    if "\0" in sample:
        raise InvalidInputError("This is no text.", hint="Choose a CSV or JSONL file, or another encoding.")
    form = wanted.form or _form(name, sample)
    if form != "table":
        return Manner(form, ONE_COLUMN, encoding, header=False), [], []
    manner = Manner(form, wanted.delimiter or found_delimiter(sample), encoding, wanted.header)
    return manner, *_named_columns(source, manner)


def _named_columns(source: BinaryIO, manner: Manner) -> tuple[list[str], list[str]]:
    with text_of(source, manner.encoding) as text:
        for _line, cells in records(text, manner.delimiter):
            if not manner.header:
                return numbered_names(len(cells)), []
            names = column_names(cells)
            given = [cell.replace("\ufeff", "").strip() for cell in cells]
            return names, [new for new, old in zip(names, given, strict=True) if new != old]
    return [], []


def _lines(source: BinaryIO, manner: Manner, columns: list[str]) -> Iterator[Line]:
    with text_of(source, manner.encoding) as text:
        match manner.form:
            case "table":
                yield from read_delimited(text, manner.delimiter, columns=columns, header=manner.header)
            case "json lines":
                yield from read_json_lines(text)
            case "json":
                yield from read_json_array(text)
            case "lines":
                yield from read_plain_lines(text)


def _form(name: str, sample: str) -> Form:
    ending = PurePath(name).suffix.lower()
    if ending in _FORMS:
        return _FORMS[ending]
    begins = sample.lstrip("\ufeff \t\r\n")
    if begins.startswith("["):
        return "json"
    if ending == ".json" or (begins.startswith("{") and is_json_object(begins.splitlines()[0])):
        return "json lines"
    return "table" if looks_like_table(sample) else "lines"


def _nothing_in(tally: _Tally) -> InvalidInputError:
    if tally.problems:
        first = tally.problems[0]
        return InvalidInputError(
            f"None of its rows can be used. Line {first.line} {first.message}.",
            hint="Mend it, or choose how it is to be read.",
        )
    return InvalidInputError(
        "There are names of columns and no rows.", hint="Add rows, or say that the first line is a row already."
    )
