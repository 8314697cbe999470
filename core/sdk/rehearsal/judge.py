"""Whether a text breaks a rule that is given in words: clearly, or not at all."""

import re
from dataclasses import dataclass

from core.sdk.rehearsal import extract
from core.sdk.rehearsal.concepts import word_set
from core.sdk.rehearsal.focus import is_small_talk
from core.sdk.rehearsal.words import Term, content_words, stem, terms

_RULE = re.compile(
    r"\brules?(?: to check)?\s*:\s*(.+?)(?=\n\s*\n(?:You|Say|Answer|Return|The text)\b|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_ALLOWED = re.compile(
    r"\b(?:(?:is|are) (?:fine|ok(?:ay)?|allowed|permitted|acceptable)|allow(?!ed)|never trip|do(?:es)? not trip|"
    r"don['’]t trip|let through|exception)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\bonly\b|\bnothing but\b|\boff[- ]?topic\b|\bunrelated\b|\bnot (?:about|related|concerned)\b"
    r"|\banything (?:else|other)\b|\boutside\b|\bunless\b|\bother than\b",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:above|over|more than|exceed\w*|greater than|larger than)\s+\D{0,4}(\d[\d,.]*)", re.IGNORECASE
)
_EQUATION = re.compile(r"\d\s*[-+*/^=]\s*\(?[\dx]|\bx\s*[-+*/^=]|\bsolve for\b", re.IGNORECASE)
_CARD = re.compile(r"\b(?:\d[ -]?){13,19}\b")
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_SECRET = re.compile(r"\b(?:sk-[\w-]{8,}|AKIA[A-Z0-9]{12,}|ghp_\w{10,})")
_HAZARDS = word_set(
    "injection insult violence secret personal politics medical legal finance math homework security login"
)
_GENERIC_WORDS = word_set(
    "user message text asks ask input check checks whether rule rules true false trip trips tripped "
    "tripwire return say decide must contain contains content output answer reply judge guardrail guard "
    "detect detecting determine flag violate violates violation block blocked instruction instructions "
    "follow reason short sentence explain tell following attempt attempts try tries trying mention "
    "mentions include includes talk assistant agent model conversation given break breaks broken schema "
    "json set value field when any kind type only anything else topic question questions allow allowed "
    "request requests about unrelated related someone people word words like such respond response let "
    "through verdict person want wants help getting asking company business service promise "
)
_GENERIC = frozenset(stem(word) for word in _GENERIC_WORDS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the rule is broken, why, and the concepts the text stands for."""

    broken: bool
    reason: str
    concepts: frozenset[str] = frozenset()


def judged(rule: str, text: str) -> Judgement:
    """Judge a text by a rule; where nothing speaks for a breach there is none."""
    concepts = _concepts(text)
    only = bool(_ONLY.search(rule))
    forbidding = _core(rule) if only else _forbidding(rule)
    asked = [term for term in terms(forbidding) if term.stem not in _GENERIC and term.weight == 1.0]
    said = {term.stem: term.word for term in terms(text)}
    same = [said[term.stem] for term in asked if term.stem in said]
    meant = sorted({concept for term in asked for concept in term.concepts} & concepts)
    if only and asked:
        return _by_topic(text, same, meant, concepts)
    if limit := _ABOVE.search(forbidding):
        over = [value for value in [*extract.amounts(text), *extract.numbers(text)] if value > _plain(limit[1])]
        if not over:
            return Judgement(False, f"No number above {limit[1]} in the text.", concepts)
    broken = _clearly(asked, same, meant)
    found = ", ".join(f"“{word}”" for word in same) or ", ".join(meant)
    reason = f"The text matches the rule: {found}." if broken else "Nothing in the text matches the rule."
    return Judgement(broken, reason, concepts)


def _clearly(asked: list[Term], same: list[str], meant: list[str]) -> bool:
    """A dangerous subject is enough; of other words one for a short rule, two for a long one."""
    needed = 1 if len(asked) <= 6 else 2
    return bool(set(meant) & _HAZARDS) or len({*same}) >= needed or (bool(meant) and needed == 1)


def _by_topic(text: str, same: list[str], meant: list[str], concepts: frozenset[str]) -> Judgement:
    """A rule that allows some topics only: broken by a text with a topic that is none of them."""
    off = len(content_words(text)) >= 2 and not same and not meant and not is_small_talk(text)
    reason = (
        "The text is about something else than what is allowed." if off else "The text stays with what is allowed."
    )
    return Judgement(off, reason, concepts)


def _forbidding(rule: str) -> str:
    return " ".join(sentence for sentence in _SENTENCE.split(_core(rule)) if not _ALLOWED.search(sentence))


def _core(rule: str) -> str:
    """The rule itself, without what is said around it."""
    found = _RULE.search(rule)
    return found[1] if found else rule


def _concepts(text: str) -> frozenset[str]:
    found = {concept for term in terms(text) for concept in term.concepts}
    shapes = {"math": _EQUATION, "personal": _CARD, "secret": _SECRET}
    found |= {concept for concept, pattern in shapes.items() if pattern.search(text[: extract.TEXT_LIMIT])}
    if _SSN.search(text[: extract.TEXT_LIMIT]):
        found.add("personal")
    return frozenset(found)


def _plain(number: str) -> float:
    return float(number.replace(",", "").rstrip(".") or 0)
