"""Keeping a run as a test: its name, and how strict it is."""

import streamlit as st

from core.records import RunRecord, StoredTest
from core.services.replays import MAX_NAME
from studio.components.errors import errors_shown
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.replay_words import not_savable, suggested_name

AS_TEST = "Keeps what was recorded, to see with later revisions whether they still do the same."
ABOUT = (
    "A test plays this recording with another revision and tells what comes out differently. It asks no models "
    "and calls no tools."
)
STRICT = "Models must be asked the same"
STRICT_HELP = (
    "On: the test also differs when instructions, tools or the conversation that a model is given have changed. "
    "Off: only the course of the run and its end count."
)


def show_save_test(run: RunRecord) -> None:
    """A button that asks for a name, for a run that is over; when it cannot be a test, it says why."""
    if not run.ended:
        return
    reason = not_savable(run)
    popover = st.popover(
        "Save as a test",
        icon=":material/checklist:",
        key=f"save_test_{run.id}",
        disabled=bool(reason),
        help=reason or AS_TEST,
    )
    if reason:
        return
    with popover:
        tests = core().replays.tests(run.organization_id)
        saved = next((test for test in tests if test.id == st.session_state.get(_saved(run))), None)
        if saved is not None:
            _show_saved(run, saved)
        else:
            _ask(run, {test.name for test in tests})


def suggest(run_id: str, test: StoredTest) -> None:
    """When a run is to take the place of a test: offer its name."""
    st.session_state[_suggestion(run_id)] = (test.name, test.same_questions)


def _ask(run: RunRecord, names: set[str]) -> None:
    st.markdown(ABOUT)
    suggested, usually = st.session_state.get(_suggestion(run.id), (suggested_name(run.input), True))
    name = st.text_input("Name", suggested, max_chars=MAX_NAME, key=f"test_name_{run.id}")
    strict = st.toggle(STRICT, value=usually, key=f"test_strict_{run.id}")
    st.caption(STRICT_HELP)
    taken, replace = " ".join(name.split()) in names, False
    if taken:
        st.warning(f"There is a test called “{plain(name)}” already.", icon=":material/content_copy:")
        replace = st.checkbox("Let this run take its place", key=f"test_replace_{run.id}")
    wanted = st.button(
        "Replace the test" if taken else "Save",
        type="primary",
        key=f"test_save_{run.id}",
        disabled=taken and not replace,
    )
    if wanted:
        with errors_shown():
            test_id = core().replays.save(run.id, name, same_questions=strict, replace=replace)
            st.session_state[_saved(run)] = test_id
            st.rerun()


def _show_saved(run: RunRecord, test: StoredTest) -> None:
    st.markdown(f":green[:material/check_circle: Saved] as **{plain(test.name)}**.")
    st.page_link(
        page_file("tests"), label="Open the test", icon=":material/checklist:", query_params={"test": test.id}
    )
    if st.button("Save under another name", type="tertiary", key=f"test_more_{run.id}"):
        del st.session_state[_saved(run)]
        st.rerun()


def _suggestion(run_id: str) -> str:
    return f"test_suggestion_{run_id}"


def _saved(run: RunRecord) -> str:
    return f"test_saved_{run.id}"
