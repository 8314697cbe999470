"""Who works on runs, when the pages' own process does not."""

import pandas as pd
import streamlit as st

from core.ids import utc_now
from studio.context import core
from studio.view_models.relative_time import relative


def show_workers() -> None:
    """The workers, since when they are there, and how much they have to do."""
    service = core().workers
    workers = service.all()
    if not service.are_needed:
        st.markdown(
            "This studio works on its runs itself, so no worker is needed. When `STUDIO_DATABASE_URL` names a "
            "PostgreSQL database, any number of machines can work on them with `uv run studio worker`."
        )
    elif service.nobody_works():
        st.warning(
            "Nobody works on runs, so they wait. Start a worker on any machine that reaches the database:",
            icon=":material/engineering:",
        )
        st.code("uv run studio worker", language="shell")
    if not workers:
        return
    now = utc_now()
    rows = [
        {
            "State": "At work" if service.is_alive(worker) else "Does not answer",
            "Machine": worker.host,
            "Runs": f"{worker.running} of {worker.concurrency}",
            "Last heard of": relative(worker.beat_at, now),
            "Started": relative(worker.started_at, now),
            "Process": worker.name.split("/")[1],
            "Version": worker.version,
        }
        for worker in workers
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="workers")
    st.caption("Runs of a worker that does not answer go on in another one.")
