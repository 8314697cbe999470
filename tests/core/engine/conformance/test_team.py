"""What every executor promises, on every database: one web process, workers that come, die and freeze."""

import asyncio
import signal
import time

import pytest

from tests.support.postgres import PostgresServer
from tests.support.studio import start, story, wait_for_run
from tests.support.till_worker import PIECES, till
from tests.support.watching import assert_complete, frames_until
from tests.support.workers import LEASE_SECONDS, Team


async def test_a_page_follows_a_run_that_another_process_works_on(crew: Team) -> None:
    await asyncio.to_thread(crew.worker)
    run_id = start(crew.core, till(), "ada")

    frames = await frames_until(crew.core.runs.follow(run_id), "end")

    assert frames[-1] == {"type": "end", "status": "completed"}
    assert_complete(crew.core, run_id, frames)
    assert crew.core.runs.get(run_id).output == "".join(PIECES)
    assert crew.paid() == ["ada"]
    # It came while it was said, not at its end.
    assert sum(frame.get("event", {}).get("kind") == "text_delta" for frame in frames) > 3


def test_a_run_that_was_queued_before_any_worker_came_is_taken(crew: Team) -> None:
    assert crew.core.workers.nobody_works()
    run_id = start(crew.core, till(), "ada")

    crew.worker()

    assert crew.ended(run_id) == "completed"
    assert not crew.core.workers.nobody_works()


def test_a_decision_reaches_whoever_works(crew: Team) -> None:
    """The worker that asked is gone; another one carries the decision out, once."""
    first = crew.worker()
    run_id = start(crew.core, till(approval=True), "ada")
    wait_for_run(crew.core, run_id, "waiting", seconds=60)
    crew.kill(first)
    crew.worker()

    crew.core.approvals.approve(crew.core.approvals.pending()[0].id, by="ada")

    assert crew.ended(run_id) == "completed"
    assert crew.paid() == ["ada"]
    crew.assert_told_once(run_id)


def test_a_run_that_is_at_work_elsewhere_is_stopped_at_once(crew: Team) -> None:
    crew.worker()
    crew.hold("talk")
    run_id = start(crew.core, till(), "ada")
    crew.at("talk")

    began = time.monotonic()
    crew.core.runs.stop(run_id, by="ada")

    assert crew.ended(run_id) == "cancelled"
    # Far less than the time between two beats of a lease that another process keeps.
    assert time.monotonic() - began < LEASE_SECONDS * 5
    crew.let_go("talk")


def test_runs_of_a_worker_that_dies_go_on_in_the_others(crew: Team) -> None:
    """Three workers race for what the fourth had: each run is completed, each payment made once."""
    victim = crew.worker()
    crew.hold("look")
    runs = [start(crew.core, till(), name) for name in ("ada", "ben", "cyd", "dan")]
    assert crew.at("look", runs=4) == {victim}
    for _ in range(3):
        crew.worker()

    crew.kill(victim)
    crew.let_go("look")

    assert [crew.ended(run_id) for run_id in runs] == ["completed"] * 4
    assert crew.paid() == ["ada", "ben", "cyd", "dan"]
    for run_id in runs:
        crew.assert_told_once(run_id)


def test_an_effect_that_nobody_recorded_is_asked_about(crew: Team) -> None:
    """The worker dies right behind the effect: another one asks a person, and does not pay again."""
    victim = crew.worker()
    crew.hold("paid")
    run_id = start(crew.core, till(), "ada")
    crew.at("paid")
    crew.worker()

    crew.kill(victim)
    crew.let_go("paid")

    wait_for_run(crew.core, run_id, "waiting", seconds=60)
    (approval,) = crew.core.approvals.pending()
    assert approval.kind == "in_doubt"
    crew.core.approvals.reject(approval.id, reason="It was paid.", by="ada")
    assert crew.ended(run_id) == "completed"
    assert crew.paid() == ["ada"]


def test_a_worker_that_froze_and_wakes_up_changes_nothing(crew: Team) -> None:
    """Its lease passes while it stands still before the payment; another one pays, and it must not as well."""
    frozen = crew.worker()
    crew.hold("look")
    run_id = start(crew.core, till(), "ada")
    crew.at("look")
    crew.freeze(frozen)
    crew.worker()
    crew.let_go("look")
    assert crew.ended(run_id) == "completed"
    told = crew.core.runs.events(run_id)

    crew.signal(frozen, signal.SIGCONT)
    later = start(crew.core, till(), "ben")

    assert crew.ended(later) == "completed"
    _until_it_answers_again(crew, frozen)
    assert crew.core.runs.events(run_id) == told
    assert crew.paid() == ["ada", "ben"]
    crew.assert_told_once(run_id)


def test_a_worker_whose_connections_are_cut_goes_on(crew: Team, postgres: PostgresServer) -> None:
    """In the middle of a run, and again while it talks: nothing is lost, nothing is done twice."""
    if crew.url is None:
        pytest.skip("A file has no connections that can be cut.")
    crew.worker()
    crew.hold("look")
    crew.hold("talk")
    run_id = start(crew.core, till(), "ada")
    crew.at("look")
    postgres.cut(crew.url)
    crew.let_go("look")
    crew.at("talk")
    postgres.cut(crew.url)
    crew.let_go("talk")

    assert crew.ended(run_id) == "completed"
    assert crew.paid() == ["ada"]
    crew.assert_told_once(run_id)


def test_workers_are_replaced_one_by_one_under_their_runs(crew: Team) -> None:
    """A rolling upgrade: what waits and what works goes on in the new worker, without a question to anybody."""
    old = crew.worker()
    waiting = start(crew.core, till(approval=True), "ada")
    wait_for_run(crew.core, waiting, "waiting", seconds=60)
    crew.hold("talk")
    working = start(crew.core, till(), "ben")
    crew.at("talk")
    crew.worker()

    began = time.monotonic()
    crew.signal(old, signal.SIGTERM)
    crew.let_go("talk")

    assert crew.ended(working) == "completed"
    crew.assert_told_once(working)
    assert story(crew.core, working).count("run_resumed") <= 1
    crew.core.approvals.approve(crew.core.approvals.pending()[0].id, by="ada")
    assert crew.ended(waiting) == "completed"
    assert crew.paid() == ["ada", "ben"]
    assert crew.core.approvals.pending() == []
    assert time.monotonic() - began < 60


def _until_it_answers_again(crew: Team, pid: int) -> None:
    from core.ids import utc_now
    from tests.support.studio import until

    now = utc_now()
    until(lambda: any(f"/{pid}/" in each.name and each.beat_at > now for each in crew.core.workers.all()))
