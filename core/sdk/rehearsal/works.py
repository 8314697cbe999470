"""What an agent writes from its instructions alone: notes, drafts, reviews, summaries, plans, views, answers."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.sdk.rehearsal.brief import KINDS, Brief
from core.sdk.rehearsal.conversation import Conversation
from core.sdk.rehearsal.evidence import shorten
from core.sdk.rehearsal.revision import revised
from core.sdk.rehearsal.words import terms

_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_KEEPS_DRAFT = re.compile(
    r"\b(?:draft|text|article) as it (?:stands|is)\b|\brepeat the (?:draft|text)\b", re.IGNORECASE
)
_LEANING = re.compile(
    r"(?P<step>\b(?:pragmat\w*|(?:next|first|smallest) step|practical)\b)"
    r"|(?P<risk>\b(?:risks?|scepti\w*|skepti\w*|pessimis\w*|go wrong|downsides?|dangers?|critic\w*|devil)\b)"
    r"|(?P<chance>\b(?:optimis\w*|chances?|gains?|gained|upsides?|benefits?|opportunit\w*|advantages?)\b)",
    re.IGNORECASE,
)
_FOCUS_START = re.compile(
    r"^(?:your (?:approach|task|role|aim|view|angle)\s*:\s*|you (?:should|must|will|always)\s+|always\s+|please\s+"
    r"|your (?:task|job|goal) is to\s+)",
    re.IGNORECASE,
)
_NOT_FOCUS = re.compile(
    r"^(?:you(?:['’]re| are)\b|hand\b|transfer\b|pass\b|route\b|never\b|do not\b|don't\b)", re.IGNORECASE
)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*|[.,;:!?]")
_VALUES = re.compile(r"\S*[@/\d]\S*")
_MARKS = re.compile(r"^(?:[#*\s-]+|\d+[.)]\s*)+")
_STANCE = re.compile(
    r"\b(?:perspective|point of view|viewpoint|approach|angle|optimist|pessimist|realist|pragmatist|strategist|"
    r"economist|sceptic|skeptic|devil['’]s advocate)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Task:
    """What a text is to be written about, by whom, and from what."""

    brief: Brief
    conversation: Conversation
    topic: str
    points: Sequence[str] = ()
    """What tools have found, a point each."""

    @property
    def phrases(self) -> list[str]:
        return key_phrases(self.topic) or key_phrases(self.conversation.request) or [self.topic]

    @property
    def material(self) -> str:
        """What was written last in this turn."""
        return self.conversation.now.texts[-1] if self.conversation.now.texts else ""


def contribution(task: Task) -> str:
    """The text that this agent gives for the request, in the form its instructions ask for."""
    makers: dict[str, Callable[[Task], str]] = {
        "research": _notes,
        "write": _draft,
        "review": _review,
        "summarise": _summary,
        "translate": _translation,
        "plan": _plan,
        "analyse": _view,
    }
    maker = makers.get(task.brief.kind, _view if _STANCE.search(task.brief.text) else _reply)
    text = maker(task)
    return text if maker is _review else revised(text, task.brief.text, task.conversation.request)


def key_phrases(text: str, count: int = 4) -> list[str]:
    """What a text turns on: runs of meaningful words, in order; `write`, `review` and the like are no topics."""
    phrases: list[str] = []
    run: list[str] = []
    for word in [*_WORDS.findall(_VALUES.sub(",", text[:4000]).lower()), ""]:
        term = next(iter(terms(word)), None)
        topical = (
            term is not None and not term.concepts & set(KINDS) and (term.weight == 1.0 or "-" in word or run)
        )
        if topical and len(run) < 3:
            run.append(word)
            continue
        if run and len(" ".join(run)) > 3:
            phrases.append(" ".join(run))
        run = []
    return list(dict.fromkeys(phrases))[:count]


def key_sentences(text: str, count: int = 3, *, about: str = "") -> list[str]:
    """The sentences that carry most of a text, in their order: those with the subject's words where one is given,
    else those with the text's frequent words. Headings are none."""
    sentences = [_MARKS.sub("", part).strip() for part in _SENTENCES.split(text[:8000])]
    sentences = [part for part in sentences if len(part.split()) > 3 and part[-1] in ".!?…"] or sentences[:1]
    counts = Counter(term.stem for part in (sentences if not about else [about]) for term in terms(part))
    weights = [sum(counts[term.stem] for term in terms(part)) / (len(part.split()) + 4) for part in sentences]
    best = sorted(range(len(sentences)), key=lambda index: (-weights[index], index))[:count]
    return [shorten(sentences[index], 260) for index in sorted(best) if sentences[index]]


def relevant(points: Sequence[str], topic: str) -> list[str]:
    """The points with the subject's words, those with most first; all of them when none has any."""
    asked = {term.stem for term in terms(topic) if term.weight == 1.0}
    hits = [len(asked & {term.stem for term in terms(point)}) for point in points]
    enough = max(hits, default=0) / 2
    order = sorted(range(len(points)), key=lambda index: -hits[index])
    return [points[index] for index in order if hits[index] >= enough]


def focus(brief: Brief) -> str:
    """The first thing the instructions tell the agent to do, as a short phrase."""
    for clause in brief.clauses:
        text = _FOCUS_START.sub("", clause.text.strip())
        if not clause.condition and not _NOT_FOCUS.match(text) and len(text.split()) > 1:
            return shorten(text[0].lower() + text[1:], 150).rstrip(".…")
    return ""


