"""Where data lies, and the sample database that the patterns' tools work on."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from studio.context import core
from studio.view_models.numbers import size


def show_data() -> None:
    """Folder, sizes, and the effects of sample tools."""
    settings = core().settings
    st.subheader("Data folder")
    st.code(str(settings.data_dir), language=None)
    files = sorted(settings.data_dir.glob("*.db"))
    st.caption(" · ".join(f"{path.name} {size(path.stat().st_size)}" for path in files))
    if settings.server is None:
        st.markdown(
            "Set `STUDIO_DATA_DIR` or start with `--data-dir` to keep it elsewhere. A backup is a copy of the "
            "folder while the studio is not running."
        )
    else:
        st.markdown("The folder holds the sample database and the secret key; everything else is here:")
        st.code(str(settings.server), language=None)
        st.markdown("A backup is what `pg_dump` makes, and a copy of the secret key.")
    st.subheader("Sample database")
    st.markdown("What the tools of the patterns have written.")
    samples = core().samples
    tables: dict[str, Sequence[Any]] = {
        "Refunds": samples.refunds(),
        "Tickets": samples.tickets(),
        "Maintenance": samples.maintenance(),
    }
    for tab, (name, rows) in zip(st.tabs(list(tables)), tables.items(), strict=True):
        with tab:
            if rows:
                st.dataframe(pd.DataFrame([asdict(row) for row in rows]), hide_index=True, key=f"sample_{name}")
            else:
                st.caption(f"No {name.lower()} yet.")
    with st.popover("Reset the sample database", icon=":material/restart_alt:"):
        st.markdown("Everything that sample tools wrote is forgotten. Runs and traces stay.")
        if st.button("Reset", type="primary"):
            samples.reset()
            st.rerun()
