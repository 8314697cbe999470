"""MCP: real servers as a process and over HTTP, and every way in which they fail."""

import asyncio
import logging
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner, RunState
from agents.testing import ScriptedModel, assistant_message, function_call

from core.organization.spec import AlwaysApprove, ApproveWhen, McpHttpToolSpec, McpStdioToolSpec
from core.sdk.environment import MissingVariableError
from core.sdk.mcp_servers import McpConnectionError, McpSpec, build_mcp_server, open_mcp_server
from core.sdk.mcp_tools import McpToolError, list_mcp_tools, mcp_function_tools
from core.sdk.tool_arguments import ToolArgumentError
from tests.support.tool_calls import call_tool, call_with_text
from tests.support.tool_http_server import serving
from tests.support.tool_mcp_server import server as shop_server

QUIET = RunConfig(tracing_disabled=True)


def stdio(**fields: Any) -> McpStdioToolSpec:
    module = {"command": sys.executable, "arguments": ["-m", "tests.support.tool_mcp_server"]}
    return McpStdioToolSpec(**{"name": "shop", **module, **fields})


def python(code: str, **fields: Any) -> McpStdioToolSpec:
    return stdio(arguments=["-c", code], timeout_seconds=20, **fields)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(shop_server.streamable_http_app()) as base:
        yield f"{base}/mcp"


@pytest.fixture(params=["stdio", "http"])
def spec(request: pytest.FixtureRequest, address: str) -> McpSpec:
    return stdio() if request.param == "stdio" else McpHttpToolSpec(name="shop", url=address)


async def test_all_tools_are_listed_with_what_the_server_says(spec: McpSpec) -> None:
    narrowed = spec.model_copy(update={"allowed_tools": ["refund"], "blocked_tools": ["refund"]})

    tools = await list_mcp_tools(narrowed)

    assert [tool.name for tool in tools] == ["look_up", "refund", "shop.label", "wait", "stop", "environment"]
    assert [tool.name for tool in tools if tool.read_only] == ["look_up"]
    assert tools[1].description == "Refund an order."
    assert tools[1].parameters["required"] == ["order", "amount"]


async def test_calls_give_text_and_failures_are_raised(spec: McpSpec) -> None:
    async with open_mcp_server(spec) as server:
        tools = {tool.name: tool for tool in await mcp_function_tools(server, spec)}

        assert await call_tool(tools["look_up"], order="A1", detail=True) == "A1 is on its way with Norpost"
        assert (
            await call_with_text(tools["shop_label"], "") == "the label:\n[image/png, 6 bytes: not shown, no text]"
        )
        with pytest.raises(McpToolError, match="500 is more than was paid for A1"):
            await call_tool(tools["refund"], order="A1", amount=500)
        with pytest.raises(McpToolError, match="unable to parse string as a number"):
            await call_tool(tools["refund"], order="A1", amount="much")
        with pytest.raises(ToolArgumentError, match="'amount' is missing"):
            await call_tool(tools["refund"], order="A1")
        with pytest.raises(ToolArgumentError, match="are no JSON"):
            await call_with_text(tools["refund"], "{")


async def test_only_the_chosen_tools_are_offered(address: str) -> None:
    chosen = McpHttpToolSpec(
        name="shop", url=address, allowed_tools=["look_up", "refund"], blocked_tools=["refund"]
    )

    async with open_mcp_server(chosen) as server:
        assert [tool.name for tool in await mcp_function_tools(server, chosen)] == ["look_up"]


async def test_the_approval_rule_is_for_the_named_tools(address: str) -> None:
    named = ["refund", "shop.label"]
    spec = McpHttpToolSpec(name="shop", url=address, approval=AlwaysApprove(), approval_tools=named)

    async with open_mcp_server(spec) as server:
        tools = await mcp_function_tools(server, spec)

    assert [tool.name for tool in tools if tool.needs_approval] == ["refund", "shop_label"]


async def test_a_call_that_waited_runs_after_the_state_went_through_text(spec: McpSpec) -> None:
    spec = spec.model_copy(update={"approval": ApproveWhen(argument="amount", operator="gt", value=20)})
    calls = [
        function_call("refund", {"order": "A1", "amount": amount}, call_id=f"c{amount}") for amount in (10, 50)
    ]
    model = ScriptedModel([calls, [assistant_message("Paid.")]])

    async with open_mcp_server(spec) as server:
        agent = Agent[Any](name="desk", model=model, tools=list(await mcp_function_tools(server, spec)))
        paused = await Runner.run(agent, "refund A1", run_config=QUIET)
        stored = paused.to_state().to_string()
    async with open_mcp_server(spec) as server:
        agent = Agent[Any](name="desk", model=model, tools=list(await mcp_function_tools(server, spec)))
        state = await RunState.from_string(agent, stored)
        [waiting] = state.get_interruptions()
        state.approve(waiting)
        result = await Runner.run(agent, state, run_config=QUIET)

    assert waiting.call_id == "c50"
    assert result.final_output == "Paid."
    outputs = [item.get("output") for item in result.to_input_list() if item.get("type") == "function_call_output"]
    assert outputs == ["refunded 10 for A1", "refunded 50 for A1"]
    model.assert_complete()


