"""Tests: recorded runs that later revisions are measured by."""

import streamlit as st

from core.errors import NotFoundError
from studio.components.errors import show_error
from studio.components.notices import show_notice
from studio.components.tests_list import show_tests
from studio.components.tests_one import show_one_test
from studio.context import core

show_notice()
test_id = st.query_params.get("test", "")
missing = None
if test_id:
    try:
        core().replays.test(test_id)
        st.fragment(show_one_test)(test_id)
        st.stop()
    except NotFoundError as error:
        missing = error

st.title("Tests")
if missing is not None:
    show_error(missing)
st.fragment(show_tests)(test_id)
