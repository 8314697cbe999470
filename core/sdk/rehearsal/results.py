"""Puts tool results into words: objects as facts, lists as bullets, long texts cut."""

from typing import Any

from core.sdk.rehearsal.conversation import Call, parsed
from core.sdk.rehearsal.evidence import shorten
from core.sdk.rehearsal.fields import spoken
from core.sdk.rehearsal.words import stem, terms, tokens

TEXT_SHOWN = 1200
ROWS_SHOWN = 5
FIELDS_SHOWN = 12
_HEADS = ("title", "name", "subject", "question", "headline", "label")
_BODIES = ("summary", "snippet", "body", "content", "text", "answer", "description", "excerpt")
_LISTS = ("results", "items", "articles", "hits", "entries", "rows", "matches", "data", "documents")
_WRAPPERS = ("result", "output", "response", "answer", "message", "text", "value")


def told(call: Call, request: str = "") -> str:
    """The content of a result, ready to stand in an answer: what the request asks about comes first."""
    text = (call.output or "").strip()
    value = parsed(text)
    if value is None:
        return _told_text(text, call.size)
    return _told_value(value, frozenset(term.stem for term in terms(request) if term.weight == 1.0))


def points_of(call: Call) -> list[str]:
    """The content of a result as points: a row each, or the whole as one."""
    value = parsed(call.output or "")
    rows = value if isinstance(value, list) else _rows_in(value) if isinstance(value, dict) else None
    if rows:
        return [_row(row, frozenset()) for row in rows[:ROWS_SHOWN]]
    return [f"{title_of(call.name).capitalize()}: {brief_of(call)}"]


def brief_of(call: Call, limit: int = 240) -> str:
    """The content of a result in one line."""
    return shorten(told(call).replace("\n", " "), limit)


def error_of(call: Call) -> str:
    """What a failed or refused call said, in one line without a closing period."""
    value = parsed(call.output or "")
    text = value.get("error") if isinstance(value, dict) else call.output
    if isinstance(text, dict):
        text = text.get("message") or text
    return shorten(str(text or "no reason given"), 300).rstrip(". ")


def title_of(name: str) -> str:
    """A tool's name as a person says it."""
    return spoken(name)


def _told_text(text: str, size: int) -> str:
    if max(size, len(text)) <= TEXT_SHOWN:
        return text
    start = text[:TEXT_SHOWN].rsplit(" ", 1)[0]
    return f"{start} … (cut: the whole result has {max(size, len(text)):,} characters)"


def _told_value(value: Any, asked: frozenset[str]) -> str:
    if isinstance(value, dict):
        if len(value) == 1 and (key := next(iter(value))) in _WRAPPERS and isinstance(value[key], str):
            return _told_text(value[key].strip(), len(value[key]))
        rows = _rows_in(value)
        return _told_list(rows, asked) if rows else _told_object(value, asked)
    if isinstance(value, list):
        return _told_list(value, asked)
    return _told_text(str(value), len(str(value)))


def _rows_in(value: dict[str, Any]) -> list[Any]:
    return next((value[key] for key in _LISTS if isinstance(value.get(key), list)), [])


def _told_object(value: dict[str, Any], asked: frozenset[str]) -> str:
    said = [(str(key), inner) for key, inner in value.items() if inner not in (None, "", [], {})]
    said.sort(key=lambda pair: not asked & {stem(word) for word in tokens(f"{pair[0]} {pair[1]!s:.200}")})
    shown = [f"{spoken(key)} {_scalar(inner)}" for key, inner in said]
    more = f", and {len(shown) - FIELDS_SHOWN} more" if len(shown) > FIELDS_SHOWN else ""
    return ", ".join(shown[:FIELDS_SHOWN]) + more


def _told_list(value: list[Any], asked: frozenset[str]) -> str:
    """Rows as bullets, those with the words of the request first."""
    rows = sorted(value[:50], key=lambda row: -len(asked & {stem(word) for word in tokens(str(row)[:2000])}))
    lines = [f"- {_row(row, asked)}" for row in rows[:ROWS_SHOWN]]
    if len(value) > ROWS_SHOWN:
        lines.append(f"- and {len(value) - ROWS_SHOWN} more")
    return "\n".join(lines)


def _row(row: Any, asked: frozenset[str]) -> str:
    if not isinstance(row, dict):
        return _scalar(row)
    head = next((str(row[key]) for key in _HEADS if row.get(key)), "")
    body = next((str(row[key]) for key in _BODIES if row.get(key)), "")
    if head and body:
        return f"{shorten(head, 120)}: {shorten(body, 320)}"
    return shorten(_told_object(row, asked), 320)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"({_told_object(value, frozenset())})"
    if isinstance(value, list):
        return "; ".join(_scalar(inner) for inner in value[:ROWS_SHOWN])
    return shorten(f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value), 240)
