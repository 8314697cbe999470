"""What the user is after right now: follow-up answers joined with their question, and what `it` stands for."""

import re
from dataclasses import replace

from core.sdk.rehearsal import extract
from core.sdk.rehearsal.concepts import word_set
from core.sdk.rehearsal.conversation import Conversation, Turn
from core.sdk.rehearsal.words import Term, content_words, terms, tokens

_REFERS_BACK = word_set("it that this them those same again also one there its these es das ça lo eso")
_SMALL_TALK = word_set(
    "hi hello hey hallo servus bonjour salut hola ciao good morning afternoon evening day thanks thank you danke "
    "merci gracias grazie bye goodbye ok okay great nice cool perfect there so much very everyone all "
    "well done how are who what can do help me with"
)
_WISHES = word_set("need want please like bitte möchte brauche quiero voudrais")
_MAY_I = re.compile(r"\b(?:could|can|may|would) (?:i|we|you)\b", re.IGNORECASE)
_BARE_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hallo|bonjour|hola|ciao|thanks|thank you|danke|merci|gracias|bye)\b", re.I
)
_YES = re.compile(r"^\W*(?:yes|yeah|yep|sure|ok(?:ay)?|please do|go ahead|do it|ja|oui|sí|si)\b", re.IGNORECASE)


def joined(conversation: Conversation) -> Conversation:
    """When the last turn ended with a question to the user and this one answers it, both are one request."""
    if not conversation.before:
        return conversation
    asked, now = conversation.before[-1], conversation.now
    if (
        not asked.texts
        or not asked.texts[-1].rstrip().endswith("?")
        or not asked.request
        or not _answers(now.request)
    ):
        return conversation
    both = Turn(f"{asked.request}\n{now.request}", now.calls, now.texts)
    return replace(conversation, turns=(*conversation.before, both))


def request_terms(conversation: Conversation) -> tuple[list[Term], frozenset[str]]:
    """The words to choose by, with those of the turn before at half weight where this one refers to it,
    and the words that were said now."""
    now = list(terms(conversation.request))
    said = frozenset(term.word for term in now)
    if refers_back(conversation.request) and conversation.before:
        known = {term.stem for term in now}
        earlier = terms(conversation.before[-1].request)
        now += [replace(term, weight=term.weight / 2) for term in earlier if term.stem not in known]
    return now, said


def refers_back(request: str) -> bool:
    """Whether the request leans on what was said before."""
    words = tokens(request)
    return bool(set(words) & _REFERS_BACK) or (0 < len(content_words(request)) <= 1 and not is_small_talk(request))


def wishes(request: str) -> bool:
    """Whether somebody asks for something to be done, not only to know."""
    return bool(set(tokens(request)) & _WISHES) or bool(_MAY_I.search(request))


def is_small_talk(request: str) -> bool:
    """A greeting, a thank-you, or a question about what the agent can do."""
    words = tokens(request)
    return (
        bool(words)
        and set(words) <= _SMALL_TALK
        and (bool(_BARE_GREETING.match(request)) or bool({"help", "do", "who"} & set(words)))
    )


def _answers(reply: str) -> bool:
    if _YES.match(reply):
        return True
    values = (
        extract.identifiers(reply) or extract.amounts(reply) or extract.numbers(reply) or extract.emails(reply)
    )
    brief = len(content_words(reply)) <= 4
    return (bool(values) and len(tokens(reply)) <= 25) or (brief and not is_small_talk(reply) and "?" not in reply)
