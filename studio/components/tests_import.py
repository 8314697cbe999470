"""Adding tests from files that were exported."""

import streamlit as st

from core.cassettes.cassette import CassetteFile, read_file
from core.errors import TroupeError
from studio.components.errors import errors_shown, show_error
from studio.components.notices import notify
from studio.context import core
from studio.view_models.markdown import plain


def offer_import() -> None:
    """A place for a file; it says what is in it before anything is added."""
    number = st.session_state.get("test_imports", 0)
    with st.popover("Import", icon=":material/upload:", key="import_test"):
        upload = st.file_uploader("A test that was exported", type=["json"], key=f"test_file_{number}")
        if upload is None:
            return
        text = upload.getvalue().decode(errors="replace")
        try:
            file = read_file(text)
        except TroupeError as error:
            show_error(error)
            return
        _ask(file, text, number)


def _ask(file: CassetteFile, text: str, number: int) -> None:
    organizations = {each.id: each.name for each in core().organizations.all() if each.latest_revision}
    if not organizations:
        st.info("There is no organization yet that it could be a test of.", icon=":material/account_tree:")
        return
    st.markdown(f"**{plain(file.name)}**, recorded of {plain(file.cassette.organization)}")
    ids, names = list(organizations), list(organizations.values())
    own = file.cassette.organization
    organization_id = st.selectbox(
        "A test of",
        ids,
        index=names.index(own) if own in names else None,
        format_func=lambda key: organizations.get(key, key),
        placeholder=f"There is no {own}: choose another",
        key=f"test_owner_{number}",
    )
    taken = organization_id is not None and file.name in {
        test.name for test in core().replays.tests(organization_id)
    }
    replace = False
    if taken:
        st.warning("It has a test with that name already.", icon=":material/content_copy:")
        replace = st.checkbox("Let this one take its place", key=f"test_import_replace_{number}")
    wanted = st.button(
        "Replace the test" if taken else "Add the test",
        type="primary",
        key=f"test_import_go_{number}",
        disabled=organization_id is None or (taken and not replace),
    )
    if wanted and organization_id is not None:
        with errors_shown():
            test_id = core().replays.import_test(organization_id, text, replace=replace)
            # Another key is an empty place.
            st.session_state.test_imports = number + 1
            notify("The test was added.")
            st.query_params.from_dict({"test": test_id})
            st.rerun()
