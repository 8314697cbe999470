"""Words and their meaning: tokens, stems, concepts, and how well a text matches a profile."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.sdk.rehearsal.concepts import CONCEPTS, DOMAINS, PHRASES, STOP_WORDS, UNSPACED, WEAK_WORDS

READ_LIMIT = 8_000
"""Characters of a text that are read for their meaning."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSPACED = re.compile("|".join(UNSPACED))
_PHRASES = [(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), word) for pattern, word in PHRASES]

STEM, CONCEPT, DOMAIN = 1.0, 0.8, 0.4
"""What a match is worth: the same word, a synonym, the same field of work."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its stem and the concepts and domains it stands for."""

    word: str
    stem: str
    concepts: frozenset[str]
    domains: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Match:
    """How well a request fits."""

    score: float = 0.0
    worths: Mapping[str, float] = field(default_factory=dict)
    """What each of the request's words gave."""

    @property
    def words(self) -> tuple[str, ...]:
        """The request's words that fit."""
        return tuple(self.worths)


@dataclass(slots=True)
class Profile:
    """What something is about: the weight of each stem, concept and domain."""

    stems: dict[str, float] = field(default_factory=dict)
    concepts: dict[str, float] = field(default_factory=dict)
    domains: dict[str, float] = field(default_factory=dict)

    def add(self, text: str, weight: float) -> None:
        """Take a text in; where a term is there already the greater weight holds."""
        for term in terms(text):
            _raise_to(self.stems, (term.stem,), weight)
            _raise_to(self.concepts, term.concepts, weight)
            _raise_to(self.domains, term.domains, weight)


def profile(fields: Iterable[tuple[str, float]]) -> Profile:
    """A profile of several texts with their weights."""
    result = Profile()
    for text, weight in fields:
        result.add(text, weight)
    return result


def match(request: Sequence[Term], target: Profile, rarity: Callable[[str], float] = lambda _: 1.0) -> Match:
    """Sum of what the request's words find in the target; synonyms of one concept count once in full."""
    score, seen, worths = 0.0, set[str](), dict[str, float]()
    for term in request:
        key, worth = _best_hit(term, target, rarity)
        if not key:
            continue
        score += worth * term.weight * (0.3 if key in seen else 1.0)
        seen |= {key, *map("~{}".format, term.concepts)}
        worths[term.word] = worth * term.weight
    return Match(round(score, 4), worths)


def _best_hit(term: Term, target: Profile, rarity: Callable[[str], float]) -> tuple[str, float]:
    hits = [(term.stem, STEM * target.stems.get(term.stem, 0.0))]
    hits += [(f"~{concept}", CONCEPT * target.concepts.get(concept, 0.0)) for concept in term.concepts]
    hits += [(domain + "^", DOMAIN * target.domains.get(domain, 0.0)) for domain in term.domains]
    weighed = [(worth * rarity(key), key) for key, worth in hits if worth]
    worth, key = max(weighed, default=(0.0, ""))
    return key, worth


def _raise_to(weights: dict[str, float], keys: Iterable[str], weight: float) -> None:
    for key in keys:
        weights[key] = max(weights.get(key, 0.0), weight)


def rarity_among(profiles: Sequence[Profile]) -> Callable[[str], float]:
    """What a term tells apart: 1 when one profile has it, less the more profiles share it."""
    counts: dict[str, int] = {}
    for one in profiles:
        for key in (*one.stems, *map("~{}".format, one.concepts), *map("{}^".format, one.domains)):
            counts[key] = counts.get(key, 0) + 1
    return lambda key: 1 / math.sqrt(max(1, counts.get(key, 1)))


def terms(text: str) -> tuple[Term, ...]:
    """The meaningful words of a text, each stem once, stop words left out."""
    return _terms(text[:READ_LIMIT])


@lru_cache(maxsize=2048)
def _terms(text: str) -> tuple[Term, ...]:
    found: dict[str, Term] = {}
    for word in tokens(text):
        if word in STOP_WORDS or len(word) < 2:
            continue
        term = _term(word)
        found.setdefault(term.stem, term)
    return tuple(found.values())


def tokens(text: str) -> tuple[str, ...]:
    """All words in lower case; set phrases are one word, `snake_case` and `camelCase` are taken apart."""
    return _tokens(text[:READ_LIMIT])


@lru_cache(maxsize=2048)
def _tokens(text: str) -> tuple[str, ...]:
    text = _CAMEL.sub(" ", text).replace("_", " ")
    for pattern, word in _PHRASES:
        text = pattern.sub(word, text)
    text = _UNSPACED.sub(lambda found: f" {UNSPACED[found[0]]} ", text)
    return plain_tokens(text)


def plain_tokens(text: str) -> tuple[str, ...]:
    """The words as they are written, in lower case."""
    text = _CAMEL.sub(" ", text[:READ_LIMIT]).replace("_", " ")
    return tuple(word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text))


def content_words(text: str) -> list[str]:
    """The words that carry the topic, in order, without stop words and weak words."""
    return [term.word for term in terms(text) if term.weight == 1.0]


def about(text: str) -> frozenset[str]:
    """All concepts of a text."""
    return frozenset(concept for term in terms(text) for concept in term.concepts)


@lru_cache(maxsize=8192)
def _term(word: str) -> Term:
    stemmed = stem(word)
    concepts = _concepts_of(stemmed)
    domains = frozenset(DOMAINS[concept] for concept in concepts if concept in DOMAINS)
    weak = word in WEAK_WORDS or stemmed in _WEAK_STEMS
    return Term(word, stemmed, concepts, domains, 0.25 if weak else 1.0)


def _concepts_of(stemmed: str) -> frozenset[str]:
    if stemmed in _CONCEPT_OF:
        return _CONCEPT_OF[stemmed]
    # Compounds of other languages begin with the word we know: Rechnungsnummer, Bestellnummer.
    for length in range(len(stemmed) - 1, 5, -1):
        if stemmed[:length] in _CONCEPT_OF and len(stemmed) >= 9:
            return _CONCEPT_OF[stemmed[:length]]
    return frozenset()


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A light English stemmer: refunds, refunded, refunding are one; charging is charge."""
    word = _without_plural(word)
    for suffix in ("ing", "ed"):
        base = word[: -len(suffix)]
        if word.endswith(suffix) and len(base) >= 3 and re.search("[aeiouy]", base):
            word = base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
            break
    if word.endswith("ly") and len(word) > 5:
        word = word[:-2]
    if word.endswith(("tion", "sion")) and len(word) > 6:
        word = word[:-3]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _without_plural(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def _invert(table: dict[str, str]) -> dict[str, frozenset[str]]:
    inverted: dict[str, set[str]] = {}
    for concept, words in table.items():
        for word in words.split():
            inverted.setdefault(stem(word), set()).add(concept)
    return {stemmed: frozenset(concepts) for stemmed, concepts in inverted.items()}


_CONCEPT_OF = _invert(CONCEPTS)
_WEAK_STEMS = frozenset(stem(word) for word in WEAK_WORDS)
