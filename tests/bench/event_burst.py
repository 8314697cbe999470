"""A burst of 1,000 events, each posted twice by eight senders, while the server is killed and started again.

Counted afterwards: one row for each event, one run for each row. The time until all are started runs from the
moment at which the server answers again after the crash, with everything posted anew.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core.records import RunFilter
from tests.bench.figures import Figure, figure_of, print_table
from tests.support.burst import send_burst
from tests.support.server import StudioServer
from tests.support.triggers import desk, webhook

EVENTS = 1_000
MOST_SECONDS = 1_800


def figures() -> list[Figure]:
    """Accepts a second, and how long it takes."""
    with tempfile.TemporaryDirectory() as folder:
        server = StudioServer(Path(folder), {"STUDIO_REHEARSAL_PACE": "instant"})
        server.start()
        try:
            return _measured(server) + _measured(server, crash=True)
        finally:
            server.stop()


def _measured(server: StudioServer, *, crash: bool = False) -> list[Figure]:
    organization = server.core.organizations.create_named(desk(), note="")
    trigger_id, secret = webhook(server.core, organization)
    keys = [f"msg_{number}" for number in range(EVENTS)]
    if crash:
        send_burst(server, trigger_id, secret, keys, kill_after=EVENTS)
        server.start()
    began = time.monotonic()
    burst = send_burst(server, trigger_id, secret, keys)
    assert Counter(burst.accepted) == Counter(keys * 2)
    started = _seconds_until(server, trigger_id, began, lambda counts: not counts.get("received"))
    done = _seconds_until(server, trigger_id, began, lambda counts: counts == {"done": EVENTS})
    _check(server, organization, trigger_id, keys)
    after = ", after kill -9 in the middle" if crash else ""
    return [
        figure_of(f"Webhooks answered a second{after}", [len(burst.accepted) / burst.seconds], unit="/s"),
        figure_of(f"  all {EVENTS:,} started after", [started], unit="s"),
        figure_of("  all done after", [done], unit="s"),
    ]


def _seconds_until(
    server: StudioServer, trigger_id: str, began: float, reached: Callable[[dict[str, int]], bool]
) -> float:
    while not reached(server.core.triggers.summaries()[trigger_id].counts):
        assert time.monotonic() - began < MOST_SECONDS, "it takes too long"
        # Rarely: counting costs the server's time.
        time.sleep(0.2)
    return time.monotonic() - began


def _check(server: StudioServer, organization: str, trigger_id: str, keys: list[str]) -> None:
    """None lost, each once."""
    runs = server.core.runs.page(RunFilter(organization_id=organization), size=EVENTS * 3).rows
    assert Counter(run.input for run in runs) == Counter(f'{{"key": "{key}"}}' for key in keys)
    assert (
        len({run.trigger_event_id for run in runs}) == server.core.trigger_inbox.page(trigger_id).total == EVENTS
    )


if __name__ == "__main__":
    print_table(figures())
