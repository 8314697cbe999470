"""One test: what was recorded, how it went the last time, and what can be done with it."""

import streamlit as st

from core.cassettes.cassette import Cassette
from core.errors import NotFoundError
from core.ids import utc_now
from core.records import RunRecord, StoredTest
from core.services.replays import Report
from studio.components.replay_origin import replay_badge
from studio.components.run_header import STYLE, fact_list
from studio.components.save_test import STRICT, STRICT_HELP
from studio.components.tests_actions import offer_delete, offer_export, offer_record_again, offer_rename
from studio.components.tests_differences import show_differences
from studio.components.tests_list import show_progress
from studio.components.tests_running import offer_run, show_running_error
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.relative_time import exact, relative, zone_named
from studio.view_models.revision_test_words import OUTCOMES, recorded_facts


def show_one_test(test_id: str) -> None:
    """Everything about it; drawn again when it has run."""
    if st.query_params.get("test") != test_id:
        st.rerun()
    try:
        test, cassette = core().replays.test(test_id), core().replays.cassette(test_id)
    except NotFoundError:
        # It was deleted, here or in another tab.
        st.rerun()
    report = core().replays.report(test_id)
    _show_bar(test, cassette)
    st.title(plain(test.name), anchor=False)
    _show_state(test, report)
    show_running_error()
    if report.outcome == "running":
        show_progress(core().replays.standings())
    _show_outcome(report)
    _show_recorded(test, cassette)


def _show_bar(test: StoredTest, cassette: Cassette) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.button("All tests", icon=":material/arrow_back:", type="tertiary", key="all_tests", on_click=_back)
        with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
            offer_run(test)
            offer_rename(test)
            offer_record_again(test, cassette)
            offer_export(test)
            offer_delete(test)


def _show_state(test: StoredTest, report: Report) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(OUTCOMES[report.outcome].markdown, width="content")
        st.page_link(
            page_file("design"),
            label=plain(test.organization_name),
            icon=":material/account_tree:",
            query_params={"organization": test.organization_id},
        )
        if report.run is not None:
            _show_run(report.run)


def _show_run(run: RunRecord) -> None:
    replay_badge()
    if run.simulated:
        st.badge("simulated", icon=":material/science:", color="gray", help="Some answers were simulated.")
    st.page_link(
        page_file("runs"),
        label=f"The run with r{run.revision_number}, and its trace",
        icon=":material/receipt_long:",
        query_params={"run": run.id},
    )
    zone = zone_named(st.context.timezone)
    st.markdown(
        f":small[{relative(run.created_at, utc_now())}]", width="content", help=exact(run.created_at, zone)
    )


def _show_outcome(report: Report) -> None:
    match report.outcome:
        case "never":
            st.info("It was not run yet. “Run” plays it with the newest revision.", icon=":material/play_arrow:")
        case "running":
            st.caption("It is being played.")
        case "stopped":
            st.info("Somebody stopped the last run of it.", icon=":material/cancel:")
        case "passed":
            st.success("Nothing is different from what was recorded.", icon=":material/check_circle:")
        case "differs":
            st.subheader("What is different", anchor=False)
            show_differences(report.differences)


def _show_recorded(test: StoredTest, cassette: Cassette) -> None:
    st.subheader("What was recorded", anchor=False)
    zone = zone_named(st.context.timezone)
    st.html(STYLE + fact_list(recorded_facts(cassette, now=utc_now(), zone=zone)))
    _show_source(test)
    st.toggle(
        STRICT,
        value=test.same_questions,
        key=f"test_strict_{test.id}_{test.same_questions}",
        on_change=_be_strict,
        args=(test,),
    )
    st.caption(STRICT_HELP)
    st.markdown("**Input**")
    st.code(cassette.input, language=None, wrap_lines=True)
    st.markdown("**How it ended**")
    ending = cassette.ending
    if ending.output is not None:
        st.code(ending.output or "The answer is empty.", language=None, wrap_lines=True)
    else:
        st.markdown(plain(f"{ending.status} ({ending.error_code})" if ending.error_code else ending.status))


def _show_source(test: StoredTest) -> None:
    try:
        run = core().runs.get(test.run_id)
    except NotFoundError:
        st.caption("The run that it was recorded from is not stored here.")
        return
    with st.container(key="lineage"):
        st.page_link(
            page_file("runs"),
            label="The run that it was recorded from",
            icon=":material/subdirectory_arrow_left:",
            query_params={"run": run.id},
        )


def _be_strict(test: StoredTest) -> None:
    core().replays.change(test.id, same_questions=not test.same_questions)


def _back() -> None:
    st.query_params.pop("test", None)
