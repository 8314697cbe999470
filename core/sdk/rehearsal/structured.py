"""Objects for an output schema: valid, filled from the conversation, with no verdicts by chance."""

import json
import re
from typing import Any

from core.sdk.rehearsal.arguments import Filler
from core.sdk.rehearsal.concepts import word_set
from core.sdk.rehearsal.evidence import best_option, shorten
from core.sdk.rehearsal.fields import Field
from core.sdk.rehearsal.judge import judged
from core.sdk.rehearsal.language import language_of
from core.sdk.rehearsal.revision import holding, revisions, statement_in
from core.sdk.rehearsal.situation import Situation
from core.sdk.rehearsal.words import about, terms, tokens
from core.sdk.rehearsal.works import key_phrases, key_sentences

_WRONG = word_set(
    "trip tripped triggered tripwire violate violates violated violation block blocked flag flagged unsafe "
    "harmful inappropriate break breaks breach breached reject rejected forbidden disallowed match matches"
)
_RIGHT = word_set(
    "safe allowed allow ok okay valid appropriate relevant pass passed passes approved approve acceptable "
    "compliant correct success successful clean fine supported grounded"
)
_REASONS = word_set("reason reasoning explanation rationale justification feedback why comment comments")
_REMARKS = word_set("feedback comment comments remark remarks suggestion suggestions change changes improvements")
_ANSWERS = word_set(
    "answer response reply message output text content result summary body description final report"
)
_WORD_LISTS = word_set("tag tags keyword keywords topic topics label labels entity entities word words category")
_SCORES = word_set("score rating confidence probability quality grade certainty likelihood")
_LISTED = re.compile(
    r"(?:one of|either|as|into|among|categories|options|labels)\b[:\s]+([^.\n]{3,200})", re.IGNORECASE
)


def structured(situation: Situation, text: str) -> str:
    """The final object as JSON. `text` is what a plain answer would have said."""
    schema = situation.schema or {}
    filler = Filler(schema, situation.evidence(), writer=_Writer(situation, text).write)
    value = filler.fill()
    undecided = {path: guess for path, guess in filler.notes.assumed.items() if guess is not None}
    if undecided:
        listed = ", ".join(f"{path} = {guess}" for path, guess in undecided.items())
        remark = f"Nothing in the text decided {listed}; taken for lack of a match."
        value = Filler(schema, situation.evidence(), writer=_Writer(situation, text, remark).write).fill()
    return json.dumps(value, ensure_ascii=False)


class _Writer:
    """Gives the values that an answer knows better than the conversation's raw text."""

    def __init__(self, situation: Situation, text: str, remark: str = "") -> None:
        self.situation = situation
        self.text = text
        self.remark = remark
        self.request = situation.conversation.request
        self.instructions = situation.brief.text

    def write(self, wanted: Field) -> Any:
        kind = wanted.schema.get("type")
        if kind == "boolean":
            return self._verdict(wanted.name)
        if kind == "array":
            return self._items(wanted)
        if kind in {"integer", "number"}:
            return self._score(wanted)
        if "enum" in wanted.schema:
            return self._option(wanted)
        return self._string(wanted) if kind == "string" else None

    def _verdict(self, name: str) -> bool:
        statement = statement_in(self.instructions)
        if statement is not None:
            return holding(statement, self.request).holds
        words = set(tokens(name))
        if words & _RIGHT and self._wants_remarks():
            return revisions(self.request) > 0
        if words & _RIGHT and not words & {"not", "un", "in"}:
            return not judged(self.instructions, self.request).broken
        if words & _WRONG:
            return judged(self.instructions, self.request).broken
        return self._is_about(name)

    def _is_about(self, name: str) -> bool:
        """`is_refund_request`, `urgent`: true when the text is about what the name says."""
        asked = [term for term in terms(name) if term.weight == 1.0]
        said = terms(self.request)
        stems, concepts = {term.stem for term in said}, {concept for term in said for concept in term.concepts}
        concepts |= judged(name, self.request).concepts
        hits = sum(1 for term in asked if term.stem in stems or term.concepts & concepts)
        return bool(asked) and hits * 2 >= len(asked)

    def _string(self, wanted: Field) -> str | None:
        words = set(tokens(wanted.name))
        if words & _REASONS:
            return self._reason()
        if "summary" in words and not self.situation.conversation.results and not self.situation.brief.kind:
            return shorten(self.request, 300)
        if words & _ANSWERS or not words:
            return f"{self.text} {self.remark}".strip()
        if words & {"language", "lang"}:
            return language_of(self.request)
        if words & {"sentiment", "mood"}:
            moods = about(self.request) & {"positive", "negative"}
            return next(iter(sorted(moods, reverse=True)), "neutral")
        if words & {"topic", "subject", "title", "headline"}:
            return self.situation.voice.topic
        if words & {"category", "label", "class", "intent", "department", "type"}:
            return self._category()
        if words & {"question", "query", "request", "input", "problem", "issue"}:
            return self.request or None
        if wanted.kind == "text":
            return self.text
        return None

    def _wants_remarks(self) -> bool:
        """Whether this is a reviewer whose remarks somebody works in: satisfied with what was revised once."""
        properties = (self.situation.schema or {}).get("properties") or {}
        return self.situation.brief.kind == "review" and any(set(tokens(name)) & _REMARKS for name in properties)

    def _reason(self) -> str:
        statement = statement_in(self.instructions)
        if statement is not None:
            return holding(statement, self.request).reason
        if self._judges():
            return judged(self.instructions, self.request).reason
        return f"{shorten(self.text, 400)} {self.remark}".strip()

    def _judges(self) -> bool:
        properties = (self.situation.schema or {}).get("properties") or {}
        return any(set(tokens(name)) & (_WRONG | _RIGHT) or tokens(name)[:1] == ("is",) for name in properties)

    def _category(self) -> str | None:
        found = _LISTED.search(self.instructions)
        options = [part.strip(" '\"()") for part in re.split(r",|\bor\b|\band\b|/", found[1])] if found else []
        options = [option for option in options if 0 < len(option.split()) <= 3]
        fitting = best_option(options, self.request, "category") if options else None
        if fitting is not None:
            return str(fitting)
        concepts = sorted(about(self.request) - {"lookup", "amount", "knowledge", "positive", "negative"})
        return concepts[0] if concepts else "general"

    def _items(self, wanted: Field) -> list[Any] | None:
        if set(tokens(wanted.name)) & _WORD_LISTS:
            return list(key_phrases(self.request, 5))
        found = (
            self.situation.evidence().all(wanted) if wanted.kind in {"id", "email", "url", "date", "place"} else []
        )
        if found or wanted.kind in {"id", "email", "url", "date"}:
            return list(found)
        return list(key_sentences(self.text, 3)) or [shorten(self.text, 200)]

    def _score(self, wanted: Field) -> float | None:
        if not set(tokens(wanted.name)) & _SCORES:
            return None
        low = wanted.schema.get("minimum", wanted.schema.get("exclusiveMinimum", 0))
        high = wanted.schema.get("maximum", wanted.schema.get("exclusiveMaximum"))
        high = high if high is not None else (1 if wanted.schema.get("type") == "number" else 10)
        share = min(1.0, 0.7 + 0.15 * revisions(self.request))
        value = float(low + (high - low) * share)
        return round(value) if wanted.schema.get("type") == "integer" else round(value, 2)

    def _option(self, wanted: Field) -> Any:
        options = [option for option in wanted.schema["enum"] if option is not None]
        return best_option(options, self.request, wanted.name) or best_option(options, self.text, wanted.name)
