"""Reads an agent's instructions: its role, what it should do in which order and when, and whom to pass work to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.sdk.rehearsal.words import about, stem, terms, tokens

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_NUMBERED = re.compile(
    r"^\s*\d+[.)].*^\s*\d+[.)]|\bfirst(?:ly)?(?=\s*[,:.;])|^\s*first\b", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_BULLET = re.compile(r"^\s*(?:[-*•#]+|\(?\d+[.)])\s*")
_ROLE = re.compile(
    r"\byou(?:['’]re| are)\s+(?:now\s+)?(?:an?|the|our)\s+([^.,;:\n()]{2,70}?)"
    r"(?=\s+(?:who|that|which|working|and|with|in|of a|at)\b|[.,;:\n()]|$)",
    re.IGNORECASE,
)
_IF_FIRST = re.compile(
    r"^(?:(?:only )?if|when(?:ever)?|unless|in case(?: of)?|for|otherwise|else)\b(.*?)(?:,|\bthen\b|:)\s*(.+)$",
    re.IGNORECASE,
)
_IF_LAST = re.compile(r"^(.+?),?\s+(?:(?:only )?if|when(?:ever)?|unless|in case)\s+(.+)$", re.IGNORECASE)
_DONE = re.compile(
    r"\b(?:done|finished|ready|complete[d]?|your (?:work|notes|draft|research|turn|part|findings))\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"^(?:otherwise|else)\b|anything else|everything else|other (?:questions|requests)|in doubt|unsure", re.I
)
_SEQUENCE = re.compile(r",?\s*\b(?:and\s+then|then|after that|afterwards|finally)\b,?\s*|;\s*", re.IGNORECASE)
_BEFORE_FIRST = re.compile(r"^before\s+(.+?),\s*(.+)$", re.IGNORECASE)
_AFTER_FIRST = re.compile(r"^(?:after|once)\s+(.+?),\s*(.+)$", re.IGNORECASE)
_BEFORE_LAST = re.compile(r"^(.+?)\s+before\s+(.+)$", re.IGNORECASE)
_AFTER_LAST = re.compile(r"^(.+?)\s+(?:after|once)\s+(.+)$", re.IGNORECASE)
_FAN_OUT = re.compile(
    r"\b(?:ask|call|consult|use|run|query|invoke|gather|collect|get|hear|start|involve)\b[^.]{0,60}?"
    r"\b(?:all|each|every|both|the (?:two|three|four|five))\b"
    r"|\bin parallel\b|\bsimultaneously\b|\bat the same time\b|\bconcurrently\b",
    re.IGNORECASE,
)
_FAN_OUT_OF = re.compile(
    r"tools?|agents?|specialists?|experts?|analysts?|perspectives?|views?|opinions?|advis[oe]rs?|them|parallel|"
    r"simultaneous|same time|concurrent|colleagues?|reviewers?|approach(?:es)?|two|three|four|five|both|all",
    re.IGNORECASE,
)
_PASS_ON = re.compile(
    r"\b(?:hand(?:s|ing)?(?: \w+){0,4}? (?:off|over|on|back|to)|transfer|pass|forward|delegate|give|send|route)\b",
    re.IGNORECASE,
)
_PASSES_TOPIC = re.compile(
    r"\b(?:questions?|requests?|issues?|problems?|inquir\w+|queries|cases?|topics?|users?|customers?|people|anything|"
    r"everything|right|appropriate|best|suitable|correct|about|regarding|related|either)\b",
    re.IGNORECASE,
)
_GENERIC_ROLES = frozenset(
    {"helpful assistant", "assistant", "agent", "ai assistant", "helpful agent", "helpful ai assistant"}
)
KINDS = ("research", "write", "review", "summarise", "translate", "plan", "analyse")


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing the instructions ask for. `condition` is empty when it always holds; `sequence` numbers the
    sentence group whose clauses are to be done in the order they are listed."""

    text: str
    condition: str = ""
    otherwise: bool = False
    sequence: int = -1


@dataclass(frozen=True, slots=True)
class Brief:
    """What the instructions say, taken apart."""

    text: str
    role: str
    kind: str
    """`research`, `write`, `review`, `summarise`, `translate`, `plan`, `analyse`, or "" for anything else."""
    clauses: tuple[Clause, ...]
    fans_out: bool
    """Whether several tools or agents are to be asked about the same thing."""

    def mentions(self, name: str) -> list[Clause]:
        """The clauses that speak of the tool or agent of this name."""
        return [clause for clause in self.clauses if mentions(clause.text, name)]


@lru_cache(maxsize=256)
def read_brief(instructions: str) -> Brief:
    """Take the instructions apart; equal instructions are read once."""
    text = instructions[:8_000]
    sentences = [_BULLET.sub("", part).strip() for part in _SENTENCE.split(text)]
    numbered = bool(_NUMBERED.search(text))
    clauses: list[Clause] = []
    for index, sentence in enumerate(sentence for sentence in sentences if sentence):
        clauses += _clauses(sentence, 0 if numbered else index + 1)
    return Brief(text, _role(text), _kind(text, clauses), tuple(clauses), _fans_out(sentences))


