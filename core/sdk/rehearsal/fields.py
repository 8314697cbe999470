"""What a schema's property is about, told by its name, its description and its format."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.sdk.rehearsal.concepts import word_set
from core.sdk.rehearsal.words import about, plain_tokens, tokens

Kind = Literal[
    "id", "amount", "count", "email", "url", "phone", "date", "time", "name", "place", "language", "currency",
    "text", "title", "reason", "unknown",
]  # fmt: skip

ID_NOUNS = word_set(
    "order invoice ticket account booking case transaction payment shipment parcel tracking reservation customer "
    "user product item sku subscription bestellung rechnung commande pedido factura incident job run server device"
)
_ID_WORDS = word_set("id ids identifier number numbers no nr nummer code ref reference key uuid guid")
_RECIPIENTS = word_set("to cc bcc recipient recipients from sender")
_COUNT_WORDS = word_set(
    "count quantity qty limit top k n size page max min maximum minimum results offset retries days hours minutes "
    "times nights people guests passengers age year depth number level rating score stars"
)
_TEXT_WORDS = word_set(
    "query question q search keywords keyword description message text content body details detail issue problem "
    "input prompt request topic note notes comment complaint instructions instruction task goal article draft "
    "document essay context symptom symptoms error log logs passage sentence expression"
)
_TITLE_WORDS = word_set("title subject headline summary")
_PLACE_WORDS = word_set("city location place country address destination origin region town state from to airport")
_KINDS_BY_WORD: dict[str, Kind] = {
    "email": "email", "mail": "email", "url": "url", "uri": "url", "link": "url", "website": "url",
    "phone": "phone", "telephone": "phone", "mobile": "phone", "date": "date", "day": "date", "deadline": "date",
    "since": "date", "until": "date", "time": "time", "language": "language", "lang": "language",
    "currency": "currency", "reason": "reason", "justification": "reason", "name": "name",
}  # fmt: skip
_KINDS_BY_FORMAT: dict[str, Kind] = {
    "email": "email", "idn-email": "email", "uri": "url", "url": "url", "date": "date", "date-time": "date",
    "time": "time", "uuid": "id",
}  # fmt: skip
NEEDED_KINDS = frozenset({"id", "amount", "email", "phone", "date", "place", "name"})
"""Kinds that only the conversation can tell: never made up for a tool call."""


@dataclass(frozen=True, slots=True)
class Field:
    """A property (or the whole value, with an empty name) that is to be filled."""

    name: str
    kind: Kind
    schema: dict[str, Any] = field(default_factory=dict)
    nouns: frozenset[str] = frozenset()
    """What an id belongs to: `order` of `order_id`."""

    @property
    def label(self) -> str:
        """The name as a person says it."""
        return spoken(self.name)


def read_field(name: str, schema: dict[str, Any], type_name: str, hint: str = "") -> Field:
    """The field of that name; `hint` says what the whole is about, for a bare `id` or `number`."""
    kind = _kind(name, schema, type_name)
    if type_name == "string" and name.lower() in _RECIPIENTS and "message" in about(hint):
        kind = "email"
    nouns = frozenset(word for word in tokens(name) if word not in _ID_WORDS and len(word) > 1)
    if not nouns:
        nouns = frozenset(word for word in tokens(hint) if word in ID_NOUNS)
    return Field(name, kind, schema, nouns)


def spoken(name: str) -> str:
    """`order_id` → `order id`, `customerEmail` → `customer email`."""
    return " ".join(plain_tokens(name)) or name


def _kind(name: str, schema: dict[str, Any], type_name: str) -> Kind:
    words = tokens(name)
    last = words[-1] if words else ""
    if (by_format := _KINDS_BY_FORMAT.get(str(schema.get("format")))) and type_name == "string":
        return by_format
    if type_name in {"number", "integer"}:
        return _number_kind(words, last)
    if type_name != "string":
        return "unknown"
    return _string_kind(words, last)


def _number_kind(words: Sequence[str], last: str) -> Kind:
    if "amount" in about(" ".join(words)):
        return "amount"
    if last in {"id", "no", "nr", "code"} or (last == "number" and len(words) > 1 and words[0] in ID_NOUNS):
        return "id"
    if last in ID_NOUNS:
        return "id"
    return "count" if set(words) & _COUNT_WORDS else "unknown"


def _string_kind(words: Sequence[str], last: str) -> Kind:
    if "phone" in words or "telephone" in words:
        return "phone"
    if last in _KINDS_BY_WORD:
        named_thing = (
            last == "name" and len(words) > 1 and words[0] in {"file", "tool", "service", "product", "table"}
        )
        return "unknown" if named_thing else _KINDS_BY_WORD[last]
    if last in _ID_WORDS or last in ID_NOUNS:
        return "name" if last in {"customer", "user"} else "id"
    if last in _TITLE_WORDS:
        return "title"
    if set(words) & _TEXT_WORDS:
        return "text"
    if last in _PLACE_WORDS:
        return "place"
    return "amount" if "amount" in about(last) else "unknown"