async def test_a_call_that_takes_too_long_is_given_up(address: str) -> None:
    spec = McpHttpToolSpec(name="shop", url=address, timeout_seconds=1)
    async with open_mcp_server(spec) as server:
        tools = {tool.name: tool for tool in await mcp_function_tools(server, spec)}

        with pytest.raises(McpToolError, match="MCP server 'shop' did not answer in time"):
            await call_tool(tools["wait"], seconds=4)
        assert await call_tool(tools["look_up"], order="A2") == "A2 is on its way"


async def test_a_server_that_ends_during_a_call_is_named() -> None:
    async with open_mcp_server(stdio()) as server:
        tools = {tool.name: tool for tool in await mcp_function_tools(server, stdio())}

        for name in ("stop", "stop"):
            with pytest.raises(McpToolError, match="MCP server 'shop' ended before it answered"):
                await call_tool(tools[name])


async def test_a_process_gets_its_own_variables_and_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "s3cret")
    monkeypatch.setenv("OTHER_KEY", "private")
    spec = stdio(environment={"TOKEN": "key-${SHOP_KEY}"})

    async with open_mcp_server(spec) as server:
        tools = {tool.name: tool for tool in await mcp_function_tools(server, spec)}

        assert await call_tool(tools["environment"], name="TOKEN") == "key-s3cret"
        assert await call_tool(tools["environment"], name="OTHER_KEY") == "not set"


async def test_its_arguments_are_filled_in_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "s3cret")
    shown = "import sys; sys.exit('started with ' + sys.argv[1])"
    spec = python(shown)
    spec = spec.model_copy(update={"arguments": [*spec.arguments, "--key=${SHOP_KEY}"]})

    with pytest.raises(McpConnectionError, match="started with --key=s3cret"):
        async with open_mcp_server(spec):
            pass


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(MissingVariableError):
        build_mcp_server(stdio(arguments=["--key=${NOT_SET_HERE}"]))
    with pytest.raises(MissingVariableError, match="MCP server 'shop' needs it"):
        build_mcp_server(stdio(environment={"TOKEN": "${NOT_SET_HERE}"}))
    with pytest.raises(MissingVariableError):
        build_mcp_server(McpHttpToolSpec(name="shop", url="http://x.test", headers={"A": "${NOT_SET_HERE}"}))


@pytest.mark.parametrize(
    ("spec", "message", "hint"),
    [
        (stdio(command="no-such-command"), "there is no command 'no-such-command'", "Install it"),
        (stdio(command="/etc/hosts", arguments=[]), "cannot be started: ", "terminal: /etc/hosts"),
        (
            python("import sys; sys.exit('no token: set SHOP_TOKEN')"),
            "ended before it answered. It wrote: no token: set SHOP_TOKEN.",
            "Try it in a terminal",
        ),
        (python("print('Welcome to the shop!')"), "ended before it answered", "Try it in a terminal"),
        (
            McpHttpToolSpec(name="shop", url="http://127.0.0.1:9/mcp"),
            "'shop' cannot be reached.",
            "Check the address",
        ),
        (McpHttpToolSpec(name="shop", url="nonsense"), "'shop' cannot be reached.", "Check the address"),
    ],
)
async def test_a_server_that_cannot_be_used_says_why(
    spec: McpSpec, message: str, hint: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(McpConnectionError) as raised:
        await list_mcp_tools(spec)

    assert message in raised.value.message
    assert hint in raised.value.hint
    assert "Traceback" not in caplog.text + "".join(capfd.readouterr())


async def test_a_refusal_by_status_is_told(address: str) -> None:
    with pytest.raises(McpConnectionError, match="Not Found"):
        await list_mcp_tools(McpHttpToolSpec(name="shop", url=address.removesuffix("/mcp") + "/elsewhere"))


async def test_a_silent_process_is_given_up_in_time_and_ended() -> None:
    before = time.monotonic()

    with pytest.raises(McpConnectionError, match=r"did not answer within 0\.5 seconds"):
        await list_mcp_tools(stdio(command="sleep", arguments=["30"], timeout_seconds=0.5))

    assert time.monotonic() - before < 15
    assert len(asyncio.all_tasks()) == 1


async def test_a_server_from_the_registry_works() -> None:
    spec = McpStdioToolSpec(name="time", command=sys.executable, arguments=["-m", "mcp_server_time"])
    convert = {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}

    async with open_mcp_server(spec) as server:
        tools = {tool.name: tool for tool in await mcp_function_tools(server, spec)}
        converted = await call_tool(tools["convert_time"], **convert)

        with pytest.raises(McpToolError, match="Nowhere"):
            await call_tool(tools["get_current_time"], timezone="Nowhere/At_All")

    assert sorted(tools) == ["convert_time", "get_current_time"]
    assert "T21:00:00+09:00" in converted
