"""How the tests of an organization went, where its revisions are."""

import streamlit as st

from studio.context import core
from studio.page_files import page_file
from studio.view_models.numbers import counted
from studio.view_models.revision_test_words import summary_words


def mention_tests(organization_id: str) -> None:
    """`3 tests: 1 differs, 2 passed`, as a link to them; nothing when there are none."""
    found = core().replays.standings(organization_id)
    if found:
        st.page_link(
            page_file("tests"),
            label=f"{counted(len(found), 'test')}: {summary_words(each.outcome for each in found)}",
            icon=":material/checklist:",
            query_params={"organization": organization_id},
        )
