"""What the conversation says about a field: the value, from the nearest place that tells it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.sdk.rehearsal import extract
from core.sdk.rehearsal.concepts import word_set
from core.sdk.rehearsal.conversation import Conversation, Turn, parsed
from core.sdk.rehearsal.fields import ID_NOUNS, Field
from core.sdk.rehearsal.words import about, content_words, stem, terms, tokens

FACT_LIMIT = 400
"""Scalars that are read of one tool result."""

_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|dear \w+|please|kindly|ok(?:ay)?|so|and|now)\b[\s,!.:]*"
    r"|(?:can|could|would|will) you (?:please )?|i(?:'d| would) like (?:you )?to |i (?:want|need) (?:you )?to "
    r"|(?:open|create|file|raise|submit|make) (?:me )?an? (?:new )?(?:\w+ )?(?:ticket|case)\b"
    r"[\s,:]*(?:for|about|that|because|saying)?\s*)+",
    re.IGNORECASE,
)
_URGENCIES = word_set("priority severity urgency impact")
_SUBJECT = re.compile(
    r"^(?:write|draft|prepare|compose|create|make|research|find out|tell me)\b"
    r"[^.?!\n]{0,60}?\b(?:about|on)\s+([^.?!\n]{3,200})",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\b(?:saying|that says|which says|telling (?:him|her|them))\b\s*(?:that\b|:)?\s*(.{3,2000})", re.I | re.DOTALL
)
_DRAFTS = word_set("text draft document article content essay passage")
_CURRENCIES = {"$": "USD", "dollar": "USD", "€": "EUR", "euro": "EUR", "£": "GBP", "pound": "GBP", "¥": "JPY"}
_LANGUAGES = word_set(
    "spanish french german italian portuguese english chinese japanese korean dutch polish russian arabic hindi"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A scalar of a JSON value and the words of the keys that lead to it."""

    path: tuple[str, ...]
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Source:
    """One place to look in: a text, or facts."""

    text: str = ""
    facts: tuple[Fact, ...] = ()
    by_user: bool = False


@dataclass(slots=True)
class Evidence:
    """The places in the order they are believed: what is asked now, what tools just said, what was earlier."""

    request: str
    sources: tuple[Source, ...]
    draft: str = ""
    """What an agent wrote last in this turn: the text that a reviewer's tools are about."""
    from_user: frozenset[str] = frozenset()
    """Words of fields that only the user may give, as the instructions say to ask for them."""
    used: set[str] = field(default_factory=set)
    """Ids that a field has taken: a second field does not get the same one."""

    def find(self, wanted: Field) -> Any:
        """The value the conversation gives for the field, or None."""
        if self.draft and wanted.kind == "text" and _DRAFTS & set(tokens(wanted.name)):
            return self.draft
        asked_of_user = bool(self.from_user & set(tokens(wanted.name)))
        for source in self.sources:
            if asked_of_user and not source.by_user:
                continue
            value = self._in_text(wanted, source.text) if source.text else _in_facts(wanted, source.facts)
            if value is not None:
                return value
        return None

    def all(self, wanted: Field) -> list[Any]:
        """All values the request gives for a field that is a list."""
        match wanted.kind:
            case "id":
                return [found.value for found in extract.identifiers(self.request) if _rank(found, wanted) > 0]
            case "email":
                return extract.emails(self.request)
            case "url":
                return extract.urls(self.request)
            case "date":
                return extract.dates(self.request)
            case "place":
                return extract.places(self.request)
        return extract.quoted(self.request) or _listed(self.request, wanted.label)

    def _in_text(self, wanted: Field, text: str) -> Any:
        now = text == self.request
        match wanted.kind:
            case "id":
                return self._identifier(wanted, text)
            case "amount":
                return _amount(text)
            case "count" | "unknown" if wanted.schema.get("type") in ("integer", "number"):
                return self._count(wanted, text) if now else None
            case "text" | "title" | "reason":
                return _passage(wanted, text) if now else None
            case "unknown":
                found = extract.labelled(text, wanted.label) or _urgency(wanted, text)
                return found or _assigned(wanted, text) or _qualified(wanted, text)
        return _by_kind(wanted, text)

    def _identifier(self, wanted: Field, text: str) -> str | None:
        labelled = extract.labelled(text, wanted.label)
        ranked = [(_rank(found, wanted), -index, found) for index, found in enumerate(extract.identifiers(text))]
        ranked = [entry for entry in ranked if entry[0] > 1 or entry[2].value not in self.used]
        rank, _, best = max(ranked, default=(0, 0, None), key=lambda entry: entry[:2])
        if labelled and any(character.isdigit() for character in labelled) and rank < 3:
            return labelled.lstrip("#")
        if best is None or rank <= 0:
            return None
        self.used.add(best.value)
        return best.value

    def _count(self, wanted: Field, text: str) -> float | None:
        """The number that stands by the field's word, else the first number that nothing else has taken."""
        for word in (word for word in tokens(wanted.name) if len(word) > 2):
            base = re.escape(stem(word))
            pattern = rf"(\d{{1,9}}(?:\.\d{{1,4}})?)\s+{base}\w*|\b{base}\w*\s*(?:of|is|:|=)?\s*(\d{{1,9}})"
            if found := re.search(pattern, text, re.IGNORECASE):
                return float(found[1] or found[2])
        taken = {identifier.value for identifier in extract.identifiers(text)} | self.used
        money = set(extract.amounts(text))
        free = [number for number in extract.numbers(text) if f"{number:g}" not in taken and number not in money]
        self.used |= {f"{free[0]:g}"} if free else set()
        return free[0] if free else None


