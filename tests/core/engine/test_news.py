"""What other processes write is looked at soon, also in close succession."""

import time
from pathlib import Path

from core.organization.spec import AgentSpec, Organization
from core.store import run_control
from core.store.database import Database
from core.store.providers import save_setting
from tests.support.stalling import endless, script
from tests.support.studio import open_studio, start, until

SPEAKER = Organization(name="Speaker", entry="speaker", agents=[AgentSpec(name="speaker")])


def test_an_order_that_comes_right_after_something_else_is_obeyed_at_once(tmp_path: Path) -> None:
    """Not with the next beat, which is seconds away."""
    with open_studio(tmp_path, script(endless("Never ", "done"))) as core:
        other = Database(tmp_path / "studio.db")
        run_id = start(core, SPEAKER, "Go on")
        until(lambda: core.runs.get(run_id).status == "running")
        core.engine._news.hurry(1)
        time.sleep(0.5)

        with other.session() as db:
            save_setting(db, "something", "else")
        time.sleep(0.05)
        with other.session() as db:
            run_control.ask_to_cancel(db, run_id)
        began = time.monotonic()
        until(lambda: core.runs.get(run_id).status == "cancelled")

        assert time.monotonic() - began < 1
        other.close()
