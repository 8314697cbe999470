"""Running tests: all that are shown, some of them, or one with a certain revision."""

import streamlit as st

from core.errors import TroupeError
from core.records import RevisionRecord, Standing, StoredTest
from studio.components.errors import show_error
from studio.context import core
from studio.view_models.numbers import counted
from studio.view_models.revision_test_rows import titles
from studio.view_models.revision_words import revision_title

_ERROR = "tests_error"


def offer_run_all(found: list[Standing], *, everything: bool) -> None:
    """A button that runs everything that the list shows."""
    st.button(
        f"Run all {len(found):,}" if everything else f"Run these {len(found):,}",
        type="primary",
        icon=":material/play_arrow:",
        key="run_tests",
        disabled=not found,
        help="With the newest revision of each organization. No model is asked, no tool is called.",
        on_click=run_tests,
        args=([each.test.id for each in found],),
    )


def offer_choice(found: list[Standing]) -> None:
    """Tests to choose from the list."""
    names = titles(each.test for each in found)
    with st.popover("Run some", icon=":material/checklist:", key="run_some", disabled=not found):
        chosen = st.multiselect(
            "Tests", list(names), format_func=lambda key: names.get(key, key), key="tests_chosen", width=420
        )
        st.button(
            f"Run {counted(len(chosen), 'test')}",
            type="primary",
            key="run_chosen",
            disabled=not chosen,
            on_click=run_tests,
            args=(chosen,),
        )


def offer_run(test: StoredTest) -> None:
    """Buttons that run one test, with the newest revision or another."""
    st.button(
        "Run",
        type="primary",
        icon=":material/play_arrow:",
        key="run_test",
        help="With the newest revision. No model is asked, no tool is called.",
        on_click=run_tests,
        args=([test.id],),
    )
    with st.popover("With a revision", icon=":material/history:", key="run_with"):
        revisions = {each.id: each for each in core().organizations.revisions(test.organization_id)}
        chosen = st.selectbox(
            "Revision",
            list(revisions),
            format_func=lambda key: _title(revisions.get(key)),
            key=f"test_revision_{test.id}",
        )
        st.button(
            "Run with it",
            type="primary",
            key="run_with_go",
            disabled=chosen is None,
            on_click=run_tests,
            args=([test.id], chosen),
        )


def run_tests(test_ids: list[str], revision_id: str | None = None) -> None:
    """Start tests; what keeps one of them from starting is shown, and the others start."""
    for test_id in test_ids:
        try:
            core().replays.run_test(test_id, revision_id=revision_id)
        except TroupeError as error:
            st.session_state[_ERROR] = error


def show_running_error() -> None:
    """What went wrong when tests were started, once."""
    error = st.session_state.pop(_ERROR, None)
    if error is not None:
        show_error(error)


def _title(revision: RevisionRecord | None) -> str:
    return revision_title(revision) if revision is not None else ""
