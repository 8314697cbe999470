"""Model references and what they stand for."""

import subprocess
import sys
from pathlib import Path

import pytest
from agents.models import get_default_model

from core.errors import NotFoundError, ProviderError
from core.records import ProviderRecord
from core.sdk.provider_registry import BUILT_IN, ProviderRegistry
from core.store import providers as store
from core.store.database import Database
from tests.support.providers import compatible, registry


def stored(folder: Path, record: ProviderRecord, key: str | None = None, **environment: str) -> ProviderRegistry:
    found = registry(folder, **environment)
    with Database(folder / "studio.db").session() as db:
        store.save_provider(db, record, key_encrypted=found.secrets.encrypt(key) if key else None)
    return found


def test_rehearsal_is_the_default_and_needs_nothing(tmp_path: Path) -> None:
    resolved = registry(tmp_path).resolve(None)

    assert (resolved.reference, resolved.model, resolved.api_key) == ("rehearsal", "rehearsal", None)
    assert resolved.simulated


def test_built_in_providers_come_first_and_offer_the_default_of_the_sdk(tmp_path: Path) -> None:
    providers = stored(tmp_path, compatible()).all()

    assert [provider.id for provider in providers] == ["rehearsal", "openai", "local"]
    assert providers[1].models[0] == get_default_model()


def test_a_stored_row_takes_the_place_of_a_built_in_one(tmp_path: Path) -> None:
    own = compatible(id="openai", kind="openai", base_url=None, api="chat", models=["mine"])

    found = stored(tmp_path, own)

    assert [(provider.id, provider.models) for provider in found.all()][1] == ("openai", ["mine"])
    assert found.get("openai").api == "chat"


def test_a_provider_alone_stands_for_its_first_model(tmp_path: Path) -> None:
    resolved = stored(tmp_path, compatible()).resolve("local")

    assert (resolved.reference, resolved.model, resolved.base_url) == (
        "local/llama",
        "llama",
        "http://127.0.0.1:9/v1",
    )


def test_only_the_first_slash_separates(tmp_path: Path) -> None:
    resolved = stored(tmp_path, compatible()).resolve("local/meta/llama-3:8b")

    assert (resolved.provider.id, resolved.model) == ("local", "meta/llama-3:8b")


def test_key_comes_from_the_environment(tmp_path: Path) -> None:
    resolved = registry(tmp_path, OPENAI_API_KEY=" sk-env\n").resolve("openai/gpt-5.6-luna")

    assert resolved.api_key == "sk-env"
    assert resolved.base_url == "https://api.openai.com/v1"


def test_a_stored_key_wins_over_the_environment(tmp_path: Path) -> None:
    found = stored(tmp_path, BUILT_IN["openai"], key="sk-stored", OPENAI_API_KEY="sk-env")

    assert found.resolve("openai").api_key == "sk-stored"


def test_a_resolved_model_does_not_print_its_key(tmp_path: Path) -> None:
    resolved = registry(tmp_path, OPENAI_API_KEY="sk-env").resolve("openai")

    assert "sk-env" not in repr(resolved)


def test_openai_may_be_sent_elsewhere_by_the_environment_but_others_may_not(tmp_path: Path) -> None:
    found = stored(tmp_path, compatible(), OPENAI_API_KEY="sk-env", OPENAI_BASE_URL="http://proxy/v1")

    assert found.resolve("openai").base_url == "http://proxy/v1"
    assert found.resolve("local").base_url == "http://127.0.0.1:9/v1"
    assert found.resolve("local").api_key is None


@pytest.mark.parametrize(
    ("reference", "record", "message", "hint"),
    [
        (
            "opnai/x",
            compatible(),
            "'opnai' that is not set up",
            "Did you mean 'openai'? Known providers: rehearsal",
        ),
        ("qwen", compatible(), "'qwen' that is not set up", "Did you mean 'local/qwen'?"),
        ("openai", compatible(), "no key for provider 'openai'", "OPENAI_API_KEY and start the studio again"),
        ("openai", compatible(), "no key for provider 'openai'", "the Settings page"),
        ("local", compatible(models=[]), "without a model", "Write 'local/'"),
        ("local/", compatible(models=[]), "without a model", "Write 'local/'"),
        ("local/a", compatible(base_url=None), "no base URL", "Settings page"),
    ],
)
def test_what_cannot_be_used_says_what_to_do(
    tmp_path: Path, reference: str, record: ProviderRecord, message: str, hint: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        stored(tmp_path, record).resolve(reference)

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_the_default_is_stored_and_the_environment_wins(tmp_path: Path) -> None:
    found = stored(tmp_path, compatible())
    found.set_default_model("local/qwen")

    assert found.default_model() == "local/qwen"
    assert found.resolve(None).model == "qwen"
    assert registry(tmp_path, STUDIO_DEFAULT_MODEL="rehearsal").default_model() == "rehearsal"


def test_an_unknown_provider_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="openai"):
        registry(tmp_path).get("nowhere")


def test_the_sdk_is_not_imported() -> None:
    """The first page must not wait for the SDK, nor for an HTTP client."""
    code = "import sys, core.services.providers; print(sorted({'agents', 'openai', 'httpx'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
