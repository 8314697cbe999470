"""Setting up providers, as the Settings page does."""

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import ConflictError, InvalidInputError, NotFoundError, ProviderError
from core.records import ProviderLoad
from core.sdk.provider_registry import BUILT_IN
from core.services.providers import KEEP
from core.store.database import Database
from tests.support.providers import compatible, registry, service
from tests.support.tool_http_server import serving

pytestmark = pytest.mark.usefixtures("each_database")


def test_a_saved_provider_can_be_chosen(tmp_path: Path) -> None:
    providers = service(tmp_path)

    providers.save(compatible(title="  My   server ", models=["a", " b", "a", ""]), key=None)

    assert providers.get("local") == compatible(title="My server", models=["a", "b"])
    assert providers.choices() == ["rehearsal", "local/a", "local/b"]


def test_choices_leave_out_providers_that_are_not_ready(tmp_path: Path) -> None:
    needy = compatible(id="needy", key_variable="NEEDY_KEY", models=["m"])
    service(tmp_path).save(needy, key=None)

    assert service(tmp_path).choices() == ["rehearsal"]
    assert service(tmp_path, NEEDY_KEY="k").choices() == ["rehearsal", "needy/m"]
    assert "openai/gpt-5.6-luna" in service(tmp_path, OPENAI_API_KEY="sk-x").choices()


def test_a_key_is_stored_encrypted_and_never_given_out(tmp_path: Path) -> None:
    providers = service(tmp_path)

    providers.save(compatible(), key="  sk-top-secret ")

    assert providers.get("local").has_stored_key
    assert "top-secret" not in repr(providers.all())
    assert registry(tmp_path).resolve("local").api_key == "sk-top-secret"
    Database(tmp_path / "studio.db").close()
    assert all(b"top-secret" not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_key_is_kept_replaced_and_removed(tmp_path: Path) -> None:
    providers = service(tmp_path)
    providers.save(compatible(), key="first")

    providers.save(compatible(title="Renamed"), key=KEEP)
    kept = registry(tmp_path).resolve("local").api_key
    providers.save(compatible(), key="second")
    replaced = registry(tmp_path).resolve("local").api_key
    providers.save(compatible(), key=None)

    assert (kept, replaced) == ("first", "second")
    assert not providers.get("local").has_stored_key
    assert registry(tmp_path).resolve("local").api_key is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"id": "My Server"}, "small letters"),
        ({"id": "-x"}, "small letters"),
        ({"id": ""}, "small letters"),
        ({"id": "rehearsal"}, "another id"),
        ({"kind": "rehearsal"}, "another id"),
        ({"id": "openai"}, "another id"),
        ({"title": "  "}, "80 characters"),
        ({"base_url": None}, "http://localhost:11434/v1"),
        ({"base_url": "localhost:8000/v1"}, "Start with https:// or http://"),
        ({"base_url": "ftp://host/v1"}, "Start with https:// or http://"),
        ({"base_url": "http://host:port/v1"}, "http://host:port/v1"),
        ({"base_url": "http://a:b@host/v1"}, "its own field"),
        ({"base_url": "http://host/v1?key=x"}, "End it after the path"),
        ({"key_variable": "sk-123"}, "never the key itself"),
    ],
)
def test_what_cannot_be_saved_says_why(tmp_path: Path, changes: dict[str, Any], part: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        service(tmp_path).save(compatible(**changes), key=None)

    assert part in caught.value.hint


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(InvalidInputError, match="key"):
        service(tmp_path).save(compatible(), key=key)


def test_deleting(tmp_path: Path) -> None:
    providers = service(tmp_path)
    providers.save(compatible(), key="k")
    providers.set_default_model("local")

    for refused in ("openai", "rehearsal", "local"):
        with pytest.raises(ConflictError):
            providers.delete(refused)
    with pytest.raises(NotFoundError):
        providers.delete("nowhere")
    providers.set_default_model("rehearsal")
    providers.delete("local")

    assert [provider.id for provider in providers.all()] == ["rehearsal", "openai"]


def test_the_default_is_written_out_in_full(tmp_path: Path) -> None:
    providers = service(tmp_path)
    providers.save(compatible(), key=None)

    providers.set_default_model("local")

    assert providers.default_model() == "local/llama"


def test_a_default_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="no key"):
        service(tmp_path).set_default_model("openai/gpt-5.6-luna")


def test_a_default_that_the_environment_dictates_is_not_overruled(tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="STUDIO_DEFAULT_MODEL"):
        service(tmp_path, STUDIO_DEFAULT_MODEL="openai/x").set_default_model("rehearsal")


def test_references_are_checked_and_simulated_ones_known(tmp_path: Path) -> None:
    providers = service(tmp_path)

    providers.check_reference(None)
    with pytest.raises(ProviderError, match="nowhere"):
        providers.check_reference("nowhere/x")

    assert [providers.is_simulated(name) for name in (None, "rehearsal", "openai/x")] == [True, True, False]


def test_the_test_reports_what_cannot_be_tested(tmp_path: Path) -> None:
    report = service(tmp_path).test(compatible(base_url="nonsense"), None)

    assert not report.ok
    assert "'nonsense' cannot be a base URL" in report.message


def test_the_test_of_a_provider_without_its_key_names_the_variable(tmp_path: Path) -> None:
    report = service(tmp_path).test(BUILT_IN["openai"])

    assert not report.ok
    assert "OPENAI_API_KEY" in report.hint


def test_rehearsal_needs_no_connection(tmp_path: Path) -> None:
    report = service(tmp_path).test(BUILT_IN["rehearsal"])

    assert report.ok
    assert "simulated" in report.message


def test_the_test_sends_the_given_key_or_the_stored_one(tmp_path: Path) -> None:
    seen: list[str] = []

    async def models(request: Request) -> Response:
        seen.append(request.headers.get("authorization", "none"))
        return JSONResponse({"data": [{"id": "llama"}]})

    with serving(Starlette(routes=[Route("/v1/models", models)])) as root:
        record = compatible(base_url=f"{root}/v1", models=[])
        providers = service(tmp_path)
        providers.save(record, key="stored-key")
        reports = [providers.test(record, key) for key in (KEEP, "typed-key", None)]

    assert [report.models for report in reports] == [["llama"]] * 3
    assert seen == ["Bearer stored-key", "Bearer typed-key", "none"]


@pytest.mark.parametrize(
    "load",
    [
        {"requests_per_minute": 0},
        {"tokens_per_minute": -5},
        {"attempts": 0},
        {"attempts": 11},
        {"attempt_seconds": 0},
    ],
)
def test_limits_that_make_no_sense_are_refused(tmp_path: Path, load: dict[str, int]) -> None:
    providers = service(tmp_path)

    with pytest.raises(InvalidInputError, match="cannot be"):
        providers.save(compatible(load=ProviderLoad(**load)), key=None)

    assert [each.id for each in providers.all()] == ["rehearsal", "openai"]
