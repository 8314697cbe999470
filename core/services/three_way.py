"""A three-way merge of texts by lines: what two sides made of a common base, in one text.

The method is diff3, as S. Khanna, K. Kunal and B. C. Pierce describe it in "A Formal Investigation of Diff3"
(FSTTCS 2007). Each side is matched with the base. Runs of base lines that both sides keep are stable; what lies
between two of them is a chunk of its own. A chunk that one side left as it was becomes what the other side made of
it, a chunk of which both made the same becomes that, and any other is a conflict. Then, as git does, equal lines
within the two sides of a conflict are taken out of it. The matching is difflib's, which prefers long runs to many
lines: it reads well, and may find fewer stable lines than a longest common subsequence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

Lines = Sequence[str]
"""Each with its line ending."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Lines of which the two sides made different things."""

    yours: tuple[str, ...]
    theirs: tuple[str, ...]


Piece = tuple[str, ...] | Conflict


def three_way(base: Lines, yours: Lines, theirs: Lines) -> list[Piece]:
    """The merged text in pieces: lines that stand, and conflicts."""
    pieces: list[Piece] = []
    was = mine = other = 0
    for *begin, size in [*_stable_runs(base, yours, theirs), (len(base), len(yours), len(theirs), 0)]:
        pieces += _chunk(
            tuple(base[was : begin[0]]), tuple(yours[mine : begin[1]]), tuple(theirs[other : begin[2]])
        )
        pieces.append(tuple(base[begin[0] : begin[0] + size]))
        was, mine, other = (start + size for start in begin)
    return [piece for piece in pieces if piece != ()]


def as_lines(piece: Piece, *, yours: str, theirs: str) -> list[str]:
    """The lines of a piece; those of a conflict between markers that name the sides."""
    match piece:
        case Conflict():
            return [
                f"<<<<<<< {yours}\n",
                *_ended(piece.yours),
                "=======\n",
                *_ended(piece.theirs),
                f">>>>>>> {theirs}\n",
            ]
        case tuple():
            return list(piece)


def _stable_runs(base: Lines, yours: Lines, theirs: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Where runs that all three have begin in each of them, and how many lines they have."""
    mine, other = _matches(base, yours), _matches(base, theirs)
    start = 0
    while start < len(base):
        if start not in mine or start not in other:
            start += 1
            continue
        size = 1
        while mine.get(start + size) == mine[start] + size and other.get(start + size) == other[start] + size:
            size += 1
        yield start, mine[start], other[start], size
        start += size


def _matches(base: Lines, side: Lines) -> dict[int, int]:
    """Which line of the side is which line of the base."""
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {block.a + offset: block.b + offset for block in blocks for offset in range(block.size)}


def _chunk(base: tuple[str, ...], yours: tuple[str, ...], theirs: tuple[str, ...]) -> list[Piece]:
    if yours in (base, theirs):
        return [theirs]
    if theirs == base:
        return [yours]
    return _refined(yours, theirs)


def _refined(yours: tuple[str, ...], theirs: tuple[str, ...]) -> list[Piece]:
    """A conflict without the lines that both sides have; blank lines and brackets alone do not part it."""
    pieces: list[Piece] = []
    mine = other = 0
    for block in SequenceMatcher(None, yours, theirs, autojunk=False).get_matching_blocks():
        equal = yours[block.a : block.a + block.size]
        if equal and not any(character.isalnum() for line in equal for character in line):
            continue
        if mine < block.a or other < block.b:
            pieces.append(Conflict(yours[mine : block.a], theirs[other : block.b]))
        pieces.append(equal)
        mine, other = block.a + block.size, block.b + block.size
    return pieces


def _ended(lines: tuple[str, ...]) -> list[str]:
    """Lines that all end, so that a marker after the last line of a file stands on a line of its own."""
    return [line if line.endswith(("\n", "\r")) else f"{line}\n" for line in lines]
