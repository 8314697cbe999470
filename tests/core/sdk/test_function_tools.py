"""Function tools: from `module:function` to a tool that checks its arguments and says what is wrong."""

import json
import sys
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message, function_call

from core.organization.spec import FunctionToolSpec
from core.sdk.function_tools import ToolImportError, build_function_tool, describe_function
from core.sdk.tool_arguments import ToolArgumentError
from tests.support import tool_functions
from tests.support.tool_calls import call_tool, call_with_text

MODULE = "tests.support.tool_functions"
ADDRESS = {"city": "Oslo", "zip": "0150"}


def tool(function: str, **fields: Any) -> Any:
    spec = FunctionToolSpec(name=fields.pop("name", function), function=f"{MODULE}:{function}", **fields)
    return build_function_tool(spec)


def test_signature_and_docstring_become_the_schema() -> None:
    built = tool("ship", name="send_parcel")

    assert (built.name, built.description, built.strict_json_schema) == ("send_parcel", "Send a parcel.", False)
    properties = built.params_json_schema["properties"]
    assert properties["weight"]["description"] == "In kilograms."
    assert properties["speed"]["enum"] == ["slow", "fast"]
    assert built.params_json_schema["required"] == ["order", "to", "weight"]
    assert tool("ship", description="Ours.").description == "Ours."


async def test_results_are_json_unless_they_are_text() -> None:
    parcel = json.loads(await call_tool(tool("ship"), order="A1", to=ADDRESS, weight=2, speed="fast"))

    assert parcel == {"weight": 2.0, "sent_at": "2026-03-01T12:00:00+00:00", "to": ADDRESS}
    assert json.loads(await call_tool(tool("ask"), question="why?")) == {"question": "why?", "answers": [1, 2]}
    assert await call_tool(tool("gives_nothing")) == "null"
    assert await call_tool(tool("huge_number")) == str(2**80)


async def test_plain_functions_run_in_a_thread_that_sees_the_context() -> None:
    tool_functions.marker.set("set")

    assert await call_with_text(tool("where"), "") == "set in a thread"


async def test_the_context_of_the_call_is_given_to_who_asks_for_it() -> None:
    built = tool("call_id")

    assert list(built.params_json_schema["properties"]) == ["prefix"]
    assert await call_tool(built, prefix="id: ") == "id: call_1"


async def test_a_function_behind_the_decorator_of_the_sdk_is_found() -> None:
    assert await call_tool(tool("decorated"), name="Ada") == "hello Ada"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ('{"order": "A1", "weight": 1}', "'to' is missing"),
        ('{"order": "A1", "to": {"city": "Oslo"}, "weight": 1}', "'to.zip' is missing"),
        ('{"order": "A1", "to": %s, "weight": -1}', "'weight' input should be greater than 0, got -1"),
        ('{"order": "A1", "to": %s, "weight": NaN}', "NaN is no JSON number"),
        (
            '{"order": "A1", "to": %s, "weight": 1, "speed": 9}',
            "'speed' input should be 'slow' or 'fast', got 9",
        ),
        ('{"order": "A1", "to": %s, "weight": 1, "colour": "red"}', "has no argument 'colour'"),
        ('{"order": ', "are no JSON"),
        ("[1]", "must be a JSON object"),
    ],
)
async def test_arguments_that_do_not_fit_never_reach_the_function(arguments: str, complaint: str) -> None:
    tool_functions.calls.clear()

    with pytest.raises(ToolArgumentError) as raised:
        await call_with_text(tool("ship"), arguments.replace("%s", json.dumps(ADDRESS)))

    assert complaint in raised.value.message
    assert tool_functions.calls == []


async def test_what_the_function_raises_comes_through() -> None:
    with pytest.raises(LookupError, match="the shelf is empty"):
        await call_tool(tool("fails"))


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        (f"{MODULE}:shipp", "has no function 'shipp'", "Did you mean 'ship'?"),
        (f"{MODULE}:not_a_function", "has no function 'not_a_function'", "Its functions: "),
        (f"{MODULE}:Address", "has no function 'Address'", "Its functions: "),
        ("tests.support.nowhere:ship", "There is no module 'tests.support.nowhere'", "Check the name"),
        ("nowhere.at.all:ship", "There is no module 'nowhere'", "Check the name"),
        ("tests.support.tool_broken_module:go", "RuntimeError: no configuration found", "Mend the module"),
        (f"{MODULE}:untypable", "cannot be offered as a tool", "Give every parameter a type"),
    ],
)
def test_a_reference_that_leads_nowhere_says_why(reference: str, message: str, hint: str) -> None:
    with pytest.raises(ToolImportError) as raised:
        build_function_tool(FunctionToolSpec(name="t", function=reference))

    assert message in raised.value.message
    assert hint in raised.value.hint


def test_a_missing_dependency_is_named(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needs_more.py").write_text("import not_installed_here\n")
    (tmp_path / "ends_early.py").write_text("raise SystemExit(2)\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    with pytest.raises(ToolImportError, match="needs 'not_installed_here', which is not installed"):
        describe_function("needs_more:go")
    with pytest.raises(ToolImportError, match="SystemExit"):
        describe_function("ends_early:go")


def test_describing_does_not_call() -> None:
    tool_functions.calls.clear()

    described = describe_function(f"{MODULE}:ship")

    assert (described.name, described.description) == ("ship", "Send a parcel.")
    assert tool_functions.calls == []


async def test_the_sdk_runs_it() -> None:
    call = function_call("send", {"order": "A7", "to": ADDRESS, "weight": 1}, call_id="c1")
    model = ScriptedModel([[call], [assistant_message("Sent.")]])
    agent = Agent(name="desk", model=model, tools=[tool("ship", name="send")])

    result = await Runner.run(agent, "send A7", run_config=RunConfig(tracing_disabled=True))

    assert result.final_output == "Sent."
    assert json.loads(str(result.to_input_list()[2]["output"]))["to"] == ADDRESS  # type: ignore[typeddict-item]
    model.assert_complete()
