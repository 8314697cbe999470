"""Triggers: what starts runs without a person."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.engine.host import Engine
from core.errors import InvalidInputError, NotFoundError, ProviderError, TroupeError
from core.ids import utc_now
from core.organization.expressions import render
from core.secrets import SecretBox
from core.services.organizations import OrganizationService
from core.services.providers import ProviderService
from core.services.trigger_checks import check_router, check_trigger
from core.store import trigger_events as event_store
from core.store import triggers as store
from core.store.database import Database
from core.triggers.events import event_variables
from core.triggers.folder import MOST_FILES, SeenFile, check_folder, list_files
from core.triggers.records import TriggerRecord, TriggerSummary
from core.triggers.routing import Choice, choose_by_rules
from core.triggers.schedule import next_times
from core.triggers.signatures import check_secret, new_secret, signed_headers
from core.triggers.spec import AgentRouter, FolderSource, ScheduleSource, TriggerSpec, WebhookSource

GRACE = timedelta(hours=24)
"""How long an old secret works beside a new one."""


class SecretLostError(TroupeError):
    """The studio cannot read its own secret."""

    code = "secret_lost"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger as it is stored."""

    id: str
    spec: TriggerSpec
    enabled: bool
    deleted: bool
    created_at: datetime
    updated_at: datetime
    secret_set_at: datetime | None = None
    old_secret_until: datetime | None = None
    """Until when the secret before the present one works, too."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Where a router would send an event, and what would be said there."""

    choice: Choice
    organization: str
    input: str


class TriggerService:
    """Make, change and look at triggers."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        secrets: SecretBox,
        organizations: OrganizationService,
        providers: ProviderService,
    ) -> None:
        self._database = database
        self._engine = engine
        self._secrets = secrets
        self._organizations = organizations
        self._providers = providers

    def all(self) -> list[Trigger]:
        """All triggers, oldest first."""
        with self._database.read() as db:
            return [_trigger(record) for record in store.triggers(db)]

    def get(self, trigger_id: str) -> Trigger:
        """One trigger. Raises NotFoundError, also for a deleted one."""
        found = self.find(trigger_id)
        if found is None or found.deleted:
            raise NotFoundError("trigger", trigger_id)
        return found

    def find(self, trigger_id: str) -> Trigger | None:
        """One trigger, also a deleted one."""
        record = self._record(trigger_id)
        return _trigger(record) if record else None

    def summaries(self) -> dict[str, TriggerSummary]:
        """What has come of each trigger's events, by its id; nothing of those without events."""
        with self._database.read() as db:
            return event_store.summaries(db)

    def create(self, spec: TriggerSpec, *, secret: str = "") -> tuple[str, str]:
        """Add a trigger, which works at once. Returns its id and, for a webhook, its secret: a new one, unless the
        sender's own is given. Raises InvalidInputError or ProviderError."""
        self._check(spec)
        secrets: list[dict[str, Any]] = []
        if isinstance(spec.source, WebhookSource):
            secret = check_secret(spec.source.scheme, secret) if secret.strip() else new_secret(spec.source.scheme)
            secrets = [self._stored(secret)]
        left = _present(spec.source) if isinstance(spec.source, FolderSource) else {}
        with self._database.session() as db:
            trigger_id = store.add_trigger(db, spec.model_dump(mode="json"), secrets=secrets, left=left)
        return trigger_id, secret if secrets else ""

    def save(self, trigger_id: str, spec: TriggerSpec) -> None:
        """Change a trigger; events that came before are routed by the new one if they are not started yet."""
        before = self.get(trigger_id)
        self._check(spec)
        if before.spec.source.kind != spec.source.kind:
            raise InvalidInputError("The kind of a trigger cannot be changed.", hint="Make a new one.")
        changes: dict[str, Any] = {"spec": spec.model_dump(mode="json")}
        if spec.source != before.spec.source:
            match spec.source:
                case ScheduleSource():
                    changes["watched_until"] = utc_now()
                case FolderSource():
                    changes["left"] = _present(spec.source)
                case WebhookSource():
                    raise InvalidInputError(
                        "Another way of signing needs another secret.", hint="Make another webhook for it."
                    )
        with self._database.session() as db:
            store.change_trigger(db, trigger_id, **changes)

    def set_enabled(self, trigger_id: str, enabled: bool) -> None:
        """Switch a trigger on or off. While it is off nothing is accepted, and accepted events wait. Times of a
        schedule that passed meanwhile are left out; files that came meanwhile are taken."""
        self.get(trigger_id)
        with self._database.session() as db:
            store.change_trigger(
                db, trigger_id, enabled=enabled, **({"watched_until": utc_now()} if enabled else {})
            )
        self._engine.chores.call()

    def delete(self, trigger_id: str) -> None:
        """Hide a trigger; nothing is accepted or started for it until `restore` brings it back."""
        self.get(trigger_id)
        with self._database.session() as db:
            store.change_trigger(db, trigger_id, deleted_at=utc_now())

    def restore(self, trigger_id: str) -> None:
        """Bring a deleted trigger back."""
        with self._database.session() as db:
            store.change_trigger(db, trigger_id, deleted_at=None, watched_until=utc_now())

    # -- secrets ----------------------------------------------------------------------------------

    def rotate_secret(self, trigger_id: str, *, secret: str = "", keep_old: bool = True) -> str:
        """Give a webhook another secret (the sender's own, or a new one) and return it. With `keep_old` the
        present one works for another day."""
        source = self._webhook(trigger_id)
        fresh = check_secret(source.scheme, secret) if secret.strip() else new_secret(source.scheme)
        until = (utc_now() + GRACE).isoformat()
        with self._database.session() as db:
            store.lock(db, trigger_id)
            record = store.trigger(db, trigger_id)
            assert record is not None, "it was there a moment ago"
            old = [{**each, "until": each["until"] or until} for each in record.secrets] if keep_old else []
            store.change_trigger(db, trigger_id, secrets=[self._stored(fresh), *old[:2]])
        return fresh

    def sign(self, trigger_id: str, body: bytes, *, key: str) -> dict[str, str]:
        """The headers with which a webhook's sender would post `body`."""
        source = self._webhook(trigger_id)
        record = self._record(trigger_id)
        assert record is not None, "it was there a moment ago"
        return signed_headers(
            source.scheme, opened_secret(self._secrets, record.secrets[0]["token"]), key=key, body=body
        )

    # -- looking ahead ----------------------------------------------------------------------------

    def next_times(self, source: ScheduleSource, *, count: int = 5) -> list[datetime]:
        """When a schedule comes next, in its zone. Raises InvalidInputError."""
        return next_times(source, after=utc_now(), count=count)

    def files_there(self, source: FolderSource) -> list[SeenFile]:
        """The files that fit now. Raises InvalidInputError when the folder cannot be looked into."""
        check_folder(source)
        return list_files(source)

    def files(self, trigger_id: str) -> tuple[list[SeenFile], set[str]]:
        """The files of a watched folder, and the paths of those that were left alone because they were there
        first. Raises InvalidInputError when it cannot be looked into."""
        trigger, record = self.get(trigger_id), self._record(trigger_id)
        if not isinstance(trigger.spec.source, FolderSource) or record is None:
            raise InvalidInputError("This trigger watches no folder.")
        files = list_files(trigger.spec.source)
        return files, {seen.path for seen in files if record.left.get(seen.path) == seen.state}

    def try_out(self, spec: TriggerSpec, payload: Any, headers: Mapping[str, str] | None = None) -> Trial:
        """Where a trigger, which need not be stored, would send an event; nothing is started. Raises
        TroupeError."""
        known = {record.id: record for record in self._organizations.all()}
        check_router(spec, known, self._providers.check_reference)
        variables = event_variables(
            key="example", trigger=spec.name, received_at=utc_now(), payload=payload, headers=headers or {}
        )
        if isinstance(spec.router, AgentRouter):
            choice = asyncio.run(self._asked(spec.router, variables["event"]))
        else:
            choice = choose_by_rules(spec.router, variables)
        return Trial(choice, known[choice.organization_id].name, render(spec.template, variables))

    async def _asked(self, router: AgentRouter, event: Mapping[str, Any]) -> Choice:
        from core.engine.routing import ask_router
        from core.engine.segment import end_process
        from core.sdk.failures import explain
        from core.sdk.routing_agent import Offer

        known = {record.id: record for record in self._organizations.all()}
        offers = {each: Offer(known[each].name, known[each].description) for each in router.organization_ids}
        try:
            return await ask_router(self._engine, router, offers, event)
        except Exception as error:
            # Whatever a model's endpoint does wrong is told in words.
            failure = explain(error)
            raise InvalidInputError(failure.message, hint=failure.hint) from error
        finally:
            await end_process()

    def _check(self, spec: TriggerSpec) -> None:
        known = {record.id: record for record in self._organizations.all()}
        check_trigger(spec, known, self._providers.check_reference)

    def _webhook(self, trigger_id: str) -> WebhookSource:
        source = self.get(trigger_id).spec.source
        if not isinstance(source, WebhookSource):
            raise InvalidInputError("Only webhooks have a secret.")
        return source

    def _stored(self, secret: str) -> dict[str, Any]:
        return {"token": self._secrets.encrypt(secret), "until": None, "set_at": utc_now().isoformat()}

    def _record(self, trigger_id: str) -> TriggerRecord | None:
        with self._database.glance() as db:
            return store.trigger(db, trigger_id)