def _notes(task: Task) -> str:
    phrases = task.phrases
    lines = [f"Research notes: {task.topic}"]
    if task.points:
        lines += [f"{number}. {point}" for number, point in enumerate(relevant(task.points, task.topic)[:4], 1)]
        silent = [phrase for phrase in phrases if not _speak_of(task.points, phrase)]
        missing = f"anything on {_and(silent)}" if silent else "figures to compare with"
        lines.append(f"What the sources do not say: {missing}.")
    else:
        lines += [
            f"1. The question comes down to {_and(phrases[:3])}.",
            f"2. The strongest argument in favour rests on {phrases[0]}, backed by experience elsewhere.",
            f"3. The main objection concerns {phrases[-1]}, above all the cost over time.",
            "Still open: which figures must be checked before anything is published.",
        ]
    return "\n".join(lines)


def _draft(task: Task) -> str:
    phrases = task.phrases
    title = task.topic.strip("“”?")
    source = "\n".join(relevant(task.points, task.topic)) or task.material
    points = key_sentences(source, 4, about=task.topic) if source else []
    opening = f"At the end of this text you will know what to expect of {title}, and where to be careful."
    middle = " ".join(f"{point.rstrip('.!?')}." for point in points)
    middle = middle or f"Whoever looks into it soon meets {_and(phrases[:3])}; none of them can be judged alone."
    end = f"The sensible way is to begin small with {phrases[0]}, to measure what changes, and to decide then."
    return "\n\n".join([f"# {title[:1].upper()}{title[1:]}", opening, middle, end])


def _review(task: Task) -> str:
    draft = task.material or task.conversation.request
    asked = {term.stem for term in terms(task.topic) if term.weight == 1.0}
    covered = asked & {term.stem for term in terms(draft)}
    on_topic = not asked or len(covered) * 2 >= len(asked)
    length = len(draft.split())
    verdict = "approved" if on_topic and length >= 8 else "changes needed"
    lines = [
        *([draft, ""] if task.material and _KEEPS_DRAFT.search(task.brief.text) else []),
        f"Review: {task.topic}",
        f"- Subject: the text {'stays on it' if on_topic else 'drifts away from it'}.",
        f"- Length: {length} words, {'enough to judge' if length >= 8 else 'too short to judge'}.",
        *(f"- {shorten(point, 200)}" for point in task.points[:3]),
        f"Verdict: {verdict}.",
    ]
    return "\n".join(lines)


def _summary(task: Task) -> str:
    text = "\n".join(task.points) or task.material or task.conversation.request
    points = key_sentences(text)
    if len(points) < 2:
        return f"Summary: {shorten(text, 240)}"
    return "\n".join([f"Summary: {task.topic}", *(f"- {point}" for point in points)])


def _translation(task: Task) -> str:
    target = re.search(r"\b(?:in)?to\s+([A-Z]\w+)", task.brief.text)
    language = target[1] if target else "the other language"
    text = task.material or task.conversation.request or task.topic
    return f"Translation into {language} (a rehearsal keeps the wording as it is): “{shorten(text, 600)}”"


def _plan(task: Task) -> str:
    lines = [
        f"Plan: {task.topic}",
        "1. Agree on the goal and on how to tell that it is reached.",
        f"2. List what is needed for {_and(task.phrases)}.",
        f"3. Do the smallest useful part first: {task.phrases[0]}.",
        "4. Look at the result and adjust.",
        *(f"- To consider: {shorten(point, 200)}" for point in task.points[:3]),
    ]
    return "\n".join(lines)


def _view(task: Task) -> str:
    role = task.brief.role
    aim = focus(task.brief)
    opening = f"{f'As the {role}' if role else 'From where I stand'}, I looked at this: {task.topic}"
    lines = [opening if opening[-1] in ".!?”" else f"{opening}."]
    if aim:
        lines.append(f"My approach: {aim}.")
    lines.append(_leaning(task.brief.text, _and(task.phrases[:2])))
    lines += [f"I take into account: {shorten(point, 200)}" for point in task.points[:3]]
    return " ".join(lines)


def _leaning(instructions: str, subject: str) -> str:
    """What somebody with this approach would say, in one sentence."""
    found = _LEANING.search(instructions)
    match found.lastgroup if found else None:
        case "step":
            return "I would try it on a small scale for a month, with one measure that decides about going on."
        case "chance":
            return "I lean towards yes: there is more to gain than to lose, if it is begun soon."
        case "risk":
            return "I would hold back: what it costs when it goes wrong has not been checked by anybody."
    return f"What weighs most for me is {subject}."


def _reply(task: Task) -> str:
    role = task.brief.role
    lines = [f"{f'As the {role}, I' if role else 'I'} took up your request: {task.topic}."]
    aim = focus(task.brief)
    if aim:
        lines.append(f"I go about it as I was told: {aim}.")
    if task.material:
        said = " ".join(key_sentences(task.material, 1)) or task.material
        lines.append(f"It builds on what was said before: {shorten(said, 200)}")
    if "[image]" in task.conversation.request:
        lines.append("I cannot see images in a rehearsal, so I go by the words.")
    return " ".join(lines)


def _speak_of(points: Sequence[str], phrase: str) -> bool:
    stems = {term.stem for point in points for term in terms(point)}
    return any(term.stem in stems for term in terms(phrase))


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
