"""Answers questions about the conversation itself: what was my order number, what is my name, what did I ask."""

import re

from core.sdk.rehearsal import extract
from core.sdk.rehearsal.conversation import Conversation
from core.sdk.rehearsal.evidence import gather, shorten
from core.sdk.rehearsal.fields import ID_NOUNS, read_field
from core.sdk.rehearsal.words import tokens

_ABOUT_ME = re.compile(
    r"\b(?:what(?:['’]s| is| was| were| are)?|which|who|tell me|remind me(?: of)?|remember|know)\b"
    r"[^.?!]{0,25}?\b(?:my|our)\s+([\w\s-]{2,40}?)"
    r"(?:\s+(?:again|once more|please|i (?:gave|told|mentioned)[\w\s]*))?\s*[?.!]*$",
    re.IGNORECASE,
)
_WHO_AM_I = re.compile(
    r"\bwho am i\b|\bwhat am i called\b|wie heiße ich|comment je m'appelle|cómo me llamo", re.IGNORECASE
)
_ASKED = re.compile(
    r"\bwhat did i (?:just |first )?(?:ask|say|tell|write|want)"
    r"|\bwhat was my (?:first|last|previous) (?:question|message|request)"
    r"|\bwhat (?:have|did) we (?:talk|discuss)",
    re.IGNORECASE,
)


def recalled(conversation: Conversation) -> str | None:
    """The answer from earlier turns, or None when this is no such question or nothing is known."""
    request = conversation.request
    if not conversation.before:
        return None
    if _ASKED.search(request):
        return _asked(conversation)
    if _WHO_AM_I.search(request):
        return _fact(conversation, "name")
    found = _ABOUT_ME.search(request)
    return _fact(conversation, found[1].strip().lower()) if found else None


def asks_to_recall(request: str) -> str | None:
    """The thing a question about the user is after, such as `name`; None for any other request."""
    if _WHO_AM_I.search(request):
        return "name"
    found = _ABOUT_ME.search(request)
    return found[1].strip().lower() if found else None


def _asked(conversation: Conversation) -> str:
    first = re.search(r"\bfirst\b", conversation.request, re.IGNORECASE)
    turn = conversation.before[0] if first else conversation.before[-1]
    return f"You asked: “{shorten(turn.request, 300)}”" if turn.request else "You had not asked anything before."


def _fact(conversation: Conversation, thing: str) -> str | None:
    for turn in reversed(conversation.before):
        value = _value(turn.request, thing)
        if value:
            return f"Your {thing} is {value}; you told me earlier in this conversation."
    words = set(tokens(thing))
    if words & ID_NOUNS or words & {"amount", "total"}:
        earlier = gather(Conversation(conversation.before))
        wanted = read_field(thing.replace(" ", "_"), {"type": "string"}, "string")
        value = earlier.find(wanted)
        return f"Your {thing} is {value}, as it came up earlier in this conversation." if value else None
    return None


def _value(text: str, thing: str) -> str | None:
    words = tokens(thing)
    if not words:
        return None
    if words[-1] == "name":
        return extract.person_name(text)
    if words[-1] in {"email", "mail", "address"} and extract.emails(text):
        return extract.emails(text)[0]
    if set(words) & ID_NOUNS and words[-1] in {"number", "id", "no", "code", "reference", *ID_NOUNS}:
        found = [
            entry for entry in extract.identifiers(text) if set(words) & {*entry.before, *_spelled(entry.before)}
        ]
        return found[-1].value if found else None
    phrase = r"\s+".join(re.escape(word) for word in words)
    said = re.search(rf"\bmy\s+{phrase}\s+(?:is|was|:)\s*([^.,;!?\n]{{1,80}})", text, re.IGNORECASE)
    return said[1].strip() if said else None


def _spelled(words: tuple[str, ...]) -> set[str]:
    return {word.removesuffix("s") for word in words}