def spec_of(record: TriggerRecord) -> TriggerSpec:
    """The stored trigger as data."""
    return TriggerSpec.model_validate(record.spec)


def live_secrets(record: TriggerRecord, now: datetime) -> list[str]:
    """The encrypted secrets that work at a moment."""
    return [
        each["token"]
        for each in record.secrets
        if each["until"] is None or datetime.fromisoformat(each["until"]) > now
    ]


def opened_secret(box: SecretBox, token: str) -> str:
    """A secret as its sender knows it. Raises SecretLostError."""
    try:
        return box.decrypt(token)
    except ProviderError as error:
        raise SecretLostError(
            "The secret of this webhook cannot be decrypted: it was stored under another secret key.",
            hint="Give the webhook a new secret on the Triggers page, or bring the studio's secret key back.",
        ) from error


def _trigger(record: TriggerRecord) -> Trigger:
    set_at = [each["set_at"] for each in record.secrets if each["until"] is None]
    old = [datetime.fromisoformat(each["until"]) for each in record.secrets if each["until"] is not None]
    return Trigger(
        id=record.id,
        spec=spec_of(record),
        enabled=record.enabled,
        deleted=record.deleted_at is not None,
        created_at=record.created_at,
        updated_at=record.updated_at,
        secret_set_at=datetime.fromisoformat(set_at[0]) if set_at else None,
        old_secret_until=max((until for until in old if until > utc_now()), default=None),
    )


def _present(source: FolderSource) -> dict[str, Any]:
    """The files that are not to be taken, as they are now."""
    if source.existing == "take":
        return {}
    files = list_files(source)
    if len(files) >= MOST_FILES:
        raise InvalidInputError(
            f"There are {len(files):,} files already.", hint="Choose a narrower pattern, or another folder."
        )
    return {seen.path: seen.state for seen in files}
