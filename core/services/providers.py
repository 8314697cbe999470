"""Model providers: set up, test, choose the default."""

import asyncio
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from core.errors import ConflictError, InvalidInputError, NotFoundError, TroupeError
from core.records import Price, ProviderLoad, ProviderRecord
from core.sdk.prices import store_prices, stored_prices
from core.sdk.provider_registry import BUILT_IN, DEFAULT_MODEL_VARIABLE, REHEARSAL, ProviderRegistry
from core.store import providers as store
from core.store.database import Database

if TYPE_CHECKING:
    from core.sdk.connection import ConnectionReport


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""In the place of a key: the stored one stays."""
Key = str | None | Literal[_Keep.KEEP]

_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ProviderService:
    """The providers that agents can use, and the default model."""

    def __init__(self, database: Database, registry: ProviderRegistry) -> None:
        self._database = database
        self._registry = registry

    def all(self) -> list[ProviderRecord]:
        """Every provider, the built-in ones first."""
        return self._registry.all()

    def get(self, provider_id: str) -> ProviderRecord:
        """One provider. Raises NotFoundError."""
        return self._registry.get(provider_id)

    def prices(self) -> Mapping[str, Price]:
        """What models cost, by reference, as people entered it."""
        return stored_prices(self._database).prices

    def set_prices(self, prices: Mapping[str, Price]) -> None:
        """Put these prices in the place of all others; they hold for what runs from then on. Raises
        InvalidInputError."""
        for reference, price in prices.items():
            if not all(reference.partition("/")):
                raise InvalidInputError(
                    f"'{reference}' names no model.", hint="Write provider/model, or provider/* for all of them."
                )
            if not (0 <= price.input < math.inf and 0 <= price.output < math.inf):
                raise InvalidInputError(f"The price of '{reference}' is no amount.", hint="Enter numbers from 0.")
        store_prices(self._database, prices)

    def unpriced(self, references: Iterable[str | None]) -> list[str]:
        """Those of the models (None for the default) whose prices nobody entered; the rehearsal model is free."""
        known = stored_prices(self._database)
        resolved = [self._registry.resolve(reference) for reference in references]
        return sorted(
            {each.reference for each in resolved if not each.simulated and known.price(each.reference) is None}
        )

    def is_built_in(self, provider_id: str) -> bool:
        """Whether the provider belongs to the studio and cannot be deleted."""
        return provider_id in BUILT_IN

    def is_ready(self, provider: ProviderRecord) -> bool:
        """Whether key and address are known; no call is made."""
        return self._registry.is_ready(provider)

    def save(self, record: ProviderRecord, *, key: Key) -> None:
        """Add or change a provider. `key` is stored encrypted; None removes the stored one, `KEEP` leaves it.
        Raises InvalidInputError."""
        checked = _checked(record)
        token = key if key is None or key is KEEP else self._registry.secrets.encrypt(_checked_key(key))
        with self._database.session() as db:
            if token is KEEP:
                token = store.encrypted_key(db, checked.id)
            store.save_provider(db, checked, key_encrypted=token)
        # What was wrong may be mended: the next call tells.
        self._registry.traffic.works(checked.id)

    def delete(self, provider_id: str) -> None:
        """Forget a provider and its key. Raises NotFoundError, or ConflictError for built-in providers and the one
        that the default model belongs to."""
        if self.is_built_in(provider_id):
            raise ConflictError(
                f"Provider '{provider_id}' belongs to the studio and cannot be deleted.",
                hint="Its key can be removed instead.",
            )
        self.get(provider_id)
        default = self.default_model()
        if default.partition("/")[0] == provider_id:
            raise ConflictError(
                f"The default model '{default}' belongs to provider '{provider_id}'.",
                hint="Choose another default model first.",
            )
        with self._database.session() as db:
            store.remove_provider(db, provider_id)

    def default_model(self) -> str:
        """The reference that agents without a model of their own use."""
        return self._registry.default_model()

    def set_default_model(self, reference: str) -> None:
        """Choose the default. Raises ProviderError when it cannot be used, or ConflictError when the environment
        dictates another one."""
        forced = self._registry.forced_default()
        if forced is not None and forced != reference:
            raise ConflictError(
                f"The environment variable {DEFAULT_MODEL_VARIABLE} makes '{forced}' the default model.",
                hint="Unset it and start the studio again to choose here.",
            )
        self._registry.set_default_model(self._registry.resolve(reference).reference)

    def choices(self) -> list[str]:
        """Model references to offer: `rehearsal`, then the listed models of every provider that is ready."""
        return [REHEARSAL] + [
            f"{provider.id}/{model}"
            for provider in self.all()
            if provider.kind != "rehearsal" and self.is_ready(provider)
            for model in provider.models
        ]

    def check_reference(self, reference: str | None) -> None:
        """Raises ProviderError, saying what to do, when the reference (None: the default model) cannot be used."""
        self._registry.resolve(reference)

    def is_simulated(self, reference: str | None) -> bool:
        """Whether the rehearsal model answers for the reference (None: the default model)."""
        return (reference or self.default_model()).partition("/")[0] == REHEARSAL

    def test(self, record: ProviderRecord, key: Key = KEEP, *, model: str | None = None) -> "ConnectionReport":
        """Call the provider as described, stored or not, and say in words how that went. `model` is tried too; by
        default the first one listed. `key` as in `save`."""
        from core.sdk.connection import ConnectionReport, check_connection

        try:
            checked = _checked(record) if record.kind != "rehearsal" else record
            url = self._registry.base_url(checked) if checked.kind != "rehearsal" else None
            secret = self._key_to_test(checked, key)
        except TroupeError as error:
            return ConnectionReport(False, error.message, error.hint)
        wanted = model or next(iter(checked.models), None)
        report = asyncio.run(check_connection(checked, base_url=url, api_key=secret, model=wanted))
        if report.ok:
            self._registry.traffic.works(checked.id)
        return report

    def _key_to_test(self, record: ProviderRecord, key: Key) -> str | None:
        if isinstance(key, str):
            return _checked_key(key)
        try:
            stored = self._registry.get(record.id).has_stored_key
        except NotFoundError:
            stored = False
        return self._registry.key(replace(record, has_stored_key=stored and key is KEEP))


def _checked(record: ProviderRecord) -> ProviderRecord:
    """`record` with its texts trimmed. Raises InvalidInputError."""
    if not _ID.fullmatch(record.id):
        raise InvalidInputError(
            f"'{record.id}' cannot be a provider's id.",
            hint="Use 1 to 40 small letters, digits and hyphens, for example 'ollama'.",
        )
    if record.kind == "rehearsal" or record.id == REHEARSAL:
        raise InvalidInputError("The rehearsal model has nothing to set.", hint="Choose another id and kind.")
    built_in = BUILT_IN.get(record.id)
    if built_in is not None and built_in.kind != record.kind:
        raise InvalidInputError(
            f"'{record.id}' is the built-in provider and stays one of kind '{built_in.kind}'.",
            hint="Choose another id.",
        )
    return replace(
        record,
        title=_checked_title(record.title),
        base_url=_checked_url(record.base_url, needed=record.kind == "compatible"),
        key_variable=_checked_variable(record.key_variable),
        models=list(dict.fromkeys(name.strip() for name in record.models if name.strip())),
        load=_checked_load(record.load),
    )


_LOAD_WORDS = {
    "requests_per_minute": ("Requests a minute", 1, 1_000_000),
    "tokens_per_minute": ("Tokens a minute", 1, 1_000_000_000),
    "calls_at_once": ("Calls at the same time", 1, 10_000),
    "attempts": ("Attempts", 1, 10),
    "longest_wait_seconds": ("The longest wait", 0, 3600),
    "attempt_seconds": ("The time-out of an attempt", 1, 86_400),
}


def _checked_load(load: ProviderLoad) -> ProviderLoad:
    for each in fields(load):
        value = getattr(load, each.name)
        words, least, most = _LOAD_WORDS[each.name]
        if value is not None and not least <= value <= most:
            raise InvalidInputError(
                f"{words} cannot be {value:,g}.", hint=f"Enter a number from {least:,} to {most:,}."
            )
    return load


def _checked_title(title: str) -> str:
    trimmed = " ".join(title.split())
    if not trimmed or len(trimmed) > 80:
        raise InvalidInputError("A provider needs a name.", hint="Type 1 to 80 characters.")
    return trimmed


def _checked_url(url: str | None, *, needed: bool) -> str | None:
    trimmed = (url or "").strip().rstrip("/")
    if not trimmed:
        if needed:
            raise InvalidInputError(
                "The base URL is missing.", hint="Enter it, for example http://localhost:11434/v1."
            )
        return None
    if problem := _url_problem(trimmed):
        raise InvalidInputError(f"'{trimmed}' cannot be a base URL: {problem[0]}.", hint=problem[1])
    return trimmed


def _url_problem(url: str) -> tuple[str, str] | None:
    """What is wrong with it, and what to do."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "its host or port is malformed", "Write it as http://host:port/v1."
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        return (
            "it is no web address",
            "Start with https:// or http:// and the host, for example http://localhost:8000/v1.",
        )
    if parts.username or parts.password:
        return "it contains a user or password", "Take them out of the address and enter the key in its own field."
    if parts.query or parts.fragment:
        return "it has a '?' or '#' part", "End it after the path, usually with /v1."
    return None


def _checked_variable(name: str | None) -> str | None:
    trimmed = (name or "").strip()
    if not trimmed:
        return None
    if not _VARIABLE.fullmatch(trimmed):
        raise InvalidInputError(
            "The name of the environment variable has other characters than letters, digits and underscores.",
            hint="Enter a name such as OPENAI_API_KEY here, and never the key itself.",
        )
    return trimmed


def _checked_key(key: str) -> str:
    trimmed = key.strip()
    if not trimmed:
        raise InvalidInputError("The key is empty.", hint="Enter a key, or remove the stored one.")
    if not trimmed.isascii() or not trimmed.isprintable() or " " in trimmed:
        raise InvalidInputError(
            "The key contains spaces or other characters that no key has.", hint="Copy it again from the provider."
        )
    return trimmed
