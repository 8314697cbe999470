"""The tables and texts of a comparison as HTML; colour never stands alone."""

from collections.abc import Sequence
from html import escape

from studio.view_models.compare_diff import DiffKind, Piece, TextDiff
from studio.view_models.compare_paths import PathRow, Step
from studio.view_models.compare_table import Cell, MeasureRow

TAGS: dict[DiffKind, tuple[str, str]] = {"removed": ("del", "removed: "), "added": ("ins", "added: ")}
STEP_WORDS = {
    "agent": "Agent",
    "tool": "Tool",
    "approval": "Waits",
    "guardrail": "Guardrail",
    "handoff": "Handoff",
}
CHANGE_WORDS = {"same": "", "removed": "only in the first", "added": "only in the second"}
STYLE = """<style>
.cmp table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 0; }
.cmp th, .cmp td { padding: 0.45rem 0.7rem; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  border: 0; border-bottom: 1px solid color-mix(in srgb, currentcolor 16%, transparent); }
.cmp th { font-weight: 600; font-size: 0.9em; }
.cmp tbody th { font-weight: 400; }
.cmp .measures th:first-child { width: 8.5rem; }
.cmp .paths th:last-child { width: 11rem; }
.cmp td.number { font-variant-numeric: tabular-nums; }
.cmp .note { opacity: 0.8; font-size: 0.88em; margin-left: 0.4rem; }
.cmp .best { font-weight: 600; opacity: 1; }
.cmp ins { background: rgba(46, 160, 67, 0.2); text-decoration: underline; text-underline-offset: 0.18em; }
.cmp del { background: rgba(218, 54, 51, 0.18); text-decoration: line-through; }
.cmp .text { padding: 0.8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 6px;
  border: 1px solid color-mix(in srgb, currentcolor 16%, transparent); }
.cmp .sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0.8rem; }
.cmp .sides b { display: block; margin-bottom: 0.4rem; font-size: 0.9em; }
.cmp tr.removed td { background: rgba(218, 54, 51, 0.1); }
.cmp tr.added td { background: rgba(46, 160, 67, 0.1); }
.cmp .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""


def measures_table(names: Sequence[str], rows: Sequence[MeasureRow]) -> str:
    """A column for each variant."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    lines = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th>'
        + "".join(_cell(cell, numeric=row.numeric) for cell in row.cells)
        + "</tr>"
        for row in rows
    )
    return _framed(
        f'<table class="measures"><thead><tr><th><span class="unseen">Measure</span></th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table>"
    )


def inline_diff(diff: TextDiff) -> str:
    """One text with what was removed and what was added."""
    return _framed(f'<div class="text">{_pieces(diff.pieces)}</div>')


def sides_diff(diff: TextDiff, left: str, right: str) -> str:
    """Both texts beside each other, with what only one of them has marked."""
    return _framed(
        '<div class="sides">'
        f'<div class="text"><b>{escape(left)}</b>{_pieces(diff.side("added"))}</div>'
        f'<div class="text"><b>{escape(right)}</b>{_pieces(diff.side("removed"))}</div></div>'
    )


def paths_table(rows: Sequence[PathRow], left: str, right: str) -> str:
    """Both ways line by line."""
    lines = "".join(
        f'<tr class="{row.kind}"><td>{_step(row.left, row.kind)}</td><td>{_step(row.right, row.kind)}</td>'
        f"<td>{CHANGE_WORDS[row.kind]}</td></tr>"
        for row in rows
    )
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in (left, right, "Difference"))
    return _framed(f'<table class="paths"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>')


def _cell(cell: Cell, *, numeric: bool) -> str:
    kind = "number" if numeric else ""
    note = f'<span class="note{" best" if cell.best else ""}">{escape(cell.note)}</span>' if cell.note else ""
    return f'<td class="{kind}">{escape(cell.text)}{note}</td>'


def _pieces(pieces: Sequence[Piece]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    if piece.kind == "same":
        return escape(piece.text)
    tag, word = TAGS[piece.kind]
    return f'<{tag}><span class="unseen">{word}</span>{escape(piece.text)}</{tag}>'


def _step(step: Step | None, kind: DiffKind) -> str:
    if step is None:
        return ""
    indent = f' style="padding-left: {step.depth * 1.2}rem"' if step.depth else ""
    text = f'<span class="note">{STEP_WORDS[step.kind]}</span> {escape(step.text)}'
    tag = "" if kind == "same" else TAGS[kind][0]
    return f"<div{indent}>{f'<{tag}>{text}</{tag}>' if tag else text}</div>"


def _framed(html: str) -> str:
    return f'<div class="cmp">{html}</div>'
