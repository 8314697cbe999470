"""All tests: filtered, run together, and how each went the last time."""

import streamlit as st

from core.ids import utc_now
from core.records import Standing
from studio.components.address import put_into_address
from studio.components.batch_progress import progress_bar
from studio.components.list_fields import ALL, organization_field, search_field, word_field
from studio.components.run_list import run_list
from studio.components.tests_import import offer_import
from studio.components.tests_running import offer_choice, offer_run_all, show_running_error
from studio.context import core
from studio.page_files import page_file
from studio.view_models.relative_time import zone_named
from studio.view_models.revision_test_rows import (
    COLUMNS,
    fitting,
    offered_outcomes,
    progress_of_tests,
    rows_of_tests,
)

ABOUT = (
    "A test is a run that went well, kept under a name. With each revision it is played again from what was "
    "recorded, without asking a model or calling a tool, and what comes out differently is shown line by line."
)
HOW = "Open a run that is over and press “Save as a test”."


def show_tests(drawn: str) -> None:
    """The list; drawn again when the bar notices that tests have run. `drawn` is what the address said under
    `test`."""
    if st.query_params.get("test", "") != drawn:
        st.rerun()
    standings = core().replays.standings()
    if not standings:
        _show_nothing()
        return
    st.caption(ABOUT)
    # In one place whatever happens, so that the bar is not made anew.
    show_progress(standings)
    found = _choose(standings)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        offer_run_all(found, everything=len(found) == len(standings))
        offer_choice(found)
        offer_import()
    show_running_error()
    if not found:
        st.info(
            "No test fits. Choose another outcome or organization, or clear the search.",
            icon=":material/filter_alt_off:",
        )
        return
    rows = rows_of_tests(found, now=utc_now(), zone=zone_named(st.context.timezone))
    run_list(rows, COLUMNS, link="test", key="tests_table", on_open=_open)


def show_progress(standings: list[Standing]) -> None:
    """How far all tests are; it moves by itself."""
    progress_bar("replays", progress_of_tests(standings), key="tests_progress")


def _show_nothing() -> None:
    st.info(f"{ABOUT} {HOW}", icon=":material/checklist:")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.page_link(page_file("runs"), label="Choose a run", icon=":material/receipt_long:")
        offer_import()


def _choose(standings: list[Standing]) -> list[Standing]:
    organizations = {each.test.organization_id: each.test.organization_name for each in standings}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = search_field("tests_text", placeholder="Words of the name")
        organization = organization_field("tests_organization", organizations)
    within = fitting(standings, text=text, organization_id=organization)
    words = offered_outcomes(within, st.query_params.get("outcome", ALL), everything=ALL)
    outcome = word_field("outcome", "Outcome", words, key="tests_outcome")
    return fitting(within, outcome="" if outcome == ALL else outcome)


def _open(test_id: str) -> None:
    put_into_address("test", test_id)
