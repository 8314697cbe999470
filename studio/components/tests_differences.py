"""Differences between what was recorded and what came of it now, as lines; colour never stands alone."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.cassettes.differences import Change, Difference, Sign
from studio.view_models.markdown import plain
from studio.view_models.revision_test_words import merged

WORDS: dict[Sign, str] = {"-": "as recorded: ", "+": "as it is now: ", " ": "", "…": ""}
CLASSES: dict[Sign, str] = {"-": "was", "+": "now", " ": "same", "…": "left"}
STYLE = """<style>
.lines { margin: 0; padding: 0.5rem 0; border-radius: 6px; overflow-x: auto;
  border: 1px solid color-mix(in srgb, currentcolor 16%, transparent);
  font: 0.82rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.lines div { display: grid; grid-template-columns: 1.2rem 1fr; padding: 0 0.8rem; }
.lines b { font-weight: 600; user-select: none; }
.lines span.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.lines .was { background: rgba(218, 54, 51, 0.14); }
.lines .now { background: rgba(46, 160, 67, 0.16); }
.lines .left { font-style: italic; }
.lines .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""


def show_differences(found: Sequence[Difference]) -> None:
    """Each under its heading."""
    st.caption("**−** as recorded, **+** as it is now, **…** equal lines that are left out")
    for number, (heading, changes) in enumerate(merged(found)):
        with st.container(key=f"difference_{number}", gap="xsmall"):
            st.markdown(f"**{plain(heading)}**")
            st.html(STYLE + lines_html(changes))


def lines_html(changes: Sequence[Change]) -> str:
    """The lines with their signs."""
    return f'<div class="lines">{"".join(_line(change) for change in changes)}</div>'


def _line(change: Change) -> str:
    sign = "−" if change.sign == "-" else change.sign
    word = WORDS[change.sign]
    said = f'<span class="unseen">{word}</span>' if word else ""
    return (
        f'<div class="{CLASSES[change.sign]}"><b aria-hidden="true">{sign}</b>'
        f'<span class="text">{said}{escape(change.text)}</span></div>'
    )
