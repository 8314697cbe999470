"""Events are accepted once, listed, replayed and discarded."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.services.trigger_inbox import HookOffError, Received
from core.store.tables import RunRow
from core.triggers.events import MAX_PAYLOAD, TooLargeError
from core.triggers.signatures import signed_headers
from core.triggers.spec import WebhookSource
from tests.support.studio import open_studio, until, wait_for_run
from tests.support.triggers import event_reaching, posted, webhook


@pytest.fixture
def studio(tmp_path: Path, each_database: str) -> Iterator[Core]:
    """Its engine is not at work."""
    with open_studio(tmp_path) as core:
        yield core


def test_an_event_is_kept_with_its_payload_and_the_headers_that_are_safe(studio: Core) -> None:
    trigger_id, secret = webhook(studio)
    headers, body = posted({"order": "A1", "snow": "☃"}, secret, key="msg_1", authorization="Bearer x")

    assert studio.trigger_inbox.receive_hook(trigger_id, headers, body) == Received("msg_1", known=False)

    (event,) = studio.trigger_inbox.page(trigger_id).rows
    assert (event.key, event.status, event.run_id) == ("msg_1", "received", None)
    assert "authorization" not in event.headers
    assert event.headers["content-type"] == "application/json"
    assert studio.trigger_inbox.payload(event) == {"order": "A1", "snow": "☃"}
    assert studio.triggers.summaries()[trigger_id].counts == {"received": 1}


def test_the_same_id_is_accepted_once_also_by_two_processes_at_the_same_moment(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    other = Core(studio.settings)
    start = threading.Barrier(8)
    fresh: list[bool] = []

    def send(core: Core) -> None:
        start.wait()
        fresh.append(core.trigger_inbox.accept(trigger_id, "msg_1", {"n": 1}))

    threads = [threading.Thread(target=send, args=(core,)) for core in (studio, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert sorted(fresh) == [False] * 7 + [True]
    assert studio.trigger_inbox.page(trigger_id).total == 1


def test_the_same_id_of_two_triggers_is_two_events(studio: Core) -> None:
    for trigger_id, secret in (webhook(studio), webhook(studio)):
        assert studio.trigger_inbox.receive_hook(trigger_id, *posted({}, secret, key="msg_1")).known is False


def test_what_is_not_accepted(studio: Core) -> None:
    trigger_id, secret = webhook(studio)
    inbox = studio.trigger_inbox
    no_json = posted({}, secret)[0]
    text = b"payload=%7B%7D"
    form = signed_headers("standard", secret, key="m", body=text) | {
        "Content-Type": "application/x-www-form-urlencoded"
    }
    with pytest.raises(InvalidInputError, match="no JSON") as caught:
        inbox.receive_hook(trigger_id, form, text)
    assert "application/json" in caught.value.hint
    with pytest.raises(NotFoundError):
        inbox.receive_hook("trg_none", no_json, b"{}")
    with pytest.raises(TooLargeError):
        inbox.receive_hook(trigger_id, no_json, b" " * (MAX_PAYLOAD + 1))
    studio.triggers.set_enabled(trigger_id, False)
    with pytest.raises(HookOffError):
        inbox.receive_hook(trigger_id, *posted({}, secret))
    studio.triggers.delete(trigger_id)
    with pytest.raises(NotFoundError):
        inbox.receive_hook(trigger_id, *posted({}, secret))
    assert inbox.page().total == 0


def test_githubs_ping_is_answered_and_starts_nothing(studio: Core) -> None:
    trigger_id, secret = webhook(studio, source=WebhookSource(scheme="github"))
    headers = signed_headers("github", secret, key="d1", body=b"{}")

    ping = studio.trigger_inbox.receive_hook(trigger_id, headers | {"X-GitHub-Event": "ping"}, b"{}")
    push = studio.trigger_inbox.receive_hook(trigger_id, headers | {"X-GitHub-Event": "push"}, b"{}")

    assert "starts nothing" in ping.note
    assert push == Received("d1", known=False)
    assert [event.headers["x-github-event"] for event in studio.trigger_inbox.page().rows] == ["push"]


def test_what_failed_is_replayed_as_a_new_run_of_the_same_event(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    studio.engine.start()
    studio.trigger_inbox.accept(trigger_id, "a", {"n": 1})
    done = event_reaching(studio, trigger_id, "a", "done")
    with studio.database.session() as db:
        db.execute(update(RunRow).values(status="failed"))
    assert studio.trigger_inbox.dead_count() == 1

    studio.trigger_inbox.replay(done.id)

    again = until(lambda: (found := studio.trigger_inbox.get(done.id)).run_id != done.run_id and found)
    assert wait_for_run(studio, str(again.run_id)).trigger_event_id == done.id
    assert {run.id for run in studio.trigger_inbox.runs(done.id)} == {done.run_id, again.run_id}
    assert studio.trigger_inbox.dead_count() == 0


def test_only_what_is_over_is_replayed_and_only_what_is_not_well_is_discarded(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    inbox = studio.trigger_inbox
    inbox.accept(trigger_id, "a", {})
    (waiting,) = inbox.page().rows

    with pytest.raises(ConflictError, match="waits already"):
        inbox.replay(waiting.id)
    inbox.discard(waiting.id)
    assert inbox.get(waiting.id).status == "discarded"
    assert inbox.accept(trigger_id, "a", {}) is False, "its key stays known"
    studio.engine.start()
    inbox.replay(waiting.id)
    done = event_reaching(studio, trigger_id, "a", "done")
    with pytest.raises(ConflictError, match="went well"):
        inbox.discard(done.id)
    with pytest.raises(NotFoundError):
        inbox.replay("tev_none")


def test_all_dead_letters_at_once(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    other, _ = webhook(studio)
    inbox = studio.trigger_inbox
    for number in range(3):
        inbox.accept(trigger_id, f"a{number}", {}, error="It is broken.")
    inbox.accept(other, "b", {}, error="It is broken.")

    assert inbox.dead_count() == 4
    assert inbox.replay_all(trigger_id) == 3
    assert {event.status for event in inbox.page(trigger_id).rows} == {"received"}
    assert inbox.discard_all() == 1
    assert inbox.dead_count() == 0


def test_pages_and_filters(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    for number in range(5):
        studio.trigger_inbox.accept(trigger_id, str(number), {}, error="x" if number == 2 else "")

    page = studio.trigger_inbox.page(trigger_id, number=2, size=2)
    dead = studio.trigger_inbox.page(trigger_id, statuses=["dead"])

    assert ([event.key for event in page.rows], page.total, page.pages) == (["2", "1"], 5, 3)
    assert [event.key for event in dead.rows] == ["2"]
    studio.triggers.delete(trigger_id)
    assert studio.trigger_inbox.page().total == 0
