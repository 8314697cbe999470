"""The saved revisions of an organization, newest first, with the draft on top when it differs."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.ids import utc_now
from core.records import RevisionRecord
from studio.editing import Desk
from studio.view_models.design_text import markdown_safe
from studio.view_models.relative_time import exact, zone_named
from studio.view_models.revision_words import DRAFT, revision_caption, revision_title


def revision_list(
    desk: Desk, revisions: Sequence[RevisionRecord], chosen: str, *, on_choose: Callable[[str], None]
) -> None:
    """One row for each; the chosen one is marked."""
    with st.container(key="revision_list", height=260 if len(revisions) > 3 else "content", gap="xsmall"):
        state = "Unsaved changes" if desk.changed else "The same as the newest revision"
        _row(DRAFT, "On the canvas now", state, "", chosen=chosen == DRAFT, on_choose=on_choose)
        now, zone = utc_now(), zone_named(st.context.timezone)
        for revision in revisions:
            _row(
                revision.id,
                revision_title(revision),
                revision_caption(revision, now),
                exact(revision.created_at, zone),
                chosen=chosen == revision.id,
                on_choose=on_choose,
            )


def _row(
    reference: str, title: str, caption: str, when: str, *, chosen: bool, on_choose: Callable[[str], None]
) -> None:
    icon = ":material/radio_button_checked:" if chosen else ":material/radio_button_unchecked:"
    with st.container(key=f"revision_row_{reference}", gap=None):
        st.button(
            f"**{markdown_safe(title)}**" if chosen else markdown_safe(title),
            icon=icon,
            key=f"revision_{reference}",
            type="tertiary",
            width="stretch",
            help=when or None,
            on_click=on_choose,
            args=(reference,),
        )
        st.caption(markdown_safe(caption))
