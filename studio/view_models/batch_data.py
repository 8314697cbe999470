"""Tables of inputs in words."""

from core.records import DatasetRecord
from core.services.dataset_files import Survey
from studio.view_models.numbers import counted

FORMS = {
    None: "Find out",
    "table": "Table",
    "json lines": "JSON, an object a line",
    "json": "JSON, a list",
    "lines": "An input a line",
}
DELIMITERS = {None: "Find out", ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
ENCODINGS = {
    None: "Find out",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}


def survey_words(found: Survey) -> str:
    """`1,000 rows · table, comma, UTF-8 · 2 empty lines skipped`."""
    parts = [counted(found.rows, "row"), found.manner.words]
    if found.empty:
        parts.append(f"{counted(found.empty, 'empty line')} skipped")
    return " · ".join(parts)


def dataset_words(dataset: DatasetRecord) -> str:
    """`orders.csv · 1,000 rows · 20 Nov 2026 09:00`."""
    return f"{dataset.name} · {counted(dataset.rows, 'row')} · {dataset.created_at:%d %b %Y %H:%M} UTC"
