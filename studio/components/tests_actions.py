"""What can be done with a test besides running it."""

import streamlit as st

from core.cassettes.cassette import Cassette
from core.organization.spec import ModelSettingsSpec
from core.records import StoredTest
from core.services.replays import MAX_NAME
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.components.save_test import suggest
from studio.context import core
from studio.page_files import page_file
from studio.view_models.design_state import file_name
from studio.view_models.markdown import plain


def offer_rename(test: StoredTest) -> None:
    """Another name."""
    with (
        st.popover("Rename", icon=":material/edit:", key="rename_test"),
        st.form(f"rename_{test.id}", border=False),
    ):
        name = st.text_input("Name", test.name, max_chars=MAX_NAME, key=f"rename_to_{test.id}")
        if st.form_submit_button("Rename", type="primary"):
            with errors_shown():
                core().replays.change(test.id, name=name)
                notify("The test has another name.")
                st.rerun()


def offer_record_again(test: StoredTest, cassette: Cassette) -> None:
    """Run its input for real, so that the run can take its place."""
    with st.popover("Record again", icon=":material/fiber_manual_record:", key="record_again"):
        st.markdown(
            "When the organization is meant to behave in another way now, run the input for real with the newest "
            "revision: models are asked, **tools take effect**, and it costs what a run costs. Look at that run, "
            "and save it as a test under the same name: it takes the place of this one."
        )
        if cassette.history:
            st.caption("It was recorded within a conversation; the new run begins without what was said before.")
        if st.button("Run it for real", type="primary", icon=":material/play_arrow:", key="record_again_go"):
            with errors_shown():
                fresh = core().runs.start(
                    test.organization_id,
                    cassette.input,
                    model=cassette.model,
                    overrides=ModelSettingsSpec.model_validate(cassette.overrides),
                )
                suggest(fresh, test)
                st.switch_page(page_file("runs"), query_params={"run": fresh})


def offer_export(test: StoredTest) -> None:
    """The test as a file."""
    st.download_button(
        "Export",
        lambda: core().replays.export(test.id),
        file_name=file_name(test.name, "json"),
        mime="application/json",
        icon=":material/download:",
        key="export_test",
        on_click="ignore",
    )


def offer_delete(test: StoredTest) -> None:
    """It is gone for good, so it asks."""
    with st.popover("Delete", icon=":material/delete:", key="delete_test"):
        st.markdown(
            f"**{plain(test.name)}** and what it recorded are deleted for good. Runs that played it stay. "
            "Export it first if you may want it back."
        )
        if st.button("Delete this test", type="primary", key="delete_test_go"):
            with errors_shown():
                core().replays.delete(test.id)
                notify("The test was deleted.")
                st.query_params.pop("test", None)
                st.rerun()
