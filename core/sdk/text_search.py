"""Searches in text with a limit on their time: some patterns take forever on some texts."""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable

import regex

from core.errors import InvalidSpecError

SEARCH_SECONDS = 1.0

TextSearch = Callable[[str], Awaitable[str | None]]
"""Gives the first piece of a text that was found, or None. Raises TimeoutError when the search takes too long."""


def pattern_problem(pattern: str) -> str | None:
    """What is wrong with a pattern, or None."""
    try:
        regex.compile(pattern)
    except regex.error as error:
        return str(error)
    return None


def pattern_search(pattern: str, *, ignore_case: bool, name: str) -> TextSearch:
    """A search for the pattern (Python's `re` syntax); `name` says whose it is when the pattern is broken."""
    if problem := pattern_problem(pattern):
        raise InvalidSpecError(
            f"The pattern of guardrail '{name}' cannot be read: {problem}.",
            hint=r"Use Python's regular expressions; write \( for a bracket that is meant literally.",
        )
    return _search(regex.compile(pattern, regex.IGNORECASE if ignore_case else 0))


def keyword_search(keywords: list[str]) -> TextSearch:
    """A search for the words and phrases as whole words, in any case; spaces stand for any white space."""
    phrases = [r"\s+".join(map(re.escape, _normal(keyword).split())) for keyword in keywords if keyword.strip()]
    # Without a keyword there is nothing to find; an empty alternative would match everywhere.
    pattern = rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)" if phrases else r"(?!)"
    search = _search(regex.compile(pattern, regex.IGNORECASE | regex.FULLCASE))
    return lambda text: search(_normal(text))


def _search(pattern: "regex.Pattern[str]") -> TextSearch:
    def first(text: str) -> str | None:
        found = pattern.search(text, timeout=SEARCH_SECONDS, concurrent=True)
        return None if found is None else found[0]

    async def search(text: str) -> str | None:
        # In a thread that lets go of the interpreter, so that a slow search does not stop the other runs.
        return await asyncio.to_thread(first, text)

    return search


def _normal(text: str) -> str:
    # Full-width and other look-alike forms become the plain characters.
    return unicodedata.normalize("NFKC", text)
