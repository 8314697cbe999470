"""Providers to test with."""

from pathlib import Path
from typing import Any

from core.records import ProviderRecord
from core.sdk.provider_registry import ProviderRegistry
from core.secrets import SecretBox
from core.services.providers import ProviderService
from core.store.database import Database


def compatible(**changes: Any) -> ProviderRecord:
    """An OpenAI-compatible endpoint that needs no key."""
    fields: dict[str, Any] = {
        "id": "local",
        "kind": "compatible",
        "title": "Local server",
        "base_url": "http://127.0.0.1:9/v1",
        "api": "chat",
        "key_variable": None,
        "has_stored_key": False,
        "models": ["llama", "qwen"],
    }
    return ProviderRecord(**{**fields, **changes})


def registry(folder: Path, **environment: str) -> ProviderRegistry:
    """A registry over a database in that folder; the process's environment is not looked at."""
    secrets = SecretBox(folder / "secret.key", environment=environment)
    return ProviderRegistry(Database(folder / "studio.db"), secrets, environment=environment)


def service(folder: Path, **environment: str) -> ProviderService:
    """The service over such a registry."""
    return ProviderService(Database(folder / "studio.db"), registry(folder, **environment))
