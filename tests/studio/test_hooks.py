"""Webhooks on a real server: what is accepted, what is refused, and that nothing is lost or doubled."""

from collections import Counter
from collections.abc import Iterator

import httpx
import orjson
import pytest

from core.records import RunFilter
from core.triggers.events import MAX_PAYLOAD
from core.triggers.signatures import signed_headers
from tests.support.burst import send_burst
from tests.support.server import PATIENCE, StudioServer
from tests.support.studio import until
from tests.support.triggers import desk, posted, webhook

BURST = 100


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    started = StudioServer(tmp_path_factory.mktemp("studio"), {"STUDIO_REHEARSAL_PACE": "instant"})
    started.start()
    yield started
    started.stop()


def post(server: StudioServer, trigger_id: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    return httpx.post(f"{server.address}/hooks/{trigger_id}", headers=headers, content=body, timeout=PATIENCE)


def test_an_event_is_answered_at_once_and_becomes_a_run(server: StudioServer) -> None:
    trigger_id, secret = webhook(server.core)
    signed = posted({"order": "A1"}, secret, key="msg_1")

    first, again = post(server, trigger_id, *signed), post(server, trigger_id, *signed)

    assert (first.status_code, first.json()) == (202, {"event_id": "msg_1", "known": False})
    assert (again.status_code, again.json()) == (202, {"event_id": "msg_1", "known": True})
    inbox = server.core.trigger_inbox
    event = until(lambda: (found := inbox.named(trigger_id, "msg_1")) and found.run_id and found, seconds=PATIENCE)
    assert server.run(event.run_id).input == '{"order": "A1"}'
    assert inbox.page(trigger_id).total == 1


def test_refusals_say_what_is_wrong_and_what_to_do(server: StudioServer) -> None:
    trigger_id, secret = webhook(server.core)
    off, off_secret = webhook(server.core)
    server.core.triggers.set_enabled(off, False)
    good = posted({}, secret)
    text = signed_headers("standard", secret, key="msg_t", body=b"not json")
    refused = {
        "unsigned": (post(server, trigger_id, {}, b"{}"), 401, "signature"),
        "forged": (post(server, trigger_id, good[0], b"[]"), 401, "signature"),
        "unknown": (post(server, "trg_none", *good), 404, "not_found"),
        "off": (post(server, off, *posted({}, off_secret)), 410, "disabled"),
        "no JSON": (post(server, trigger_id, text, b"not json"), 422, "invalid_input"),
        "large": (post(server, trigger_id, good[0], b" " * (MAX_PAYLOAD + 1)), 413, "too_large"),
        "ten megabytes": (post(server, trigger_id, good[0], b" " * 10_000_000), 413, "too_large"),
    }

    for case, (answer, status, code) in refused.items():
        assert answer.status_code == status, case
        error = answer.json()["error"]
        assert (error["code"], bool(error["message"]), bool(error["hint"])) == (code, True, True), case
    assert httpx.get(f"{server.address}/hooks/{trigger_id}").status_code == 405
    assert server.core.trigger_inbox.page(trigger_id).total == 0


def test_a_body_in_pieces_is_counted(server: StudioServer) -> None:
    """Nothing says beforehand how long it is."""
    trigger_id, secret = webhook(server.core)
    body = orjson.dumps({"text": "x" * 900_000})
    headers = signed_headers("standard", secret, key="msg_1", body=body)

    def pieces(times: int) -> Iterator[bytes]:
        for _ in range(times):
            yield from (body[at : at + 100_000] for at in range(0, len(body), 100_000))

    url = f"{server.address}/hooks/{trigger_id}"
    fits = httpx.post(url, headers=headers, content=pieces(1), timeout=PATIENCE)
    exceeds = httpx.post(url, headers=headers, content=pieces(2), timeout=PATIENCE)

    assert (fits.status_code, exceeds.status_code) == (202, 413)


def test_a_burst_with_duplicates_and_a_crash_loses_nothing_and_doubles_nothing(server: StudioServer) -> None:
    """The server is killed in the middle; senders send again what was not answered, and some that was."""
    organization = server.core.organizations.create(desk("Burst desk"))
    trigger_id, secret = webhook(server.core, organization)
    keys = [f"msg_{number}" for number in range(BURST)]

    before = send_burst(server, trigger_id, secret, keys, kill_after=BURST // 2)
    assert BURST // 2 <= len(before.accepted) < BURST * 2
    server.start()
    after = send_burst(server, trigger_id, secret, keys)

    assert set(after.accepted) == set(keys)
    core = server.core
    until(lambda: core.triggers.summaries()[trigger_id].counts == {"done": BURST}, seconds=PATIENCE)
    assert core.trigger_inbox.page(trigger_id).total == BURST
    runs = core.runs.page(RunFilter(organization_id=organization), size=BURST * 2).rows
    assert Counter(run.input for run in runs) == Counter(f'{{"key": "{key}"}}' for key in keys)
    assert len({run.trigger_event_id for run in runs}) == BURST
