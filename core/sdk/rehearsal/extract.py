"""Finds values in free text: identifiers, amounts, e-mails, dates, quoted passages, names, places."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from core.sdk.rehearsal.concepts import ACTION_VERBS, STOP_WORDS, WEAK_WORDS, word_set
from core.sdk.rehearsal.fields import ID_NOUNS

TEXT_LIMIT = 8_000

_QUOTED = re.compile(r"[\"“„«]([^\"”“«»]{1,400})[\"”“»]|(?<!\w)'([^'\n]{2,400})'(?!\w)|`([^`]{1,400})`")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_URL = re.compile(r"https?://[^\s<>\"'）)\]]{1,500}")
_PHONE = re.compile(r"\+\d[\d ()/-]{6,18}\d|\b0\d{2,4}[ /-]\d{3,9}(?:[ -]\d{2,6})?\b")
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_IDENTIFIER = re.compile(
    rf"\b{_UUID}\b|\b[A-Za-z]{{1,10}}[-_]\d[\w-]{{0,30}}\b|\b[A-Z]{{1,6}}\d{{2,20}}\b|\b[A-Z]{{2,8}}-[A-Z0-9-]*\d[A-Z0-9-]*\b"
    r"|#\s?(\w{1,30}\b)|(?<![\w.,$€£¥:/-])\d{3,20}(?![\w:/]|[.,]\d|\s?(?:[$€£¥%]|USD|EUR|GBP|dollars?|euros?))"
)
_NUMBERED = re.compile(
    r"\b([^\W\d_]{3,20})\s+(?:(?:number|no\.?|nr\.?|id|code|is)\s*:?\s*){0,2}#?(\d{1,20})\b"
    r"(?![.,]\d|[:/]\d|\s?[$€£¥%]|\s+(?:pieces?|items?|units?|copies|boxes|packs?|times|x)\b)"
)
_NO_NOUNS = STOP_WORDS | WEAK_WORDS | ACTION_VERBS | word_set("plus minus times divided between than least most")
_CURRENCY = r"(?:[$€£¥]|USD|EUR|GBP|CHF|dollars?|euros?|pounds?|bucks?)"
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,4})?"
_AMOUNT = re.compile(
    rf"{_CURRENCY}\s?({_NUMBER})(?![\w-])|(?<![\w.-])({_NUMBER})\s?{_CURRENCY}(?!\w)"
    rf"|\b(?:amount|total|sum|price|costs?|betrag|montant|importe)\s*(?:of|is|was|:|=|von|de)?\s*({_NUMBER})(?![\w-])",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"(?<![\w.,#/-])-?\d{1,15}(?:\.\d{1,6})?(?![\w/-]|[.,]\d)")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "(" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS) + r")\.?"
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}\b(?:,?\s+(\d{{4}}))?", re.IGNORECASE
)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(today|tomorrow|yesterday)\b", re.IGNORECASE)
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})(?:\s?([ap]m))?\b|\b(\d{1,2})\s?([ap]m)\b", re.IGNORECASE)
_NAMED = re.compile(
    r"(?i:my name is|my name's|i am called|call me|this is|ich heiße|mein name ist|je m'appelle|me llamo)"
    r"\s+([^\W\d_][\w'’-]*(?:\s+[A-ZÄÖÜÉ][\w'’-]*){0,2})"
)
_I_AM = re.compile(r"\b(?:I am|I'm|I’m)\s+([A-ZÄÖÜÉ][\w'’-]+(?:\s+[A-ZÄÖÜÉ][\w'’-]+)?)")
_PLACE = re.compile(
    r"\b(in|from|to|at|for|near|of|nach|aus|à|en|de)\s+((?:[A-ZÄÖÜÉ][\w'’.-]+)(?:\s+(?:[A-ZÄÖÜÉ][\w'’-]+))*)"
)
_NOT_PLACES = frozenset(
    {*_MONTHS, "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "i"}
)
_REASON = re.compile(
    r"\b(?:because(?: of)?|since(?= \w+ \w+ \w+)|due to|as it|reason is|weil|parce que|porque)\s+"
    r"([^.!?\n]{3,300})",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[;\n]|(?<=[.!?])\s+")
_ASKS = re.compile(
    r"\?|\b(?:please|kindly|refund|i (?:want|need|would)|i['’]d|can|could|would|bitte|möchte|give me)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id as it stands in the text, the words just before it, and whether it looks like nothing but a number."""

    value: str
    before: tuple[str, ...]
    bare: bool


@lru_cache(maxsize=256)
def identifiers(text: str) -> tuple[Identifier, ...]:
    """Order numbers, ticket ids and the like, in the order they stand."""
    text = text[:TEXT_LIMIT]
    blocked = [
        found.span() for pattern in (_URL, _EMAIL, _PHONE, _ISO_DATE, _AMOUNT) for found in pattern.finditer(text)
    ]
    spots: dict[int, Identifier] = {}
    for found in _IDENTIFIER.finditer(text):
        if not _inside(found.start(), blocked):
            value = found[1] or found[0]
            spots[found.end()] = Identifier(value, _words_before(text, found.start()), value.isdigit())
    for found in _NUMBERED.finditer(text):
        named = found[1].lower() in ID_NOUNS or found[1].lower() not in _NO_NOUNS
        if named and not _inside(found.start(2), blocked) and found.end() not in spots:
            spots[found.end()] = Identifier(found[2], _words_before(text, found.start(2)), True)
    return tuple(spots[end] for end in sorted(spots))


