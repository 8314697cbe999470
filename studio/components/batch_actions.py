"""What can be done with a batch: stop, continue, try again, take the results out, change and delete it."""

from collections.abc import Callable

import streamlit as st

from core.records import BatchRecord
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.context import core
from studio.page_files import page_file
from studio.view_models.numbers import counted


def show_actions(batch: BatchRecord) -> None:
    """Buttons that fit how it stands."""
    counts, batches = batch.counts, core().batches
    if counts.pending and not batch.stopped:
        _button(
            "Stop",
            "stop_circle",
            lambda: batches.stop(batch.id),
            help="No more rows are started; those at work go on to their end.",
        )
    elif counts.at_work and batch.stopped:
        _button(
            f"Cancel {counted(counts.at_work, 'row')} at work",
            "cancel",
            lambda: batches.cancel_at_work(batch.id, by="studio"),
            key="cancel",
            help="They go on where they stood when the batch is continued.",
        )
    if batch.stopped and (counts.pending or counts.cancelled):
        _button(
            "Continue",
            "play_arrow",
            lambda: batches.resume(batch.id),
            primary=True,
            help="Goes on with the rows that are left and those that were cancelled.",
        )
    if counts.to_retry:
        _button(
            f"Retry {counts.to_retry:,} {'failed' if counts.failed else 'cancelled'}",
            "replay",
            lambda: _retry(batch),
            key="retry",
            help="Rows that failed or were cancelled go on where they stood: nothing that was done is done again.",
        )
    with st.popover("Results", icon=":material/download:", key="batch_results"):
        st.link_button("CSV", f"batches/{batch.id}/results.csv", icon=":material/table:")
        st.link_button("JSON lines", f"batches/{batch.id}/results.jsonl", icon=":material/data_object:")
        if batch.status in ("running", "stopping"):
            st.caption("Rows that have not ended are in it as they stand.")
    with st.popover("More", icon=":material/more_horiz:", key="batch_more"):
        _show_more(batch)


def _retry(batch: BatchRecord) -> None:
    retried = core().batches.retry(batch.id)
    notify(f"{counted(retried, 'row')} started again.")


def _show_more(batch: BatchRecord) -> None:
    name = st.text_input("Name", value=batch.name, key=f"batch_rename_{batch.id}", max_chars=200)
    at_once = st.number_input(
        "Rows at the same time",
        min_value=1,
        max_value=core().batches.most_at_once,
        value=batch.concurrency,
        key=f"batch_at_once_{batch.id}",
    )
    if st.button("Apply", key="batch_apply", icon=":material/check:"):
        _do(lambda: _apply(batch, name, int(at_once)))
    st.page_link(
        page_file("batch"),
        label="New batch with these rows",
        icon=":material/add:",
        query_params={"organization": batch.organization_id, "dataset": batch.dataset_id},
    )
    st.divider()
    st.markdown(f"**Delete** the batch and its {counted(batch.rows, 'run')} with their traces. The dataset stays.")
    sure = st.checkbox("I do not need the results any more", key=f"batch_sure_{batch.id}")
    if st.button("Delete", key="batch_delete", icon=":material/delete:", disabled=not sure):
        _do(lambda: _delete(batch))


def _apply(batch: BatchRecord, name: str, at_once: int) -> None:
    core().batches.rename(batch.id, name)
    core().batches.set_concurrency(batch.id, at_once)


def _delete(batch: BatchRecord) -> None:
    core().batches.delete(batch.id)
    st.query_params.clear()
    notify("The batch is deleted.")


def _button(
    label: str, icon: str, act: Callable[[], object], *, help: str, key: str = "", primary: bool = False
) -> None:
    if st.button(
        label,
        icon=f":material/{icon}:",
        key=f"batch_{key or label.lower()}",
        type="primary" if primary else "secondary",
        help=help,
    ):
        _do(act)


def _do(act: Callable[[], object]) -> None:
    with errors_shown():
        act()
        st.rerun()
