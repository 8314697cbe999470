"""Events of triggers: accepted once, listed, replayed, discarded."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from core.engine.host import Engine
from core.errors import ConflictError, InvalidInputError, NotFoundError, TroupeError
from core.ids import new_id, utc_now
from core.records import Page, RunRecord
from core.secrets import SecretBox
from core.services.triggers import live_secrets, opened_secret, spec_of
from core.store import runs as run_store
from core.store import trigger_events as store
from core.store import triggers as trigger_store
from core.store.database import Database
from core.store.trigger_events import NewEvent
from core.triggers.events import MAX_PAYLOAD, TooLargeError, safe_headers
from core.triggers.records import NEEDS_SOMEBODY, EventStatus, TriggerEventRecord
from core.triggers.signatures import verified_key
from core.triggers.spec import WebhookSource

ENDED_OR_DEAD = ("done", "failed", "dead", "discarded")


@dataclass(frozen=True, slots=True)
class Received:
    """How a webhook was answered; `note` says when nothing will follow from it."""

    key: str
    known: bool
    note: str = ""


class HookOffError(TroupeError):
    """The webhook is switched off."""

    code = "disabled"


class TriggerInbox:
    """What came in, and what became of it."""

    def __init__(self, database: Database, engine: Engine, secrets: SecretBox) -> None:
        self._database = database
        self._engine = engine
        self._secrets = secrets

    # -- accepting --------------------------------------------------------------------------------

    def receive_hook(self, trigger_id: str, headers: Mapping[str, str], body: bytes) -> Received:
        """Accept what was posted to a webhook. Raises NotFoundError, HookOffError, TooLargeError, SignatureError,
        or InvalidInputError for what is no JSON."""
        with self._database.glance() as db:
            record = trigger_store.trigger(db, trigger_id)
        source = spec_of(record).source if record else None
        if record is None or record.deleted_at is not None or not isinstance(source, WebhookSource):
            raise NotFoundError("webhook", trigger_id)
        if not record.enabled:
            raise HookOffError("This webhook is switched off.", hint="Switch its trigger on, then send again.")
        if len(body) > MAX_PAYLOAD:
            raise TooLargeError
        small = {name.lower(): value for name, value in headers.items()}
        known = [opened_secret(self._secrets, token) for token in live_secrets(record, utc_now())]
        key = verified_key(source.scheme, known, small, body)
        payload = _read_json(body, small)
        if source.scheme == "github" and small.get("x-github-event") == "ping":
            return Received(key, known=False, note="The webhook works. GitHub's ping starts nothing.")
        return Received(key, not self.accept(trigger_id, key, payload, headers=safe_headers(small)))

    def accept(
        self,
        trigger_id: str,
        key: str,
        payload: Any,
        *,
        headers: Mapping[str, str] | None = None,
        error: str = "",
    ) -> bool:
        """Store an event, from which a run will follow; False when one with its key was there. With an `error` it
        is dead at once."""
        with self._database.fast() as connection:
            fresh = store.add_event(connection, trigger_id, new_event(key, payload, headers=headers, error=error))
        self._engine.chores.call()
        return fresh

    def accept_test(self, trigger_id: str, payload: Any) -> str:
        """Accept an example as if it had come by itself. Returns its key."""
        key = new_id("test")
        self.accept(trigger_id, key, payload)
        return key

    # -- looking ----------------------------------------------------------------------------------

    def page(
        self,
        trigger_id: str | None = None,
        *,
        statuses: Sequence[EventStatus] = (),
        number: int = 1,
        size: int = 50,
    ) -> Page[TriggerEventRecord]:
        """Events of a trigger, or of all, newest first; pages count from 1."""
        with self._database.read() as db:
            return store.event_page(db, trigger_id=trigger_id, statuses=statuses, number=number, size=size)

    def get(self, event_id: str) -> TriggerEventRecord:
        """One event. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.event(db, event_id)
        if found is None:
            raise NotFoundError("event", event_id)
        return found

    def named(self, trigger_id: str, key: str) -> TriggerEventRecord | None:
        """The event of a trigger with the sender's id."""
        with self._database.read() as db:
            return store.event_named(db, trigger_id, key)

    def payload(self, event: TriggerEventRecord) -> Any:
        """What it carried, as JSON data."""
        with self._database.read() as db:
            return store.payload(db, event.payload_hash)

    def runs(self, event_id: str) -> list[RunRecord]:
        """All runs that it has started, newest first."""
        with self._database.read() as db:
            found = [run_store.run(db, run_id) for run_id in store.runs_of_event(db, event_id)]
        return [run for run in found if run is not None]

    def dead_count(self) -> int:
        """How many events need somebody."""
        return self.page(statuses=NEEDS_SOMEBODY, size=1).total

    # -- deciding ---------------------------------------------------------------------------------

    def replay(self, event_id: str) -> None:
        """Start a new run for an event that is over or dead. Raises NotFoundError, or ConflictError while it waits
        or its run is not over."""
        event = self.get(event_id)
        if event.status not in ENDED_OR_DEAD:
            raise ConflictError(
                "This event waits already." if event.status == "received" else "Its run is not over.",
                hint="Replay it when that is over.",
            )
        stored = "started" if event.status in ("done", "failed") else event.status
        with self._database.session() as db:
            if not store.receive_again(db, event.id, only=[stored], run_id=event.run_id):
                raise ConflictError("This event was replayed a moment ago.", hint="Look at it again.")
        self._engine.chores.call()

    def replay_all(self, trigger_id: str | None = None) -> int:
        """Replay everything that needs somebody, of one trigger or of all. Returns how many."""
        return self._each(trigger_id, self.replay)

    def discard(self, event_id: str) -> None:
        """Nobody wants this event any more: it is not started, and its key stays known. Raises ConflictError when
        its run is not over or went well."""
        event = self.get(event_id)
        if event.status in ("started", "done"):
            raise ConflictError(
                "Its run went well." if event.status == "done" else "Its run is not over.",
                hint="Only events that wait, are dead or have failed can be discarded.",
            )
        with self._database.session() as db:
            if not store.discard(db, event.id, run_id=event.run_id):
                raise ConflictError("This event has changed a moment ago.", hint="Look at it again.")

    def discard_all(self, trigger_id: str | None = None) -> int:
        """Discard everything that needs somebody. Returns how many."""
        return self._each(trigger_id, self.discard)

    def _each(self, trigger_id: str | None, do: Any) -> int:
        number = 0
        # What is dealt with is no longer among them; events that die meanwhile are left to the next time.
        found = self.page(trigger_id, statuses=NEEDS_SOMEBODY, size=10_000).rows
        for event in found:
            try:
                do(event.id)
            except ConflictError:
                continue
            number += 1
        return number


def new_event(key: str, payload: Any, *, headers: Mapping[str, str] | None = None, error: str = "") -> NewEvent:
    """An event on its way to the store."""
    data = orjson.dumps(payload)
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return NewEvent(key, data, digest, dict(headers or {}), error)


def _read_json(body: bytes, headers: Mapping[str, str]) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        form = "form" in headers.get("content-type", "")
        raise InvalidInputError(
            f"The body is no JSON: {error}.",
            hint="Choose application/json as the content type in the sender's settings."
            if form
            else "Send JSON, as UTF-8.",
        ) from error