def amounts(text: str) -> list[float]:
    """Sums of money."""
    found = _AMOUNT.finditer(text[:TEXT_LIMIT])
    return [_number(match[1] or match[2] or match[3]) for match in found]


def numbers(text: str) -> list[float]:
    """Plain numbers that are no part of an id, a date or a word."""
    return [float(found[0]) for found in _PLAIN_NUMBER.finditer(text[:TEXT_LIMIT])]


def emails(text: str) -> list[str]:
    return _EMAIL.findall(text[:TEXT_LIMIT])


def urls(text: str) -> list[str]:
    return [url.rstrip(".,;:!?") for url in _URL.findall(text[:TEXT_LIMIT])]


def phones(text: str) -> list[str]:
    text = _ISO_DATE.sub(" ", text[:TEXT_LIMIT])
    return [found[0] for found in _PHONE.finditer(text)]


def quoted(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [found[1] or found[2] or found[3] for found in _QUOTED.finditer(text[:TEXT_LIMIT])]


def dates(text: str) -> list[str]:
    """Dates as ISO dates; those without a year are of this year."""
    text = text[:TEXT_LIMIT]
    found = [(match.start(), "-".join(match.groups()[:3])) for match in _ISO_DATE.finditer(text)]
    found += [(match.start(), _iso(match[1], match[2], match[3])) for match in _DAY_MONTH.finditer(text)]
    found += [(match.start(), _iso(match[2], match[1], match[3])) for match in _MONTH_DAY.finditer(text)]
    for match in _RELATIVE.finditer(text):
        days = {"today": 0, "tomorrow": 1, "yesterday": -1}[match[1].lower()]
        found.append((match.start(), (date.today() + timedelta(days=days)).isoformat()))
    return [value for _, value in sorted(found) if _is_date(value)]


def times(text: str) -> list[str]:
    """Times of day as HH:MM."""
    result = []
    for found in _TIME.finditer(text[:TEXT_LIMIT]):
        hour, minute = int(found[1] or found[4]), found[2] or "00"
        half = (found[3] or found[5] or "").lower()
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        if hour < 24 and int(minute) < 60:
            result.append(f"{hour:02d}:{minute}")
    return result


def person_name(text: str) -> str | None:
    """The name somebody gives as theirs."""
    found = _NAMED.search(text[:TEXT_LIMIT]) or _I_AM.search(text[:TEXT_LIMIT])
    return found[1].strip() if found else None


def places(text: str, prepositions: tuple[str, ...] = ()) -> list[str]:
    """Names in capitals after a preposition."""
    found = [(match[1].lower(), match[2].rstrip(".'’-")) for match in _PLACE.finditer(text[:TEXT_LIMIT])]
    return [
        place
        for preposition, place in found
        if (not prepositions or preposition in prepositions)
        and place.lower() not in _NOT_PLACES
        and not any(character.isdigit() for character in place)
    ]


def reason(text: str) -> str | None:
    """Why something is asked for: what follows a `because`, else a clause of its own that asks for nothing."""
    found = _REASON.search(text[:TEXT_LIMIT])
    if found:
        return found[1].strip()
    clauses = [clause for clause in _CLAUSES.split(text[:TEXT_LIMIT]) if clause.strip()]
    told = [clause.strip(" .!") for clause in clauses if len(clause.split()) > 2 and not _ASKS.search(clause)]
    return told[0] if told and len(clauses) > 1 else None


def labelled(text: str, label: str) -> str | None:
    """The value that a label gives: `colour: red`, `priority is high`, `service payments-api`, `name = "Ada"`."""
    words = r"[\s_-]*".join(re.escape(word) for word in label.split())
    value = r"(?:\"([^\"]{1,200})\"|'([^']{1,200})'|([\w@./+-]{1,100}))"
    for joint in (r"\s*(?::|=)\s*", r"\s+(?:is|was|named|called|ist|heißt|est|es)\s+", r"\s+(?=[\"'])"):
        found = re.search(rf"\b{words}{joint}{value}", text[:TEXT_LIMIT], re.IGNORECASE)
        if found:
            return (found[1] or found[2] or found[3]).rstrip(".,;:!?")
    return None


def _words_before(text: str, end: int) -> tuple[str, ...]:
    clause = re.split(r"[,;.!?](?:\s|$)|\band\b|\bund\b|\bfor\b", text[max(0, end - 60) : end])[-1]
    return tuple(word.lower() for word in re.findall(r"[^\W\d_]+", clause)[-4:])


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _number(text: str) -> float:
    text = text.replace("'", "").replace(" ", "")
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        return float(re.sub(r"[.,]", "", text[:decimal]) + "." + text[decimal + 1 :])
    whole, _, fraction = text.replace(",", ".").rpartition(".")
    if not whole:
        return float(fraction)
    thousands = len(fraction) == 3 or "." in whole
    return float(whole.replace(".", "") + ("" if thousands else ".") + fraction)


def _iso(day: str, month: str, year: str | None) -> str:
    number = next(index for index, name in enumerate(_MONTHS, 1) if name.startswith(month.lower()[:3]))
    return f"{int(year) if year else date.today().year:04d}-{number:02d}-{int(day):02d}"


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
