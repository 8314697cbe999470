"""Structured outputs from a schema that is data."""

from typing import Any

import pytest
from agents import Agent, ModelBehaviorError, RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message

from core.errors import InvalidSpecError
from core.sdk.output_schemas import JsonSchemaOutput

CLOSED = {
    "type": "object",
    "title": "triage",
    "properties": {
        "topic": {"enum": ["billing", "login"]},
        "steps": {"type": "array", "items": {"type": "string"}},
        "contact": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/contact"}]},
    },
    "required": ["topic", "steps", "contact"],
    "$defs": {"contact": {"type": "object", "properties": {"mail": {"type": "string"}}, "required": ["mail"]}},
}
ANSWER = '{"topic": "login", "steps": ["reset"], "contact": {"mail": "a@b.test"}}'


def schema(**changes: Any) -> dict[str, Any]:
    return {**CLOSED, **changes}


def test_a_schema_that_says_all_is_strict_and_unchanged_for_its_owner() -> None:
    output = JsonSchemaOutput(CLOSED, agent="desk")

    assert output.is_strict_json_schema() is True
    assert output.name() == "triage"
    assert output.json_schema()["additionalProperties"] is False
    assert "additionalProperties" not in CLOSED
    assert output.validate_json(ANSWER)["contact"] == {"mail": "a@b.test"}


@pytest.mark.parametrize(
    "open_schema",
    [
        schema(required=["topic"]),
        schema(additionalProperties=True),
        {"type": "object"},
        {"type": "object", "properties": {"any": {}}, "required": ["any"]},
        {"type": "object", "properties": {"list": {"type": "array"}}, "required": ["list"]},
        {"type": "object", "properties": {"free": {"type": "object"}}, "required": ["free"]},
        {"type": "object", "properties": {"a": {"oneOf": [{"type": "string"}]}}, "required": ["a"]},
    ],
)
def test_a_schema_that_leaves_something_open_is_not_strict_and_stays_as_it_is(open_schema: dict[str, Any]) -> None:
    output = JsonSchemaOutput(open_schema, agent="desk")

    assert output.is_strict_json_schema() is False
    assert output.json_schema() == open_schema


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("Sure! Here you are", "should have answered in JSON"),
        ('{"topic": "weather", "steps": [], "contact": null}', "'topic': 'weather' is not one of"),
        ('{"topic": "login", "steps": [1], "contact": null}', "'steps.0': 1 is not of type 'string'"),
        ('{"topic": "login", "steps": []}', "'contact' is a required property"),
        ("[]", "is not of type 'object'"),
    ],
)
def test_an_answer_that_does_not_fit_names_the_field(answer: str, complaint: str) -> None:
    with pytest.raises(ModelBehaviorError, match="gent 'desk'") as raised:
        JsonSchemaOutput(CLOSED, agent="desk").validate_json(answer)

    assert complaint in str(raised.value)


def test_optional_fields_stay_optional() -> None:
    assert JsonSchemaOutput(schema(required=["topic"]), agent="desk").validate_json('{"topic": "login"}') == {
        "topic": "login"
    }


def test_a_broken_schema_is_refused() -> None:
    with pytest.raises(InvalidSpecError, match="The output schema of agent 'desk' is no valid JSON schema"):
        JsonSchemaOutput({"type": "objekt"}, agent="desk")


def test_a_reference_to_the_network_is_not_followed() -> None:
    output = JsonSchemaOutput({"$ref": "http://127.0.0.1:9/schema.json"}, agent="desk")

    with pytest.raises(ModelBehaviorError, match="refers to something unknown"):
        output.validate_json("{}")


async def test_the_sdk_gives_out_the_value() -> None:
    model = ScriptedModel([[assistant_message(ANSWER)]])
    agent = Agent(name="desk", model=model, output_type=JsonSchemaOutput(CLOSED, agent="desk"))

    result = await Runner.run(agent, "hi", run_config=RunConfig(tracing_disabled=True))

    assert result.final_output["topic"] == "login"