def gather(conversation: Conversation) -> Evidence:
    """The evidence of a conversation."""
    now = conversation.now
    sources = _of_user(now)
    sources += list(_of_turn(now))
    for turn in reversed(conversation.before):
        sources += [*_of_user(turn), *_of_turn(turn)]
    found = tuple(source for source in sources if source.text or source.facts)
    return Evidence(now.request, found, draft=now.texts[-1] if now.texts else "")


def plain_request(text: str) -> str:
    """The request without the politeness in front of it."""
    return _POLITE.sub("", text.strip()).strip() or text.strip()


def flatten(value: Any, path: tuple[str, ...] = ()) -> Iterator[Fact]:
    """The scalars of a JSON value with the words of their keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, (*path, *tokens(str(key))))
    elif isinstance(value, list):
        for inner in value[:50]:
            yield from flatten(inner, path)
    elif isinstance(value, str | int | float | bool):
        yield Fact(path, value)


def _of_user(turn: Turn) -> list[Source]:
    facts = tuple(_facts_of_text(turn.request))
    return [Source(text=turn.request, by_user=True), Source(facts=facts, by_user=True)]


def _of_turn(turn: Turn) -> Iterator[Source]:
    for call in reversed(turn.calls):
        if call.output and call.outcome in {"ok", "empty"} and not call.handed_to:
            facts = tuple(_facts_of_text(call.output, tuple(tokens(call.name))))
            yield Source(facts=facts) if facts else Source(text=call.output)
        yield Source(facts=tuple(flatten(call.arguments)))
    for text in reversed(turn.texts):
        yield Source(text=text)


def _facts_of_text(text: str, path: tuple[str, ...] = ()) -> list[Fact]:
    value = parsed(text)
    if not isinstance(value, dict | list):
        return []
    return [fact for fact, _ in zip(flatten(value, path), range(FACT_LIMIT), strict=False)]


def _in_facts(wanted: Field, facts: tuple[Fact, ...]) -> Any:
    ranked = [(_fact_rank(wanted, fact), -index, fact.value) for index, fact in enumerate(facts)]
    rank, _, value = max(ranked, default=(0, 0, None), key=lambda entry: entry[:2])
    return value if rank else None


def _fact_rank(wanted: Field, fact: Fact) -> int:
    if wanted.kind in {"text", "title"} or not fact.path:
        return 0
    name, path = [stem(word) for word in tokens(wanted.name)], [stem(word) for word in fact.path]
    if not name:
        return 0
    if path[-len(name) :] == name:
        return 3
    if wanted.kind == "amount" and isinstance(fact.value, int | float) and not isinstance(fact.value, bool):
        return 2 if "amount" in about(fact.path[-1]) else 0
    bare_id = fact.path[-1] in {"id", "number", "no", "reference"} or stem(fact.path[-1]) in set(
        map(stem, wanted.nouns)
    )
    return 2 if wanted.kind == "id" and bare_id and {stem(noun) for noun in wanted.nouns} & set(path) else 0


def _rank(found: extract.Identifier, wanted: Field) -> int:
    """3: it is called what we look for; 2: its letters say so; 1: nothing speaks against it; 0: something else."""
    nouns = {stem(noun) for noun in wanted.nouns}
    meant = about(" ".join(wanted.nouns))
    before = {stem(word) for word in found.before}
    if before & nouns or (meant and meant & about(" ".join(found.before)) & {"order", "ticket", "account"}):
        return 3
    letters = re.match(r"[A-Za-z]{2,}", found.value)
    if letters and any(noun.startswith(letters[0].lower()[:3]) for noun in wanted.nouns):
        return 2
    foreign = {stem(noun) for noun in ID_NOUNS} & before
    if foreign or (letters and any(noun.startswith(letters[0].lower()) for noun in ID_NOUNS)):
        return 0
    return 1


def _amount(text: str) -> float | None:
    if found := extract.amounts(text):
        return found[0]
    taken = {identifier.value for identifier in extract.identifiers(text)}
    plain = [number for number in extract.numbers(text) if f"{number:g}" not in taken]
    return plain[0] if plain else None


def _passage(wanted: Field, text: str) -> str | None:
    subject = _SUBJECT.match(plain_request(text))
    if subject and set(tokens(wanted.name)) & {"query", "q", "keywords", "topic", "subject"}:
        return subject[1].strip(" .?!")
    if wanted.kind == "reason":
        return extract.reason(text) or (None if "default" in wanted.schema else plain_request(text)) or None
    labelled = extract.labelled(text, wanted.label)
    quoted = extract.quoted(text)
    if (saying := _SAYING.search(text)) and wanted.kind == "text":
        return saying[1].strip()
    if wanted.kind == "title":
        return (quoted or [labelled or _heading(text)])[0] or None
    if (
        quoted
        and len(quoted[0].split()) > 1
        and set(tokens(wanted.name)) & {"text", "content", "message", "passage"}
    ):
        return quoted[0]
    return plain_request(text) or None


def _heading(text: str) -> str:
    return shorten(plain_request(text).splitlines()[0], 70).rstrip(".") if text.strip() else ""


def _by_kind(wanted: Field, text: str) -> Any:
    prepositions = ("from",) if {"origin", "from"} & set(tokens(wanted.name)) else ()
    prepositions = ("to",) if {"destination", "to"} & set(tokens(wanted.name)) else prepositions
    match wanted.kind:
        case "email":
            found = extract.emails(text)
        case "url":
            found = extract.urls(text)
        case "phone":
            found = extract.phones(text)
        case "date":
            found = _date_values(wanted, text)
        case "time":
            found = extract.times(text)
        case "name":
            found = [name for name in (extract.person_name(text), extract.labelled(text, wanted.label)) if name]
        case "place":
            found = extract.places(text, prepositions) or [*filter(None, [extract.labelled(text, wanted.label)])]
        case "language":
            found = [word.capitalize() for word in tokens(text) if word in _LANGUAGES]
        case "currency":
            found = [code for sign, code in _CURRENCIES.items() if sign in text.lower()]
            found += re.findall(r"\b(?:USD|EUR|GBP|CHF|JPY)\b", text)
        case _:
            found = []
    return found[0] if found else None


def _date_values(wanted: Field, text: str) -> list[str]:
    days = extract.dates(text)
    if wanted.schema.get("format") != "date-time":
        return days
    moments = extract.times(text)
    return [f"{day}T{moments[0] if moments else '09:00'}:00Z" for day in days]


def _qualified(wanted: Field, text: str) -> str | None:
    """`the payments service` for `service`, `in the billing department` for `department`."""
    noun = re.escape(tokens(wanted.name)[-1]) if tokens(wanted.name) else ""
    if len(noun) < 3:
        return None
    found = re.search(rf"\b([\w-]{{3,40}})\s+{noun}\b", text[: extract.TEXT_LIMIT], re.IGNORECASE)
    return found[1] if found and content_words(found[1]) else None


def _urgency(wanted: Field, text: str) -> str | None:
    """How urgent somebody says it is, for a free `priority`."""
    if not _URGENCIES & set(tokens(wanted.name)):
        return None
    said = {"low", "normal", "medium", "high", "urgent", "critical"} & set(tokens(text))
    return min(said) if said else "high" if "urgent" in about(text) else None


def _assigned(wanted: Field, text: str) -> str | None:
    """`change my seat to 12A` for `new_seat`: the code that something is to become."""
    noun = re.escape(tokens(wanted.name)[-1]) if tokens(wanted.name) else ""
    if len(noun) < 3:
        return None
    code = r"([\w-]*\d[\w-]*|[A-Z][\w-]+)"
    found = re.search(
        rf"\b(?i:{noun})\b[^.,;\n]{{0,20}}?\b(?:to|as|number|into)\s+{code}", text[: extract.TEXT_LIMIT]
    )
    return found[1] if found else None


def _listed(text: str, label: str) -> list[str]:
    """`tags: red, green and blue` → three values."""
    found = re.search(
        rf"\b{re.escape(label)}s?\s*(?::|=|are|like|such as)\s*([^.!?\n]{{1,300}})", text, re.IGNORECASE
    )
    if not found:
        return []
    return [part.strip() for part in re.split(r",|\band\b|;", found[1]) if part.strip()]


def shorten(text: str, limit: int) -> str:
    """The text in one line, cut at a word so that it has at most `limit` characters."""
    line = " ".join(text[: limit * 4].split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:.-") + "…"


def best_option(options: list[Any], text: str, name: str = "") -> Any:
    """The option of an enum whose words the text means, or None when it means none of them."""
    said = terms(text)
    stems, concepts = {term.stem for term in said}, {concept for term in said for concept in term.concepts}
    scored = []
    for index, option in enumerate(options):
        words = terms(str(option)) or ()
        hits = sum(1.0 if term.stem in stems else 0.6 * bool(term.concepts & concepts) for term in words)
        literal = bool(re.search(rf"(?<!\w){re.escape(str(option))}(?!\w)", text[:8000], re.IGNORECASE))
        scored.append(((2.0 if literal else 0.0) + hits / max(1, len(words)), -index, option))
    score, _, best = max(scored, default=(0, 0, None), key=lambda entry: entry[:2])
    return best if score >= 0.5 else _by_mood(options, concepts, name)


def _by_mood(options: list[Any], concepts: set[str], name: str) -> Any:
    """Urgency and feeling are rarely said in the words of the enum."""
    wishes: Sequence[str] = []
    if _URGENCIES & set(tokens(name)) and "urgent" in concepts:
        wishes = ["urgent", "critical", "highest", "high", "p1"]
    elif {"sentiment", "mood", "tone"} & set(tokens(name)):
        wishes = [mood for mood in ("negative", "positive") if mood in concepts][:1]
    lowered = {str(option).lower(): option for option in options}
    return next((lowered[wish] for wish in wishes if wish in lowered), None)
