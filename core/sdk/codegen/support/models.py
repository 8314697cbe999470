"""Where models come from. `openai/name` and a name alone are OpenAI's; any other `provider/name` is an endpoint
that speaks OpenAI's API, described by environment variables with the provider's name."""

import os
from functools import cache

from agents import Model, ModelProvider, OpenAIProvider
from agents.exceptions import UserError


@cache
def model_provider() -> ModelProvider:
    """The provider of all models of this package."""
    return _Providers()


def variable_name(provider: str, ending: str) -> str:
    """The environment variable that says something about a provider: `OLLAMA_BASE_URL`."""
    letters = (letter if letter.isascii() and letter.isalnum() else "_" for letter in provider)
    return f"{''.join(letters).upper()}_{ending}"


class _Providers(ModelProvider):
    def __init__(self) -> None:
        self._known: dict[str, OpenAIProvider] = {}

    def get_model(self, model_name: str | None) -> Model:
        provider, slash, model = (model_name or "").partition("/")
        if not slash:
            provider, model = "openai", model_name or ""
        if provider not in self._known:
            self._known[provider] = _openai() if provider == "openai" else _other(provider)
        return self._known[provider].get_model(model or None)


def _openai() -> OpenAIProvider:
    return OpenAIProvider(use_responses=os.environ.get("OPENAI_API", "responses") == "responses")


def _other(provider: str) -> OpenAIProvider:
    address = os.environ.get(variable_name(provider, "BASE_URL"))
    if not address:
        raise UserError(f"Set {variable_name(provider, 'BASE_URL')} to the address of '{provider}'.")
    return OpenAIProvider(
        base_url=address,
        # Clients insist on a key; endpoints that need none do not look at it.
        api_key=os.environ.get(variable_name(provider, "API_KEY")) or "not-needed",
        use_responses=os.environ.get(variable_name(provider, "API"), "chat") == "responses",
    )
