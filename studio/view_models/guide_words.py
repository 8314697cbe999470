"""What the guide says about a recommendation, in words."""

from core.patterns.catalogue import pattern
from core.patterns.guide import Answers, Recommendation, guide

MANY_PARTS = 2
"""From more parts than this on, each part gives one advantage and one cost only."""


def progress(answers: Answers) -> str:
    """How many questions are answered, and what becomes of the others."""
    questions = guide().questions
    answered = sum(
        any(option.id == answers.get(question.id) for option in question.options) for question in questions
    )
    if not answered:
        return "Answer what you know. What is left open counts as the first choice."
    if answered == len(questions):
        return f"All {answered} questions are answered."
    return f"{answered} of {len(questions)} answered; what is left open counts as the first choice."


def headline(found: Recommendation) -> str:
    """The titles of its parts."""
    return " + ".join(pattern(name).title for name in found.patterns)


def trade_offs(found: Recommendation) -> tuple[list[str], list[str]]:
    """What the parts are good at, and what they cost."""
    each = 1 if len(found.parts) > MANY_PARTS else 2
    parts = [pattern(name) for name in found.patterns]
    return [line for part in parts for line in part.pros[:each]], [
        line for part in parts for line in part.cons[:each]
    ]


def not_yet(found: Recommendation) -> list[str]:
    """What of it is missing, a sentence each."""
    parts = [pattern(name) for name in found.patterns]
    return [part.not_yet for part in parts if part.not_yet]
