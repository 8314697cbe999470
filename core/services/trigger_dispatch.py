"""The chore that turns accepted events into runs, each exactly once."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.engine.host import Engine
from core.errors import DatabaseUnavailableError, NotFoundError, TroupeError
from core.ids import utc_now
from core.organization.expressions import render
from core.services.runs import RunService
from core.services.triggers import spec_of
from core.store import organizations as organization_store
from core.store import trigger_events as store
from core.store import triggers as trigger_store
from core.store.database import Database, Session
from core.triggers.events import event_variables
from core.triggers.records import TriggerEventRecord
from core.triggers.routing import Choice, NotRoutedError, choose_by_rules
from core.triggers.spec import AgentRouter, TriggerSpec, organizations_of

AT_ONCE = 10
"""So many events are claimed together."""
TURN_SECONDS = 0.5
"""Then others get their turn."""
CLAIM = timedelta(seconds=30)
ASKING = timedelta(seconds=150)
"""How long a claim holds; when a process dies, its events are due again after that."""
MOST_ASKING = 8
"""So many routing agents are asked at the same time."""
WAITS = (2, 10, 60, 300)
"""Seconds between attempts, after which an event is dead."""

log = logging.getLogger(__name__)


class _ClaimLostError(Exception):
    """Somebody else has the event now."""


class TriggerDispatch:
    """Claims events, asks their routers and starts runs: a run and its event change in one transaction."""

    def __init__(self, database: Database, engine: Engine, runs: RunService) -> None:
        self._database = database
        self._engine = engine
        self._runs = runs
        self._asking: set[str] = set()

    def tend(self) -> None:
        """Start what is due, as long as few of their runs wait: those that people wait for are not to queue behind
        a thousand events."""
        if not self._engine.recovers:
            # A process that ends with its one run, such as a command.
            return
        end = time.monotonic() + TURN_SECONDS
        while time.monotonic() < end:
            with self._database.read() as db:
                room = self._engine.settings.max_concurrent_runs - store.queued_runs(db)
            claimed = self._claim(min(room, AT_ONCE)) if room > 0 else []
            if not claimed:
                return
            for event in claimed:
                self._dispatch(event)
        self._engine.chores.call()

    def _claim(self, limit: int) -> list[TriggerEventRecord]:
        now = utc_now()
        with self._database.session() as db:
            asking = self._triggers_that_ask(db) if len(self._asking) >= MOST_ASKING else []
            return store.claim_due(db, now=now, until=now + CLAIM, limit=limit, but_not_of=asking)

    def _triggers_that_ask(self, db: Session) -> list[str]:
        found = trigger_store.triggers(db, working=True)
        return [record.id for record in found if record.spec["router"]["kind"] == "agent"]

    def _dispatch(self, event: TriggerEventRecord) -> None:
        try:
            spec, variables = self._told(event)
            if isinstance(spec.router, AgentRouter):
                self._ask_aside(event, spec, spec.router, variables)
                return
            self._start(event, spec, variables, choose_by_rules(spec.router, variables))
        except DatabaseUnavailableError:
            # The event is due again when its claim has run out.
            raise
        except TroupeError as error:
            self._bury(event, error)
        except Exception as error:
            # One event that cannot be started must not keep the others waiting.
            log.exception("Event %s could not be started", event.id)
            self._try_later(event, error)

    def _told(self, event: TriggerEventRecord) -> tuple[TriggerSpec, dict[str, Any]]:
        with self._database.read() as db:
            record = trigger_store.trigger(db, event.trigger_id)
            payload = store.payload(db, event.payload_hash)
        assert record is not None, "an event has a trigger"
        spec = spec_of(record)
        if spec.source.kind == "folder" and isinstance(payload, dict) and payload.get("text", "") is None:
            raise NotRoutedError("The text of this file could not be read.", hint="Put it there as UTF-8 text.")
        return spec, event_variables(
            key=event.key,
            trigger=spec.name,
            received_at=event.received_at,
            payload=payload,
            headers=event.headers,
        )

    # -- starting ---------------------------------------------------------------------------------

    def _start(
        self, event: TriggerEventRecord, spec: TriggerSpec, variables: Mapping[str, Any], choice: Choice
    ) -> None:
        self._refuse_gone(choice.organization_id)
        new = self._runs.prepare(choice.organization_id, render(spec.template, variables))
        try:
            with self._database.session() as db:
                self._engine.enqueue(db, replace(new, trigger_event_id=event.id))
                taken = store.settle_claimed(
                    db,
                    event,
                    status="started",
                    run_id=new.id,
                    routed_to=choice.organization_id,
                    reason=choice.reason,
                    simulated=choice.simulated,
                    error="",
                )
                if not taken:
                    # The run must not be there without its event.
                    raise _ClaimLostError
        except _ClaimLostError:
            log.info("Event %s was started by somebody else.", event.id)
        else:
            self._engine.wake(new.id)

    def _refuse_gone(self, organization_id: str) -> None:
        with self._database.read() as db:
            if organization_store.organization(db, organization_id) is None:
                raise NotFoundError("organization", organization_id)

    def _bury(self, event: TriggerEventRecord, error: TroupeError) -> None:
        """Waiting would not mend it: a person has to."""
        with self._database.session() as db:
            store.settle_claimed(db, event, status="dead", attempts=event.attempts + 1, error=_words(error))

    def _try_later(self, event: TriggerEventRecord, error: Exception) -> None:
        from core.sdk.failures import explain

        failure = explain(error)
        tried = event.attempts + 1
        values: dict[str, Any] = {"attempts": tried, "error": f"{failure.message} {failure.hint}".strip()}
        if tried > len(WAITS):
            values["status"] = "dead"
        else:
            values["due_at"] = utc_now() + timedelta(seconds=WAITS[tried - 1])
        with self._database.session() as db:
            store.settle_claimed(db, event, **values)

    # -- asking a model ---------------------------------------------------------------------------

    def _ask_aside(
        self, event: TriggerEventRecord, spec: TriggerSpec, router: AgentRouter, variables: Mapping[str, Any]
    ) -> None:
        until = utc_now() + ASKING
        with self._database.session() as db:
            if not store.settle_claimed(db, event, due_at=until):
                return
        claimed = replace(event, due_at=until)
        self._asking.add(event.id)

        async def ask() -> None:
            from core.sdk.failures import explain
            from core.sdk.retrying import may_pass

            try:
                async with asyncio.timeout(ASKING.total_seconds() - 10):
                    choice = await self._asked(router, variables["event"])
                await asyncio.to_thread(self._start, claimed, spec, variables, choice)
            except DatabaseUnavailableError as error:
                log.warning("Event %s: %s", event.id, error.message)
            except TroupeError as error:
                await asyncio.to_thread(self._try_later if may_pass(error) else self._bury, claimed, error)
            except Exception as error:
                # Whatever kept the model from answering: it is asked again later.
                if explain(error).code == "internal":
                    log.exception("Event %s could not be routed", event.id)
                await asyncio.to_thread(self._try_later, claimed, error)
            finally:
                self._asking.discard(event.id)
                self._engine.chores.call()

        self._engine.chores.aside(ask)

    async def _asked(self, router: AgentRouter, event: Mapping[str, Any]) -> Choice:
        from core.engine.routing import ask_router_in_turn
        from core.sdk.routing_agent import Offer

        offers = {}
        with self._database.read() as db:
            for organization_id in organizations_of(router):
                found = organization_store.organization(db, organization_id)
                if found is not None:
                    offers[found.id] = Offer(found.name, found.description)
        if not offers:
            raise NotRoutedError(
                "None of the router's organizations exists any more.", hint="Choose others, then replay the event."
            )
        return await ask_router_in_turn(self._engine, router, offers, event)


def _words(error: TroupeError) -> str:
    return f"{error.message} {error.hint}".strip()
