"""What differs between two texts, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

DiffKind = Literal["same", "removed", "added"]

MOST_WORDS = 3_000
"""Longer texts are compared line by line: the time grows with the square of the number of words."""
MOST_CHARACTERS = 200_000
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that both have, or only the left one (removed) or the right one (added)."""

    kind: DiffKind
    text: str


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Pieces in the order of reading. `by_lines` and `cut` say how exact they are."""

    pieces: list[Piece]
    by_lines: bool = False
    cut: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(piece.kind == "same" for piece in self.pieces)

    @property
    def alike(self) -> float:
        """Share of the characters that both have, from 0 to 1."""
        common = sum(len(piece.text) for piece in self.pieces if piece.kind == "same")
        other = sum(len(piece.text) for piece in self.pieces if piece.kind != "same")
        return 2 * common / (2 * common + other) if common or other else 1.0

    def side(self, other: DiffKind) -> list[Piece]:
        """The pieces of one text: all but those of the `other` kind."""
        return [piece for piece in self.pieces if piece.kind != other]


def text_diff(left: str, right: str) -> TextDiff:
    """How to come from `left` to `right`."""
    cut = max(len(left), len(right)) > MOST_CHARACTERS
    left, right = left[:MOST_CHARACTERS], right[:MOST_CHARACTERS]
    old, new = _WORD.findall(left), _WORD.findall(right)
    by_lines = max(len(old), len(new)) > MOST_WORDS
    if by_lines:
        old, new = left.splitlines(keepends=True), right.splitlines(keepends=True)
    return TextDiff(_joined(_pieces(old, new)), by_lines, cut)


def _pieces(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[start:end])))
            continue
        if end > start:
            found.append(Piece("removed", "".join(old[start:end])))
        if new_end > new_start:
            found.append(Piece("added", "".join(new[new_start:new_end])))
    return found


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Changes that only a space parts become one change, so that a new phrase reads as a phrase."""
    found: list[Piece] = []
    removed, added = "", ""
    for number, piece in enumerate(pieces):
        between = 0 < number < len(pieces) - 1
        if (
            piece.kind == "same"
            and between
            and (removed or added)
            and piece.text.isspace()
            and "\n" not in piece.text
        ):
            removed, added = removed + piece.text, added + piece.text
        elif piece.kind == "same":
            found += _change(removed, added)
            found.append(piece)
            removed, added = "", ""
        elif piece.kind == "removed":
            removed += piece.text
        else:
            added += piece.text
    return found + _change(removed, added)


def _change(removed: str, added: str) -> list[Piece]:
    return [piece for piece in (Piece("removed", removed), Piece("added", added)) if piece.text]
