"""Full-text search in the sample articles."""

import re
import sqlite3
from dataclasses import dataclass
from typing import Literal

Collection = Literal["help", "research"]

# Words that occur in nearly every question and would let every article match.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """a about an and any are as at be been but by can could did do does for from had has have help how i
        if in into is it its me my no not of on or our please say should so some tell than that the their them
        then there these they this to was we what when where which who why will with would you your""",
    )
)


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    title: str
    topic: str
    text: str


def find_articles(db: sqlite3.Connection, query: str, *, collection: Collection, limit: int) -> list[Article]:
    """The articles that fit the words of `query` best, best first. A word in a title counts most."""
    terms = search_terms(query)
    if not terms:
        return []
    rows = db.execute(
        "SELECT id, title, topic, body AS text FROM articles "
        "WHERE articles MATCH ? AND collection = ? "
        "ORDER BY bm25(articles, 4.0, 1.0, 2.0), id LIMIT ?",
        (" OR ".join(f'"{term}"' for term in terms), collection, limit),
    )
    return [Article(**row) for row in rows]


def search_terms(query: str) -> list[str]:
    """The words of `query` that are worth looking for, in lower case, each once."""
    words = re.findall(r"\w+", query.lower())
    return list(dict.fromkeys(word for word in words if word not in _COMMON))
