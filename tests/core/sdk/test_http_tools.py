"""HTTP tools against a real server: what is sent, and what the model reads when it goes wrong."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message, function_call

from core.errors import InvalidSpecError
from core.organization.spec import HttpToolSpec
from core.sdk.environment import MissingVariableError
from core.sdk.http_tools import HttpToolError, build_http_tool
from core.sdk.tool_arguments import ToolArgumentError
from tests.support.tool_calls import call_tool
from tests.support.tool_http_server import serving, shop_app


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with serving(shop_app()) as elsewhere, serving(shop_app(elsewhere)) as address:
        yield address


def http_tool(url: str, *parameters: str, **fields: Any) -> Any:
    schema = {"type": "object", "properties": {name: {} for name in parameters}}
    return build_http_tool(HttpToolSpec(**{"name": "orders", "url": url, "parameters": schema, **fields}))


async def echo(tool: Any, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(await call_tool(tool, **arguments))
    return answer


async def test_arguments_fill_the_address_and_the_rest_becomes_the_query(shop: str) -> None:
    tool = http_tool(f"{shop}/echo/orders/{{id}}?page=1&q={{text}}", "id", "text", "tags", "open", "note")

    sent = await echo(tool, id="A 1/../x?y", text="a&b=ü", tags=["x", "y z"], open=True, note=None)

    assert sent["method"] == "GET"
    assert sent["path"] == "/echo/orders/A%201%2F..%2Fx%3Fy"
    assert sent["query"] == "page=1&q=a%26b%3D%C3%BC&tags=x&tags=y+z&open=true"
    assert sent["body"] == ""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_methods_with_a_body_send_the_rest_as_json(shop: str, method: str) -> None:
    sent = await echo(
        http_tool(f"{shop}/echo/{{id}}", "id", "note", "lines", method=method), id=7, note="ü", lines=[1]
    )

    assert (sent["method"], sent["path"], sent["query"]) == (method, "/echo/7", "")
    assert json.loads(sent["body"]) == {"note": "ü", "lines": [1]}
    assert sent["headers"]["content-type"] == "application/json"


async def test_delete_uses_the_query(shop: str) -> None:
    assert (await echo(http_tool(f"{shop}/echo/x", "force", method="DELETE"), force=False))[
        "query"
    ] == "force=false"


async def test_secrets_come_from_the_environment_and_arguments_never_do(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KEY", "s3cret")
    headers = {"Authorization": "Bearer ${SHOP_KEY}", "X-Customer": "{customer}", "user-agent": "desk"}
    tool = http_tool(f"{shop}/echo/x?k=${{SHOP_KEY}}", "customer", "text", headers=headers)

    sent = await echo(tool, customer="Zoë ${SHOP_KEY}", text="${SHOP_KEY}")

    assert sent["headers"]["authorization"] == "Bearer s3cret"
    assert sent["headers"]["user-agent"] == "desk"
    assert sent["headers"]["x-customer"].encode("latin-1").decode() == "Zoë ${SHOP_KEY}"
    assert sent["query"] == "k=s3cret&text=%24%7BSHOP_KEY%7D"


def test_what_is_missing_is_said_before_the_first_call() -> None:
    with pytest.raises(MissingVariableError, match="'NOT_SET_HERE' is not set; tool 'orders' needs it"):
        http_tool("http://shop.test", headers={"Authorization": "${NOT_SET_HERE}"})
    with pytest.raises(InvalidSpecError, match="which is not among its parameters"):
        http_tool("http://shop.test/{id}", "number")
    with pytest.raises(InvalidSpecError, match="The parameters of tool 'orders' is no valid JSON schema"):
        http_tool("http://shop.test", parameters={"type": "objekt"})


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"id": "A1"}, "'count' is a required property"),
        ({"id": "A1", "count": "three"}, "'count': 'three' is not of type 'integer'"),
        ({"id": "A1", "count": 3, "colour": "red"}, "'colour' was unexpected"),
        ({"id": "..", "count": 3}, "'id' cannot be '..'"),
        ({"id": "", "count": 3}, "'id' cannot be ''"),
        ({"count": 3}, "'id' is missing"),
        ({"id": "A1", "count": 3, "who": "a\r\nX-Admin: yes"}, "'who' must be one line of text"),
    ],
)
async def test_arguments_that_do_not_fit_are_never_sent(arguments: dict[str, Any], complaint: str) -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "count": {"type": "integer"},
            "who": {"type": "string", "default": ""},
        },
        "required": ["count"],
        "additionalProperties": False,
    }
    tool = http_tool("http://127.0.0.1:9/{id}", parameters=schema, headers={"X-Who": "{who}"})

    with pytest.raises(ToolArgumentError) as raised:
        await call_tool(tool, **{"who": "me", **arguments})

    assert complaint in raised.value.message


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("missing", 404, 'answered 404 Not Found: {"detail":"no such order"}'), ("broken", 500, "stack trace stack")],
)
async def test_other_statuses_are_errors_the_model_can_read(shop: str, path: str, status: int, said: str) -> None:
    with pytest.raises(HttpToolError) as raised:
        await call_tool(http_tool(f"{shop}/{path}"))

    assert raised.value.status == status
    assert said in raised.value.message
    assert len(raised.value.message) < 2_200


async def test_a_slow_server_is_given_up(shop: str) -> None:
    with pytest.raises(HttpToolError, match=r"did not answer within 0.3 seconds.\nHint: It is not known whether"):
        await call_tool(http_tool(f"{shop}/slow", timeout_seconds=0.3))
    with pytest.raises(HttpToolError, match="Try again later"):
        await call_tool(http_tool(f"{shop}/slow", timeout_seconds=0.3, effect="reads"))


async def test_a_huge_answer_is_cut_with_a_note(shop: str) -> None:
    text = await call_tool(http_tool(f"{shop}/huge"))

    assert text.endswith("x\n[cut: only the first 1,000,000 bytes are shown]")
    assert text.count("x") == 1_000_000


async def test_what_is_no_text_is_named(shop: str) -> None:
    assert await call_tool(http_tool(f"{shop}/picture")) == "[image/png, 8 bytes: not shown, no text]"


async def test_redirects_are_followed_and_keys_stay_at_home(shop: str) -> None:
    headers = {"X-Api-Key": "s3cret", "Authorization": "Bearer s3cret"}

    near = await echo(http_tool(f"{shop}/moved", "n", headers=headers, method="POST"), n=1)
    away = await echo(http_tool(f"{shop}/away", headers=headers))

    assert (near["path"], near["headers"]["x-api-key"], near["body"]) == ("/echo/new", "s3cret", '{"n":1}')
    assert away["path"] == "/echo/away"
    assert "s3cret" not in str(away["headers"])
    with pytest.raises(HttpToolError, match="answered 307"):
        await call_tool(http_tool(f"{shop}/circle"))


@pytest.mark.parametrize("url", ["http://nowhere.invalid/x", "nonsense", "ftp://127.0.0.1/x", "http://[::bad/x"])
async def test_an_address_that_leads_nowhere_is_an_error_with_a_sentence(url: str) -> None:
    with pytest.raises(HttpToolError, match=r"could not be reached|is no usable address"):
        await call_tool(http_tool(url))


async def test_a_dead_port_does_not_give_the_key_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "s3cret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(HttpToolError) as raised:
        await call_tool(http_tool(f"http://127.0.0.1:{port}/?key=${{SHOP_KEY}}"))

    assert f"GET http://127.0.0.1:{port}/?key=${{SHOP_KEY}} could not be reached" in raised.value.message
    assert "s3cret" not in str(raised.value)


async def test_the_sdk_runs_it(shop: str) -> None:
    call = function_call("orders", {"id": "A7"}, call_id="c1")
    model = ScriptedModel([[call], [assistant_message("Found.")]])
    agent = Agent(name="desk", model=model, tools=[http_tool(f"{shop}/echo/{{id}}", "id")])

    result = await Runner.run(agent, "A7?", run_config=RunConfig(tracing_disabled=True))

    assert result.final_output == "Found."
    assert "/echo/A7" in str(result.to_input_list()[2])
