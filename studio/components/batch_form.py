"""The form of a new batch: which organization, which rows, and how a row becomes an input."""

import streamlit as st

from core.errors import TroupeError
from core.records import OrganizationRecord
from core.services.batch_template import check_template, default_template, filled
from studio.components.batch_data import Rows, choose_rows
from studio.components.errors import errors_shown, show_error
from studio.context import core
from studio.page_files import page_file
from studio.view_models.compare_form import revision_words
from studio.view_models.distinct import organization_names
from studio.view_models.run_rows import one_line

AS_DESIGNED = ""
LONGEST_EXAMPLE = 600


def show_form() -> None:
    """Draws the form; starting goes to the new batch."""
    organizations = [record for record in core().organizations.all() if record.latest_revision]
    if not organizations:
        st.info(
            "There is nothing to run yet. Design an organization and save it; then come back with your rows.",
            icon=":material/table_rows:",
        )
        st.page_link(page_file("patterns"), label="Choose a pattern", icon=":material/category:")
        return
    with st.container(border=True, key="batch_form_box"):
        organization_id, revision_id = _choose_organization(organizations)
        rows = choose_rows(organization_id)
        if rows is None:
            return
        st.dataframe(rows.first[:5], hide_index=True, key="batch_preview")
        template = _ask_for_template(rows)
        model, concurrency, name = _choose_settings(rows)
        if st.button(
            f"Start {rows.count:,} {'row' if rows.count == 1 else 'rows'}",
            type="primary",
            icon=":material/play_arrow:",
            key="batch_start",
            disabled=template is None,
        ):
            with errors_shown(), st.spinner("Keeping the rows…"):
                batch_id = core().batches.start(
                    organization_id,
                    rows.keep(),
                    template=template or "",
                    name=name,
                    revision_id=revision_id,
                    model=model or None,
                    concurrency=concurrency,
                )
                st.query_params.from_dict({"batch": batch_id})
                st.rerun()


def _choose_organization(organizations: list[OrganizationRecord]) -> tuple[str, str]:
    names = organization_names(organizations)
    wanted = st.query_params.get("organization")
    if wanted in names and "batch_organization" not in st.session_state:
        st.session_state["batch_organization"] = wanted
    with st.container(horizontal=True, gap="small"):
        organization_id = st.selectbox(
            "Organization", list(names), format_func=names.__getitem__, key="batch_organization"
        )
        saved = core().organizations.revisions(organization_id)
        words = {revision.id: revision_words(revision, newest=revision is saved[0]) for revision in saved}
        revision_id = st.selectbox(
            "Revision",
            list(words),
            format_func=words.__getitem__,
            key=f"batch_revision_{organization_id}",
            help="All rows run with this revision, whatever is changed meanwhile.",
        )
    return organization_id, revision_id


def _ask_for_template(rows: Rows) -> str | None:
    """The template; None while it cannot be used."""
    # Other columns have a field of their own, which begins with what is usual for them.
    template = st.text_area(
        "Input of each row",
        value=default_template(rows.columns),
        key=f"batch_template_{hash(tuple(rows.columns))}",
        height="content",
        help="Names of columns in braces stand for the values of the row. {{ and }} are braces.",
    )
    try:
        check_template(template, rows.columns)
    except TroupeError as error:
        show_error(error)
        return None
    st.caption("The first row is told:")
    st.code(one_line(filled(template, rows.first[0]), LONGEST_EXAMPLE), language=None, wrap_lines=True)
    return template


def _choose_settings(rows: Rows) -> tuple[str, int, str]:
    service = core().batches
    with st.container(horizontal=True, gap="small"):
        name = st.text_input("Name", key="batch_name", placeholder=rows.name, max_chars=200)
        model = st.selectbox(
            "Model",
            [AS_DESIGNED, *core().providers.choices()],
            format_func=lambda reference: reference or "As designed",
            key="batch_model",
            help="Used by all agents in place of their own.",
        )
        concurrency = st.number_input(
            "Rows at the same time",
            min_value=1,
            max_value=service.most_at_once,
            value=service.usual_at_once,
            key="batch_concurrency",
            help="Rows that wait for a person take no place.",
        )
    return model, int(concurrency), name or rows.name
