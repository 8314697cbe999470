"""Tools for research and writing: a small library, word counts, outlines and readability."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from core.errors import InvalidInputError
from core.toolbox.articles import Article, find_articles
from core.toolbox.context import samples

LONG_SENTENCE_WORDS = 25
LONG_PARAGRAPH_WORDS = 120


@dataclass(frozen=True, slots=True)
class WordCount:
    words: int
    sentences: int
    paragraphs: int
    reading_minutes: float


@dataclass(frozen=True, slots=True)
class OutlineReport:
    headings: list[str]
    problems: list[str]
    passed: bool


@dataclass(frozen=True, slots=True)
class Readability:
    reading_ease: float
    """Flesch reading ease: 60 and more is plain English, below 30 is very hard."""
    verdict: str
    words_per_sentence: float
    longest_sentence: str
    advice: list[str]


def search_corpus(query: str, limit: Annotated[int, Field(ge=1, le=10)] = 5) -> list[Article]:
    """Search the library for background on automation, support, commerce, work, energy, cities and writing.

    Args:
        query: The subject, in a few words.
        limit: How many texts to return at most.
    """
    with samples().read() as db:
        return find_articles(db, query, collection="research", limit=limit)


def count_words(text: str) -> WordCount:
    """Count the words, sentences and paragraphs of a text, and estimate its reading time.

    Args:
        text: The text to measure.
    """
    words = len(_words(text))
    return WordCount(words, len(_sentences(text)), len(_paragraphs(text)), round(words / 230, 1))


def check_outline(text: str) -> OutlineReport:
    """Check the structure of a draft: headings, their levels, and paragraphs that are too long.

    Args:
        text: The draft in Markdown.
    """
    headings = re.findall(r"^(#{1,6})\s+(.+?)\s*$", text, re.MULTILINE)
    problems = _heading_problems([len(marks) for marks, _ in headings])
    for paragraph in _paragraphs(text):
        if (length := len(_words(paragraph))) > LONG_PARAGRAPH_WORDS:
            problems.append(f"The paragraph that begins with '{paragraph[:40]}' has {length} words.")
    return OutlineReport([title for _, title in headings], problems, passed=not problems)


def readability(text: str) -> Readability:
    """Measure how easily an English text reads (Flesch reading ease), and point at its longest sentence.

    Args:
        text: The text to measure.
    """
    sentences, words = _sentences(text), _words(text)
    if not words:
        raise InvalidInputError("There is no text to measure.", hint="Pass the draft as 'text'.")
    per_sentence = len(words) / len(sentences)
    syllables = sum(_syllables(word) for word in words) / len(words)
    # Flesch 1948, "A new readability yardstick".
    ease = round(206.835 - 1.015 * per_sentence - 84.6 * syllables, 1)
    longest = max(sentences, key=lambda sentence: len(_words(sentence)))
    advice = []
    if len(_words(longest)) > LONG_SENTENCE_WORDS:
        advice.append(f"Split the longest sentence ({len(_words(longest))} words).")
    if ease < 50:
        advice.append("Use shorter words and shorter sentences.")
    return Readability(ease, _verdict(ease), round(per_sentence, 1), longest, advice)


def _heading_problems(levels: list[int]) -> list[str]:
    if not levels:
        return ["There are no headings."]
    problems = [] if levels.count(1) == 1 else [f"There should be one title, there are {levels.count(1)}."]
    jumps = [(above, below) for above, below in pairwise(levels) if below > above + 1]
    return problems + [f"A heading of level {below} follows one of level {above}." for above, below in jumps]


def _verdict(ease: float) -> str:
    names = ((80, "very easy"), (60, "plain"), (50, "fairly hard"), (30, "hard"))
    return next((name for least, name in names if ease >= least), "very hard")


def _paragraphs(text: str) -> list[str]:
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return [block for block in blocks if block and not block.startswith("#")]


def _sentences(text: str) -> list[str]:
    prose = " ".join(_paragraphs(text)) or text
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", prose) if _words(part)]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and groups > 1
    return max(1, groups - silent)
