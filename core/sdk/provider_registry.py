"""The model providers that are set up, and what a model reference such as `openai/gpt-5.6-luna` stands for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from core.errors import NotFoundError, ProviderError
from core.records import ProviderLoad, ProviderRecord
from core.sdk.traffic import Traffic
from core.secrets import SecretBox
from core.store import providers as store
from core.store.database import Database

REHEARSAL = "rehearsal"
OPENAI_BASE_URL = "https://api.openai.com/v1"
NO_KEY = "not-needed"
"""What is sent in the place of a key to endpoints that need none; clients insist on one."""
DEFAULT_MODEL_VARIABLE = "STUDIO_DEFAULT_MODEL"
_DEFAULT_MODEL_SETTING = "default_model"
_SETTINGS_PAGE = "the Settings page"

BUILT_IN: dict[str, ProviderRecord] = {
    REHEARSAL: ProviderRecord(
        id=REHEARSAL,
        kind="rehearsal",
        title="Rehearsal (simulated)",
        base_url=None,
        api="responses",
        key_variable=None,
        has_stored_key=False,
        models=[REHEARSAL],
        # It cannot fail for a moment only.
        load=ProviderLoad(attempts=1),
    ),
    "openai": ProviderRecord(
        id="openai",
        kind="openai",
        title="OpenAI",
        base_url=None,
        api="responses",
        key_variable="OPENAI_API_KEY",
        has_stored_key=False,
        models=[
            "gpt-5.6-luna",
            "gpt-5.6-terra",
            "gpt-5.6-sol",
            "gpt-6-luna",
            "gpt-6.1-terra",
            "gpt-6.2-sol",
            "gpt-6.2-astra",
            "gpt-5.4-mini",
        ],
    ),
}


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model reference with all that is needed to call it."""

    provider: ProviderRecord
    model: str
    """Name of the model as its provider knows it."""
    api_key: str | None
    """None when the provider needs none."""
    reference: str
    """`provider/model` in full; just `rehearsal` for the rehearsal model."""
    base_url: str | None = None
    """Where to call; None for the rehearsal model."""

    def __repr__(self) -> str:
        return f"ResolvedModel({self.reference!r}, base_url={self.base_url!r})"

    @property
    def simulated(self) -> bool:
        return self.provider.kind == "rehearsal"


