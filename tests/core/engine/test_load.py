"""Providers that are busy, broken or slow: calls wait, are tried again, or refused; nothing is said twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.organization.spec import ModelSettingsSpec, Organization, RunSettings
from core.records import ProviderLoad, ProviderRecord, RunRecord
from core.sdk import retrying
from core.sdk.circuit_breaker import CircuitBreaker, CircuitOpenError
from core.sdk.traffic import Traffic
from tests.support.aimock import aimock, needs_aimock
from tests.support.busy_provider import BusyProvider, Cut, Refuse, Say, Stall, busy_provider
from tests.support.dying_wait import TALKER
from tests.support.providers import compatible
from tests.support.studio import open_studio, start, story, until, wait_for_run

RETRIED = ["run_started", "agent_started", "model_call_started", "model_call_retried", "model_call_started"]
COMPLETED = ["model_call_completed", "run_completed"]


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    """A studio whose waits without `Retry-After` are short."""
    monkeypatch.setattr(retrying, "FIRST_WAIT", 0.05)
    with open_studio(tmp_path) as opened:
        yield opened


def connect(core: Core, server: BusyProvider, **load: float | None) -> None:
    """Make `local/m` a model of the server."""
    core.providers.save(compatible(base_url=server.base_url, load=ProviderLoad(**load)), key=None)  # type: ignore[arg-type]


def talk(core: Core, text: str = "Hello", spec: Organization = TALKER) -> RunRecord:
    return wait_for_run(core, start(core, spec, text, model="local/m"))


def told(core: Core, run_id: str, kind: str) -> list[dict[str, object]]:
    return [event.data for event in core.runs.events(run_id) if event.kind == kind]


@pytest.mark.parametrize(
    ("refusal", "least", "most"),
    [
        (Refuse(429, {"retry-after": "0.3"}), 0.3, 0.3),
        (Refuse(429, {"retry-after-ms": "200", "retry-after": "30"}), 0.2, 0.2),
        (Refuse(429, until=3), 0.5, 3.0),
    ],
    ids=["seconds", "milliseconds", "date"],
)
def test_a_busy_provider_is_asked_again_when_it_says(
    core: Core, refusal: Refuse, least: float, most: float
) -> None:
    with busy_provider(refusal) as server:
        connect(core, server)
        run = talk(core)

    assert (run.status, run.output) == ("completed", "Done.")
    assert story(core, run.id) == [*RETRIED, *COMPLETED]
    (retry,) = told(core, run.id, "model_call_retried")
    assert (retry["attempt"], retry["attempts"]) == (2, 4)
    assert "got more requests than it allows (HTTP 429)" in str(retry["reason"])
    assert least <= retry["wait_seconds"] <= most  # type: ignore[operator]
    waited = server.arrivals[1] - server.arrivals[0]
    assert waited >= least


@pytest.mark.parametrize("status", [408, 409, 500, 503, 529])
def test_passing_failures_are_tried_again(core: Core, status: int) -> None:
    with busy_provider(Refuse(status), Refuse(status)) as server:
        connect(core, server)
        run = talk(core)

    assert (run.status, run.output, len(server.arrivals)) == ("completed", "Done.", 3)
    assert [each["attempt"] for each in told(core, run.id, "model_call_retried")] == [2, 3]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_lasting_failures_are_not(core: Core, status: int) -> None:
    with busy_provider(then=Refuse(status, {"retry-after": "0"})) as server:
        connect(core, server)
        run = talk(core)

    assert (run.status, len(server.arrivals)) == ("failed", 1)
    assert told(core, run.id, "model_call_retried") == []


def test_no_other_mechanism_multiplies_the_attempts(core: Core) -> None:
    with busy_provider(then=Refuse(500)) as server:
        connect(core, server, attempts=3)
        run = talk(core)

    assert (run.status, run.error_code, len(server.arrivals)) == ("failed", "server_error", 3)
    assert (run.error_message or "").endswith("Tried 3 times.")


def test_what_a_cut_answer_had_said_is_void(core: Core) -> None:
    with busy_provider(Cut("The answer is half"), then=Say("The answer is whole.")) as server:
        connect(core, server)
        run = talk(core)

    assert run.output == "The answer is whole."
    events = core.runs.events(run.id)
    retried = next(event.seq for event in events if event.kind == "model_call_retried")
    before = "".join(e.data["text"] for e in events if e.kind == "text_delta" and e.seq < retried)
    after = "".join(e.data["text"] for e in events if e.kind == "text_delta" and e.seq > retried)
    assert (before.strip(), after) == ("The answer is half", "The answer is whole.")
    assert run.requests == 1
    model = next(span for span in core.traces.spans(run.id)[0] if span.kind == "model")
    attempts = core.traces.payload(model.id)["attempts"]
    assert (attempts["made"], len(attempts["failed"])) == (2, 1)
    assert "before the answer was complete" in attempts["failed"][0]


def test_an_attempt_that_takes_too_long_is_given_up_and_tried_again(core: Core) -> None:
    with busy_provider(Stall(20), then=Say("In time.")) as server:
        connect(core, server, attempt_seconds=3)
        run = talk(core)

    assert (run.status, run.output) == ("completed", "In time.")
    (retry,) = told(core, run.id, "model_call_retried")
    assert retry["reason"] == "Provider 'local' had not answered in full after 3 seconds."


def test_the_agents_own_time_out_is_of_one_attempt_too(core: Core) -> None:
    settings = ModelSettingsSpec(timeout_seconds=3)
    hurried = TALKER.model_copy(update={"agents": [TALKER.agents[0].model_copy(update={"settings": settings})]})
    with busy_provider(Refuse(429, {"retry-after": "3.2"}), Stall(20), then=Say("In time.")) as server:
        connect(core, server)
        run = talk(core, spec=hurried)

    assert (run.status, run.output, len(server.arrivals)) == ("completed", "In time.", 3)


def test_a_wait_beyond_the_longest_is_not_waited_for(core: Core) -> None:
    with busy_provider(Refuse(429, {"retry-after": "90"})) as server:
        connect(core, server, longest_wait_seconds=5)
        run = talk(core)

    assert (run.status, run.error_code) == ("failed", "rate_limited")
    assert "It asks to wait 90 s; at most 5 s are set for it." in (run.error_message or "")


def test_a_wait_beyond_the_runs_time_is_not_begun(core: Core) -> None:
    hurried = TALKER.model_copy(update={"run": RunSettings(timeout_seconds=3)})
    with busy_provider(Refuse(429, {"retry-after": "30"})) as server:
        connect(core, server)
        run = talk(core, spec=hurried)

    assert (run.status, run.error_code) == ("failed", "rate_limited")
    assert "leaves no time for another attempt" in (run.error_message or "")


def test_a_broken_provider_is_left_alone_and_tried_again(core: Core) -> None:
    with busy_provider(*[Refuse(503)] * 3) as server:
        connect(core, server, attempts=1)
        gate = core.engine.registry.traffic.gate(core.providers.get("local"))
        breaker = gate.breaker = CircuitBreaker("local", failures=2, rest_seconds=0.5)

        codes = [talk(core).error_code for _ in range(3)]
        asked = len(server.arrivals)
        until(lambda: not _refuses(breaker))
        probe = talk(core)
        again = talk(core)
        until(lambda: not _refuses(breaker))
        mended = talk(core)

    assert codes == ["server_error", "server_error", "provider_down"]
    assert asked == 2
    assert (probe.error_code, again.error_code) == ("server_error", "provider_down")
    assert "is tried again in" in (again.error_hint or "")
    assert (mended.status, breaker.is_open) == ("completed", False)


def _refuses(breaker: CircuitBreaker) -> bool:
    try:
        breaker.check()
    except CircuitOpenError:
        return True
    return False


def test_being_busy_is_no_fault(core: Core) -> None:
    with busy_provider(*[Refuse(429)] * 20) as server:
        connect(core, server, attempts=1)
        codes = {talk(core).error_code for _ in range(10)}

    assert (codes, len(server.arrivals)) == ({"rate_limited"}, 10)


def test_fifty_runs_keep_to_the_limits_and_none_fails(core: Core) -> None:
    """A minute lasts two seconds here."""
    core.engine.registry.traffic = Traffic(minute=2.0)
    with busy_provider(seconds=0.05) as server:
        connect(core, server, requests_per_minute=25, calls_at_once=7)
        organization = core.organizations.create(TALKER)
        runs = [core.runs.start(organization, f"Hello {n}", model="local/m") for n in range(50)]
        ended = [wait_for_run(core, run) for run in runs]

    assert {run.status for run in ended} == {"completed"}
    assert len(server.arrivals) == 50
    assert server.most_within(2.0) <= 25
    assert server.most_at_work <= 7
    held = [told(core, run.id, "model_call_held") for run in ended]
    assert sum(map(bool, held)) > 20
    assert {each[0]["limit"] for each in held if each} <= {"25 requests a minute", "7 at the same time"}


def test_workers_share_the_limits_of_a_provider(tmp_path: Path) -> None:
    """Two workers: each calls half as often at the same time, and all of it when it is alone again."""
    with busy_provider(seconds=0.15) as server, ExitStack() as stack:
        first = stack.enter_context(open_studio(tmp_path, role="worker", lease_seconds=2))
        connect(first, server, calls_at_once=6)
        organization = first.organizations.create(TALKER)
        with open_studio(tmp_path, role="worker", lease_seconds=2) as second:
            gates = [core.engine.registry.traffic.gate(_provider(core)) for core in (first, second)]
            first.engine.start()
            second.engine.start()
            until(lambda: all(gate.limiter.most_at_once == 3 for gate in gates))
            runs = [first.runs.start(organization, f"Hello {n}", model="local/m") for n in range(24)]
            for run in runs:
                wait_for_run(first, run)
        until(lambda: gates[0].limiter.most_at_once == 6)

    assert len(server.arrivals) == 24
    assert server.most_at_work <= 6


def _provider(core: Core) -> ProviderRecord:
    return next(each for each in core.providers.all() if each.id == "local")


def test_tokens_are_limited_by_what_was_used(core: Core) -> None:
    core.engine.registry.traffic = Traffic(minute=1.0)
    with busy_provider(then=Say("Done.", tokens=60)) as server:
        connect(core, server, tokens_per_minute=100)
        organization = core.organizations.create(TALKER)
        for number in range(3):
            wait_for_run(core, core.runs.start(organization, f"Hello {number}", model="local/m"))

    assert server.arrivals[2] - server.arrivals[0] >= 0.9


def test_stopping_ends_a_wait_at_once(core: Core) -> None:
    with busy_provider(Refuse(429, {"retry-after": "50"})) as server:
        connect(core, server)
        run_id = start(core, TALKER, "Hello", model="local/m")
        until(lambda: "model_call_retried" in story(core, run_id))
        core.runs.stop(run_id)
        run = wait_for_run(core, run_id)

    assert (run.status, len(server.arrivals)) == ("cancelled", 1)


def test_a_stopped_run_gives_its_place_in_the_queue_away(core: Core) -> None:
    gate = core.engine.registry.traffic
    with busy_provider(seconds=0.6) as server:
        connect(core, server, calls_at_once=1)
        organization = core.organizations.create(TALKER)
        first, second, third = (core.runs.start(organization, f"Hello {n}", model="local/m") for n in range(3))
        limiter = gate.gate(core.providers.get("local")).limiter
        until(lambda: limiter.waiting == 2)
        core.runs.stop(second)
        statuses = [wait_for_run(core, run).status for run in (second, first, third)]

    assert statuses == ["cancelled", "completed", "completed"]
    assert (len(server.arrivals), limiter.waiting) == (2, 0)


def test_a_run_that_waits_shows_it(core: Core) -> None:
    with busy_provider(seconds=1.0) as server:
        connect(core, server, calls_at_once=1)
        organization = core.organizations.create(TALKER)
        runs = [core.runs.start(organization, f"Hello {n}", model="local/m") for n in range(2)]
        until(lambda: any("model_call_held" in story(core, run) for run in runs))
        ended = [wait_for_run(core, run) for run in runs]

    assert {run.status for run in ended} == {"completed"}
    held = next(run.id for run in ended if "model_call_held" in story(core, run.id))
    assert story(core, held) == [
        "run_started",
        "agent_started",
        "model_call_held",
        "model_call_started",
        *COMPLETED,
    ]


def test_a_wait_survives_the_death_of_the_process(tmp_path: Path) -> None:
    """Killed while it waits to try again: the next process tries at once, and tells everything once."""
    with busy_provider(Refuse(503, {"retry-after": "50"})) as server:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.dying_wait", str(tmp_path), server.base_url],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        run_id = child.stdout.readline().strip()
        with open_studio(tmp_path) as core:
            until(lambda: "model_call_retried" in story(core, run_id))
            os.kill(child.pid, signal.SIGKILL)
            child.communicate()
            core.engine.start()
            run = wait_for_run(core, run_id)
            kinds = story(core, run_id)

    assert (run.status, run.output, len(server.arrivals)) == ("completed", "Done.", 2)
    assert kinds == [*RETRIED[:-1], "run_resumed", "model_call_started", *COMPLETED]


class TestAimock:
    pytestmark = needs_aimock

    def test_disconnections_are_tried_again_until_the_attempts_are_used_up(self, core: Core) -> None:
        """A server that we did not write: it drops one connection in two, or all."""
        flaky = {"match": {"userMessage": "flaky"}, "chaos": {"disconnectRate": 0.5}, "response": {"content": "x"}}
        gone = {"match": {"userMessage": "gone"}, "chaos": {"disconnectRate": 1}, "response": {"content": "x"}}
        with aimock([flaky, gone]) as server:
            core.providers.save(compatible(base_url=server.base_url, load=ProviderLoad(attempts=10)), key=None)
            flaky_runs = [talk(core, "flaky") for _ in range(4)]
            core.providers.save(compatible(base_url=server.base_url, load=ProviderLoad(attempts=3)), key=None)
            lost = talk(core, "gone")
            asked = [entry["body"]["messages"][-1]["content"] for entry in server.requests()]

        assert {run.status for run in flaky_runs} == {"completed"}
        assert (lost.status, lost.error_code, asked.count("gone")) == ("failed", "stream_cut", 3)
