"""The Revisions view of the Design page: look at any revision, name it, compare any two, restore one."""

from functools import partial
from zlib import crc32

import streamlit as st

from core.organization.diff import Difference, difference, statements
from core.organization.files import parse
from core.organization.spec import Organization
from core.records import RevisionRecord
from studio.canvas.canvas import canvas
from studio.components.address import follow_address, put_into_address, write_address
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.components.revision_differences import revision_differences
from studio.components.revision_list import revision_list
from studio.components.tests_mention import mention_tests
from studio.editing import Desk
from studio.view_models.design_text import markdown_safe
from studio.view_models.graph import organization_graph
from studio.view_models.revision_graph import marked_graph
from studio.view_models.revision_words import DRAFT, NOTHING, revision_title, short_list

CANVAS_HEIGHT = 640


def design_revisions(desk: Desk) -> None:
    """Canvas on the left; revisions and differences on the right."""
    revisions = desk.organizations.revisions(desk.organization_id)
    if not revisions:
        st.info(
            "Nothing was saved yet. **Save revision** keeps what is on the canvas, so that you can go back to it, "
            "and see what has changed.",
            icon=":material/history:",
        )
        return
    by_number = {str(revision.number): revision for revision in revisions}
    look = _chosen(desk, by_number)
    mention_tests(desk.organization_id)
    with st.container(key="design_body"):
        left, right = st.columns([3, 2], gap="medium")
        with right, st.container(key="design_inspector"):
            revision_list(
                desk,
                revisions,
                by_number[look].id if look in by_number else DRAFT,
                on_choose=partial(_choose, {revision.id: number for number, revision in by_number.items()}),
            )
            other = _other(desk, revisions, look)
            if look in by_number:
                _actions(desk, by_number[look])
            compared = _compared(desk, by_number, look, other)
            if compared is not None:
                revision_differences(statements(compared))
        with left, st.container(key="design_canvas"):
            _canvas(desk, _organization(desk, by_number, look), compared)


def _chosen(desk: Desk, by_number: dict[str, RevisionRecord]) -> str:
    """The number that the address says: `?view=revisions&revision=2`, or the draft."""
    chosen = st.query_params.get("revision", "")
    if chosen in {DRAFT, *by_number}:
        return chosen
    if chosen:
        st.warning(
            f"There is no revision “{markdown_safe(chosen)}” of this organization.", icon=":material/search_off:"
        )
    return DRAFT if desk.changed else next(iter(by_number))


def _choose(numbers: dict[str, str], reference: str) -> None:
    put_into_address("revision", numbers.get(reference, DRAFT), without="compared")


def _other(desk: Desk, revisions: list[RevisionRecord], look: str) -> str:
    """What it is compared with: at first the revision before it."""
    titles = {DRAFT: "What is on the canvas now"} | {str(each.number): revision_title(each) for each in revisions}
    options = [NOTHING, *(each for each in titles if each != look)]
    older = [each for each in revisions if look == DRAFT or each.number < int(look)]
    first = str(older[0].number) if older else NOTHING
    key = f"revision_other_{desk.organization_id}_{look}"
    follow_address("compared", key, options, otherwise=first)
    chosen: str = st.selectbox(
        "Compared with",
        options,
        format_func=lambda option: titles.get(option, "Nothing"),
        key=key,
        on_change=write_address,
        args=("compared", key),
        kwargs={"usual": first},
    )
    return chosen


def _organization(desk: Desk, by_number: dict[str, RevisionRecord], number: str) -> Organization:
    return desk.organization if number == DRAFT else parse(by_number[number].spec)


def _compared(desk: Desk, by_number: dict[str, RevisionRecord], look: str, other: str) -> Difference | None:
    if other == NOTHING:
        return None
    return difference(_organization(desk, by_number, other), _organization(desk, by_number, look))


def _actions(desk: Desk, revision: RevisionRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="revision_actions", gap="small"):
        if st.button("Restore…", icon=":material/settings_backup_restore:", key="revision_restore"):
            restore_dialog(desk, revision)
        if st.button("Name and note…", icon=":material/edit_note:", key="revision_describe"):
            describe_dialog(desk, revision)


def _canvas(desk: Desk, org: Organization, compared: Difference | None) -> None:
    if compared is None:
        graph, marks = organization_graph(org), {}
    else:
        marked = marked_graph(compared)
        graph, marks = marked.graph, marked.marks
        st.caption(
            ":material/add: added · :material/remove: removed, drawn with broken lines · :material/edit: changed"
            " · the rest is the same in both"
        )
    picture = _pictures(desk, crc32(repr((graph, marks)).encode()))
    canvas(
        graph,
        key=f"revision_canvas_{desk.organization_id}",
        revision=picture,
        status=marks,
        read_only=True,
        fit=picture,
        height=CANVAS_HEIGHT,
    )


def _pictures(desk: Desk, fingerprint: int) -> int:
    """Counts up with each other picture, which is drawn anew and shown as a whole."""
    key = f"revision_picture_{desk.organization_id}"
    last, count = st.session_state.get(key, (0, 0))
    if fingerprint != last:
        count += 1
        st.session_state[key] = (fingerprint, count)
    return int(count)


@st.dialog("Restore this revision?", icon=":material/settings_backup_restore:")
def restore_dialog(desk: Desk, revision: RevisionRecord) -> None:
    """Say what goes from the canvas before it is replaced."""
    lost = statements(difference(desk.organization, parse(revision.spec)))
    title = markdown_safe(revision_title(revision))
    if not lost:
        st.markdown(f"The canvas shows the same as {title} already; at most nodes stand elsewhere.")
    else:
        unsaved = " Unsaved changes are replaced, too." if desk.changed else ""
        st.markdown(f"**{title}** becomes the draft.{unsaved} What changes on the canvas:")
        st.markdown("\n".join(f"- {markdown_safe(line)}" for line in short_list(lost)))
    st.caption("No revision is lost, and Undo brings the canvas back.")
    if st.button("Restore as the draft", type="primary", key="revision_restore_go"):
        if desk.conflict:
            st.error("First choose between the other tab's edits and yours.", icon=":material/sync_problem:")
            return
        desk.restore(revision)
        put_into_address("revision", DRAFT, without="compared")
        notify(f"The canvas is at revision {revision.number} now. Undo brings back what was there.")
        st.rerun()


@st.dialog("Name and note", icon=":material/edit_note:")
def describe_dialog(desk: Desk, revision: RevisionRecord) -> None:
    """What it is never changes; what it is called may."""
    name = st.text_input("Name", revision.name, max_chars=80, key="revision_name", placeholder="Launch")
    note = st.text_area("Note", revision.note, key="revision_note", placeholder="Refunds need approval")
    if st.button("Keep", type="primary", key="revision_describe_go"):
        with errors_shown():
            desk.organizations.describe_revision(revision.id, name=name, note=note)
            notify(f"Revision {revision.number} has its name and note.")
            st.rerun()