class ProviderRegistry:
    """The built-in providers, and the stored ones, which take the place of built-ins of the same id."""

    def __init__(
        self, database: Database, secrets: SecretBox, *, environment: Mapping[str, str] | None = None
    ) -> None:
        self._database = database
        self.secrets = secrets
        self.traffic = Traffic()
        self._environment = os.environ if environment is None else environment

    def all(self) -> list[ProviderRecord]:
        """Every provider, the built-in ones first."""
        with self._database.read() as db:
            stored = {record.id: record for record in store.providers(db)}
        return list((BUILT_IN | stored | {REHEARSAL: BUILT_IN[REHEARSAL]}).values())

    def get(self, provider_id: str) -> ProviderRecord:
        """One provider. Raises NotFoundError."""
        found = self._find(provider_id)
        if found is None:
            raise NotFoundError("provider", provider_id, known=[record.id for record in self.all()])
        return found

    def default_model(self) -> str:
        """The reference that agents without a model of their own use."""
        return self.forced_default() or self._stored_default()

    def forced_default(self) -> str | None:
        """The default that the environment dictates (`STUDIO_DEFAULT_MODEL`), which wins over the stored one."""
        return self._environment.get(DEFAULT_MODEL_VARIABLE, "").strip() or None

    def set_default_model(self, reference: str) -> None:
        """Store the default; the reference is not checked."""
        with self._database.session() as db:
            store.save_setting(db, _DEFAULT_MODEL_SETTING, reference)

    def resolve(self, reference: str | None) -> ResolvedModel:
        """What a reference stands for; None stands for the default model, a provider alone for its first model.
        Raises ProviderError, saying what to set up."""
        wanted = (reference or "").strip() or self.default_model()
        provider_id, _, name = wanted.partition("/")
        provider = self._find(provider_id)
        if provider is None:
            raise self._unknown(wanted, provider_id)
        if provider.kind == "rehearsal":
            return ResolvedModel(provider, REHEARSAL, None, REHEARSAL)
        model = name.strip() or self._first_model(provider)
        return ResolvedModel(
            provider=provider,
            model=model,
            api_key=self._required_key(provider),
            reference=f"{provider.id}/{model}",
            base_url=self.base_url(provider),
        )

    def is_ready(self, provider: ProviderRecord) -> bool:
        """Whether nothing is missing to call the provider; no call is made."""
        return provider.kind == "rehearsal" or (
            bool(provider.base_url or provider.kind == "openai")
            and (not provider.key_variable or provider.has_stored_key or self._variable(provider) is not None)
        )

    def base_url(self, provider: ProviderRecord) -> str:
        """Where the provider's API is. Raises ProviderError when that was not said."""
        if provider.base_url:
            return provider.base_url
        if provider.kind == "openai":
            return self._environment.get("OPENAI_BASE_URL", "").strip() or OPENAI_BASE_URL
        raise ProviderError(
            f"Provider '{provider.id}' has no base URL.",
            hint=f"Enter it on {_SETTINGS_PAGE}, for example http://localhost:11434/v1.",
        )

    def key(self, provider: ProviderRecord) -> str | None:
        """The provider's key: the stored one, else its environment variable, else None. Raises ProviderError when
        the stored one cannot be decrypted."""
        if provider.has_stored_key:
            with self._database.read() as db:
                token = store.encrypted_key(db, provider.id)
            if token is not None:
                return self.secrets.decrypt(token)
        return self._variable(provider)

    def _find(self, provider_id: str) -> ProviderRecord | None:
        if provider_id == REHEARSAL:
            return BUILT_IN[REHEARSAL]
        with self._database.read() as db:
            return store.provider(db, provider_id) or BUILT_IN.get(provider_id)

    def _stored_default(self) -> str:
        with self._database.glance() as db:
            return str(store.setting(db, _DEFAULT_MODEL_SETTING) or REHEARSAL)

    def _unknown(self, reference: str, provider_id: str) -> ProviderError:
        providers = self.all()
        known = [record.id for record in providers]
        offering = [record.id for record in providers if reference in record.models]
        close = get_close_matches(provider_id, known, n=1)
        start = f"Did you mean '{offering[0]}/{reference}'? " if offering else ""
        if close and not offering:
            start = f"Did you mean '{close[0]}'? "
        return ProviderError(
            f"Model '{reference}' names a provider '{provider_id}' that is not set up.",
            hint=f"{start}Known providers: {', '.join(known)}. Add others on {_SETTINGS_PAGE}.",
        )

    def _first_model(self, provider: ProviderRecord) -> str:
        if not provider.models:
            raise ProviderError(
                f"Provider '{provider.id}' is named without a model, and it lists none.",
                hint=f"Write '{provider.id}/' and the model's name, or list its models on {_SETTINGS_PAGE}.",
            )
        return provider.models[0]

    def _required_key(self, provider: ProviderRecord) -> str | None:
        key = self.key(provider)
        if key is None and provider.key_variable:
            raise missing_key(provider)
        return key

    def _variable(self, provider: ProviderRecord) -> str | None:
        return self._environment.get(provider.key_variable or "", "").strip() or None


def missing_key(provider: ProviderRecord) -> ProviderError:
    """The error for a provider whose key is nowhere to be found."""
    return ProviderError(
        f"There is no key for provider '{provider.id}'.",
        hint=f"Set the environment variable {provider.key_variable} and start the studio again, "
        f"or enter the key on {_SETTINGS_PAGE}.",
    )
