"""Settings: providers, the default model, and what lies where."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.records import Price, ProviderLoad
from studio.context import close_core
from tests.support.providers import compatible
from tests.support.sample_pages import address, open_page, studio_folder, texts
from tests.support.studio import open_studio, until, wait_for_run
from tests.support.tool_http_server import serving


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    for name in ("OPENAI_API_KEY", "STUDIO_DEFAULT_MODEL"):
        monkeypatch.delenv(name, raising=False)
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


def sections(app: AppTest) -> list[str]:
    """The headings of what can be unfolded."""
    return [each.label for each in app.expander if each.label != "Under load"]


def fill(app: AppTest, **fields: str) -> AppTest:
    """Type into the form of a new provider."""
    for name, value in fields.items():
        app.text_input(key=f"{name}_new").set_value(value)
    return app


def test_a_fresh_studio_has_the_rehearsal_model(studio: Core) -> None:
    app = open_page("settings")

    assert not app.exception
    assert app.selectbox(key="default_model").value == "rehearsal"
    rehearsal, openai, add = sections(app)
    assert "`rehearsal`" in rehearsal
    assert "Ready" in rehearsal
    assert "Needs a key" in openai
    assert add == "Add an OpenAI-compatible endpoint"
    assert "Everything it says is simulated" in texts(app)


def test_a_key_in_the_environment_is_enough(studio: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-outside")

    app = open_page("settings")

    assert "Set up" in sections(app)[1]
    assert "sk-from-outside" not in str(app)


def test_adding_a_provider(studio: Core) -> None:
    app = fill(open_page("settings"), id="ollama", title="My *own*", url="http://localhost:11434/v1")
    app.text_input(key="key_new").set_value("sk-secret-word")
    app.text_area(key="models_new").set_value("llama3.2\n\n qwen ")

    app.button(key="save_new").click().run()

    assert not app.exception
    saved = studio.providers.get("ollama")
    assert (saved.title, saved.models, saved.has_stored_key) == ("My *own*", ["llama3.2", "qwen"], True)
    assert "My \\*own\\* `ollama`" in sections(app)[2]
    assert "ollama/llama3.2" in app.selectbox(key="default_model").options
    assert "sk-secret-word" not in str(app), "a key that was stored does not stay on the page"
    assert [field.value for field in app.text_input if field.label == "Short name"] == [""]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": "My Server", "title": "x", "url": "http://localhost/v1"}, "small letters"),
        ({"id": "local", "title": "x", "url": "localhost"}, "http://"),
        ({"id": "local", "title": "x", "url": ""}, "base URL is missing"),
        ({"id": "openai", "title": "x", "url": "http://localhost/v1"}, "openai"),
        ({"id": "local", "title": "x", "url": "http://localhost/v1", "variable": "sk-my-key"}, "OPENAI_API_KEY"),
    ],
)
def test_what_cannot_be_saved_is_said(studio: Core, fields: dict[str, str], said: str) -> None:
    app = fill(open_page("settings"), **fields)

    app.button(key="save_new").click().run()

    assert not app.exception
    assert said in "\n".join(error.value for error in app.error)
    assert len(studio.providers.all()) == 2
    assert app.text_input(key="id_new").value == fields["id"], "what was typed stays"


def test_changing_and_deleting_a_provider(studio: Core) -> None:
    studio.providers.save(compatible(), key="first-key")
    app = open_page("settings")

    app.text_input(key="title_local").set_value("Renamed").run()
    app.button(key="save_local").click().run()

    assert (studio.providers.get("local").title, studio.providers.get("local").has_stored_key) == ("Renamed", True)

    app.checkbox(key="forget_local_1").check().run()
    app.button(key="save_local").click().run()

    assert not studio.providers.get("local").has_stored_key

    app.button(key="delete_local").click().run()

    assert not app.exception
    assert [each.id for each in studio.providers.all()] == ["rehearsal", "openai"]


def test_testing_a_connection(studio: Core) -> None:
    """A dead endpoint is told in words; a live one lists its models. Nothing needs to be saved for it."""

    async def answer(request: Request) -> Response:
        if request.url.path.endswith("/models"):
            return JSONResponse({"data": [{"id": "llama"}, {"id": "qwen"}]})
        return JSONResponse({"choices": [{"message": {"role": "assistant", "content": "OK"}}]})

    app = fill(open_page("settings"), id="local", title="Local", url="http://127.0.0.1:9/v1")
    app.button(key="test_new").click().run()
    assert "Nothing answers at 127.0.0.1:9" in app.error[0].value

    with serving(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])) as root:
        fill(app, url=f"{root}/v1").button(key="test_new").click().run()

    assert not app.error
    assert app.success
    assert "Models it offers: llama, qwen" in texts(app)
    assert len(studio.providers.all()) == 2


def test_choosing_the_default_model(studio: Core) -> None:
    studio.providers.save(compatible(), key=None)
    app = open_page("settings")

    app.selectbox(key="default_model").select("local/qwen").run()

    assert studio.providers.default_model() == "local/qwen"
    assert app.selectbox(key="default_model").value == "local/qwen"

    app.button(key="delete_local").click().run()

    assert "belongs to provider 'local'" in app.error[0].value


def test_a_default_model_that_cannot_be_used_is_refused(studio: Core) -> None:
    app = open_page("settings")

    box = app.selectbox(key="default_model")
    # AppTest has no words for typing something new into a select box.
    box.options.append("nowhere/model")
    box.set_value("nowhere/model").run()

    assert not app.exception
    assert "'nowhere'" in app.error[0].value
    assert studio.providers.default_model() == "rehearsal"
    assert app.selectbox(key="default_model").value == "rehearsal"


def test_a_default_model_of_the_environment_stays(studio: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.providers.save(compatible(), key=None)
    monkeypatch.setenv("STUDIO_DEFAULT_MODEL", "local/llama")
    app = open_page("settings")

    app.selectbox(key="default_model").select("rehearsal").run()

    assert "STUDIO_DEFAULT_MODEL" in app.error[0].value
    assert app.selectbox(key="default_model").value == "local/llama"


def test_where_data_lies_and_what_sample_tools_wrote(studio: Core, tmp_path: Path) -> None:
    desk = studio.organizations.create_from_pattern("human-in-the-loop")
    goodwill = "Order A1008 is late again. Could I get 20.00 as goodwill?"
    wait_for_run(studio, studio.runs.start(desk, goodwill), "completed")

    app = open_page("settings", tab="data")

    assert not app.exception
    assert app.code[0].value == str(tmp_path)
    assert "studio.db" in texts(app)
    row = app.dataframe[0].value.iloc[0]
    assert (row["order_id"], row["amount"]) == ("A1008", 20)

    next(button for button in app.button if button.label == "Reset").click().run()

    assert studio.samples.refunds() == []
    assert "No refunds yet." in texts(app)


def test_the_section_is_in_the_address(studio: Core) -> None:
    app = open_page("settings", tab="odd")
    assert address(app) == {"tab": "providers"}

    app.button_group(key="settings_tab").set_value("data").run()

    assert address(app) == {"tab": "data"}
    assert app.subheader[0].value == "Data folder"


def test_limits_of_a_provider_are_set_and_taken_away(studio: Core) -> None:
    studio.providers.save(compatible(), key=None)
    app = open_page("settings")

    app.number_input(key="requests_local").set_value(60)
    app.number_input(key="attempts_local").set_value(2)
    app.number_input(key="attempt_local").set_value(90)
    app.button(key="save_local").click().run()

    assert not app.exception
    saved = ProviderLoad(requests_per_minute=60, attempts=2, attempt_seconds=90)
    assert studio.providers.get("local").load == saved

    fresh = open_page("settings")
    assert fresh.number_input(key="requests_local").value == 60
    fresh.number_input(key="requests_local").set_value(None)
    fresh.button(key="save_local").click().run()
    assert studio.providers.get("local").load.requests_per_minute is None


def test_the_built_in_provider_can_be_limited_too(studio: Core) -> None:
    app = open_page("settings")

    app.number_input(key="at_once_openai").set_value(3)
    app.button(key="save_openai").click().run()

    assert studio.providers.get("openai").load == ProviderLoad(calls_at_once=3)
    assert studio.providers.get("openai").kind == "openai"


def test_a_studio_that_works_itself_needs_no_workers(studio: Core) -> None:
    app = open_page("settings", tab="workers")

    assert not app.exception
    assert "works on its runs itself" in texts(app)
    assert not app.dataframe


def test_workers_are_listed_and_missing_ones_are_told_of(studio: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_WORK", "elsewhere")
    close_core()
    assert "Nobody works on runs" in open_page("settings", tab="workers").warning[0].value

    with open_studio(studio.settings.data_dir, role="worker") as worker:
        worker.engine.start()
        until(studio.workers.all)
        app = open_page("settings", tab="workers")

    assert not app.warning
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["State"], row["Runs"]) == ("At work", "0 of 50")
    assert row["Process"] == str(os.getpid())


def test_prices_are_shown_and_can_be_saved_once_changed(studio: Core) -> None:
    studio.providers.set_prices({"shop/till": Price(1.5, 6.0)})
    app = open_page("settings", tab="prices")

    assert not app.exception
    assert app.dataframe[0].value.to_numpy().tolist() == [["shop/till", 1.5, 6.0]]
    assert app.button(key="save_prices").disabled