@lru_cache(maxsize=4096)
def mentions(text: str, name: str) -> bool:
    """Whether the text speaks of the thing of that name: its words, or words that mean the same."""
    named = [term for term in terms(name) if term.weight == 1.0] or list(terms(name))
    if not named:
        return False
    said = terms(text)
    stems, concepts = {term.stem for term in said}, {concept for term in said for concept in term.concepts}
    hits = [term for term in named if _said(term.stem, term.concepts, stems, concepts)]
    return len(hits) / len(named) > 0.6 or _literally(text, name)


def asked_for(brief: Brief) -> frozenset[str]:
    """The words of what the instructions say to ask the user for when it is missing."""
    found = [
        clause.condition
        for clause in brief.clauses
        if "missing" in clause.condition and re.match(r"ask\b", clause.text, re.IGNORECASE)
    ]
    return frozenset(word for condition in found for word in tokens(condition)) - {"missing", "it", "number", "or"}


def passes_work_on(clause: Clause, name: str) -> bool:
    """Whether the clause says to hand one's work to the agent of that name, unlike a rule for routing requests."""
    if clause.otherwise or not _PASS_ON.search(clause.text) or not mentions(clause.text, name):
        return False
    if clause.condition:
        return False
    return not _PASSES_TOPIC.search(clause.text.replace(name, ""))


def conditional_handoff(clause: Clause, name: str) -> bool:
    """Whether the clause says to hand over to that agent when something holds."""
    return bool(clause.condition) and bool(_PASS_ON.search(clause.text)) and mentions(clause.text, name)


def _clauses(sentence: str, sequence: int) -> list[Clause]:
    sentence = sentence.strip().rstrip(".!;")
    if found := _BEFORE_FIRST.match(sentence):
        return [*_clauses(found[2], sequence), Clause(found[1], "-", sequence=sequence)]
    if (found := _AFTER_FIRST.match(sentence)) and not _DONE.search(found[1]):
        return [Clause(found[1], "-", sequence=sequence), *_clauses(found[2], sequence)]
    if found := _AFTER_FIRST.match(sentence):
        return _clauses(found[2], sequence)
    if found := _IF_FIRST.match(sentence):
        condition = "" if _DONE.search(found[1]) else found[1].strip() or "-"
        otherwise = bool(_OTHERWISE.search(sentence))
        return [Clause(part, condition, otherwise, sequence) for part in _parts(found[2])]
    if (found := _BEFORE_LAST.match(sentence)) and not mentions(found[2], "answer reply respond"):
        return [*_clauses(found[1], sequence), Clause(found[2], "-", sequence=sequence)]
    if (found := _AFTER_LAST.match(sentence)) and not _DONE.search(found[2]):
        return [Clause(found[2], "-", sequence=sequence), *_clauses(found[1], sequence)]
    return [clause for part in _parts(sentence) for clause in _with_condition(part, sequence)]


def _with_condition(part: str, sequence: int) -> list[Clause]:
    if found := _IF_FIRST.match(part):
        condition = "" if _DONE.search(found[1]) else found[1].strip() or "-"
        return [Clause(found[2], condition, bool(_OTHERWISE.search(part)), sequence)]
    if found := _IF_LAST.match(part):
        condition = "" if _DONE.search(found[2]) else found[2].strip()
        return [Clause(found[1], condition, bool(_OTHERWISE.search(part)), sequence)]
    return [Clause(part, otherwise=bool(_OTHERWISE.search(part)), sequence=sequence)]


def _parts(sentence: str) -> list[str]:
    return [part.strip() for part in _SEQUENCE.split(sentence) if part and part.strip()]


def _fans_out(sentences: Sequence[str]) -> bool:
    return any(
        (found := _FAN_OUT.search(sentence)) and _FAN_OUT_OF.search(sentence[found.start() :])
        for sentence in sentences
    )


def _role(text: str) -> str:
    found = _ROLE.search(text)
    role = found[1].strip() if found else ""
    return "" if role.lower() in _GENERIC_ROLES else role


def _kind(text: str, clauses: Sequence[Clause]) -> str:
    """What sort of text is asked for: told by the role, else by the first clause that opens with such a verb."""
    for concept in (kind for kind in KINDS if kind in about(_role(text))):
        return concept
    for clause in clauses:
        opening = about(" ".join(tokens(clause.text)[:2]))
        if not _PASS_ON.match(clause.text) and (kinds := [kind for kind in KINDS if kind in opening]):
            return kinds[0]
    return ""


def _said(stemmed: str, concepts: frozenset[str], stems: set[str], said: set[str]) -> bool:
    return stemmed in stems or bool(concepts & said)


def _literally(text: str, name: str) -> bool:
    plain = " ".join(stem(word) for word in tokens(name))
    return bool(plain) and f" {plain} " in f" {' '.join(stem(word) for word in tokens(text))} "
