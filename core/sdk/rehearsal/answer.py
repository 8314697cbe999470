"""The texts: answers from tool results, contributions of pipeline agents, questions back, honest no-matches."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.sdk.rehearsal import extract
from core.sdk.rehearsal.brief import Brief
from core.sdk.rehearsal.conversation import Call, Conversation
from core.sdk.rehearsal.evidence import plain_request, shorten
from core.sdk.rehearsal.fields import spoken
from core.sdk.rehearsal.language import thanks
from core.sdk.rehearsal.results import brief_of, error_of, points_of, title_of, told
from core.sdk.rehearsal.works import Task, contribution, key_sentences

_ABOUT = re.compile(r"\b(?:about|regarding|concerning|über|sobre)\s+([^?.!\n]{3,120})", re.IGNORECASE)
_WRITE_ON = re.compile(r"^(?:\w+\s+){1,6}?on\s+([^?.!\n]{3,120})", re.IGNORECASE)
_LONG = 40
"""Words from which a request is material rather than a question about something."""
_WEIGHS = re.compile(
    r"\b(?:combin\w*|weigh\w*|recommend\w*|advis\w*|views?|perspectives?|opinions?|compar\w*)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who is speaking, and about what."""

    brief: Brief
    conversation: Conversation
    agent_tools: Mapping[str, str] = field(default_factory=dict)
    """The agents behind tools, by the name of the tool."""

    @property
    def request(self) -> str:
        return self.conversation.request

    @property
    def topic(self) -> str:
        return topic_of(self.request)

    def answer(self, *, remark: str = "") -> str:
        """The final text of this agent: from tool results where there are any."""
        calls = self.conversation.results
        own = [call for call in calls if call.name not in self.agent_tools]
        writes = self.brief.kind not in {"", "translate"} and any(call.outcome == "ok" for call in own)
        body = from_results(calls, self) if calls and not writes else self._contribution(calls)
        return "\n\n".join(part for part in (thanks(self.request), remark, body) if part)

    def _contribution(self, calls: Sequence[Call]) -> str:
        """The agent's own text, from what its tools have found; what went wrong is said before it."""
        points = [point for call in calls if call.outcome == "ok" for point in points_of(call)]
        wrong = [_sentence(call, self) for call in calls if call.outcome != "ok"]
        task = Task(self.brief, self.conversation, self.topic, tuple(points))
        return "\n\n".join([*wrong, contribution(task)])


def topic_of(request: str) -> str:
    """What the request is about, in a few words."""
    plain = plain_request(request)
    if found := extract.quoted(plain):
        return shorten(found[0], 90)
    if plain.rstrip().endswith("?"):
        return f"“{shorten(plain.splitlines()[0], 120)}”"
    short = len(plain.split()) < _LONG and len(re.findall(r"[.!?]\s", plain)) < 3
    if short and (said := _ABOUT.search(plain) or _WRITE_ON.search(plain)):
        return shorten(said[1], 90)
    return shorten(plain.splitlines()[0], 90).rstrip("?!. ") if plain else "your request"


def from_results(calls: Sequence[Call], voice: Voice) -> str:
    """What the tools of this turn gave, with what went wrong said plainly."""
    asked = [call for call in calls if call.name in voice.agent_tools and call.outcome in {"ok", "empty"}]
    if len(asked) > 1:
        parts = [_combined(asked, voice)]
        parts += [_sentence(call, voice) for call in calls if call not in asked]
    else:
        parts = [told(call, voice.request) if call in asked else _sentence(call, voice) for call in calls]
    return "\n\n".join(dict.fromkeys(part for part in parts if part))


def question_for(missing: Sequence[str], doing: str) -> str:
    """Asks for what a tool call lacks."""
    names = [_with_article(spoken(path.split(".")[-1])) for path in missing]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"For “{doing}” I still need {listed}. Could you tell me?"


def assumption(assumed: dict[str, object], doing: str) -> str:
    """Says which values were guessed for a call."""
    listed = ", ".join(f"{spoken(path.split('.')[-1])} = {value}" for path, value in assumed.items())
    return f"For {doing} I assume {listed}, since you did not say."


def greeting(brief: Brief, abilities: Sequence[str]) -> str:
    """Answers small talk with who one is and what one can do."""
    who = f"I am the {brief.role}." if brief.role else "I am here to help."
    what = f" I can help with: {', '.join(abilities[:6])}." if abilities else ""
    return f"Hello! {who}{what} What can I do for you?"


def no_match(tools: Sequence[str], specialists: Sequence[str]) -> str:
    """Says that nothing at hand fits, and names what there is."""
    kinds = []
    if tools:
        kinds.append(f"no fitting tool (I have {_names(tools)})")
    if specialists:
        kinds.append(f"no fitting specialist (I know {_names(specialists)})")
    return f"I found {' and '.join(kinds)} for this, so I answer it myself." if kinds else ""


def _sentence(call: Call, voice: Voice) -> str:
    title = title_of(call.name)
    match call.outcome:
        case "rejected":
            refusal = f"The call to {title} was not approved by a person ({error_of(call)})."
            return f"{refusal} It was not carried out, and I will not try again."
        case "failed":
            return f"The tool {title} failed: {error_of(call)}. So I cannot give its result."
        case "empty":
            shown = brief_of(call)
            return f"The tool {title} found nothing{f': {shown}' if shown else ''}".rstrip(".") + "."
    content = told(call, voice.request)
    if "\n" in content or content.startswith("- "):
        return f"From {title}:\n{content}"
    return content if _reads_alone(content) else f"From {title}: {content.rstrip('.')}."


def _combined(calls: Sequence[Call], voice: Voice) -> str:
    """Several views as one: a recommendation, then each view with its name, then where they end up."""
    names = [voice.agent_tools.get(call.name, title_of(call.name)) for call in calls]
    views = [f"**{name}**: {brief_of(call, 600)}" for name, call in zip(names, calls, strict=True)]
    ends = [key_sentences(call.output or "", 99)[-1:] for call in calls]
    sides = [f"{name}: {shorten(end[0], 120)}" for name, end in zip(names, ends, strict=True) if end]
    advice = "Recommendation: begin with the smallest step that can be undone, and let its result decide."
    if not _WEIGHS.search(voice.brief.text):
        return "\n\n".join(views)
    heading = f"{len(calls)} views combined: {voice.topic}"
    return "\n\n".join([heading, advice, *views, "Where they end up: " + " | ".join(sides)])


def _reads_alone(text: str) -> bool:
    return len(text.split()) >= 6 and text[:1].isupper() and text.rstrip()[-1:] in ".!?)…"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown


def _with_article(label: str) -> str:
    return label if label.startswith(("your ", "the ")) else f"the {label}"
