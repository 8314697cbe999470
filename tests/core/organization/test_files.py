"""Organizations as text: nothing is lost, and what is wrong is said with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from core.errors import InvalidSpecError
from core.organization.files import from_text, parse, spec_hash, to_json, to_yaml
from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    HandoffLink,
    McpStdioToolSpec,
    Organization,
    Position,
    UsesLink,
)
from tests.core.organization.strategies import workflows

DESK = Organization(
    name="Help desk",
    entry="Desk",
    agents=[
        AgentSpec(name="Desk", instructions="Greet.\nThen answer in the customer's language: Grüße, 你好."),
        AgentSpec(name="Billing"),
    ],
    tools=[FunctionToolSpec(name="look_up", function="shop.billing:look_up", effect="reads")],
    links=[HandoffLink(source="Desk", target="Billing"), UsesLink(source="Billing", target="look_up")],
    samples=["Where is order A1003?"],
    layout={"Desk": Position(x=0, y=40), "Billing": Position(x=260.5, y=0)},
)
DESK_YAML = """\
schema_version: 1
name: Help desk
entry: Desk
agents:
  - name: Desk
    instructions: |-
      Greet.
      Then answer in the customer's language: Grüße, 你好.
  - name: Billing
tools:
  - kind: function
    name: look_up
    effect: reads
    function: shop.billing:look_up
links:
  - kind: handoff
    source: Desk
    target: Billing
  - kind: uses
    source: Billing
    target: look_up
samples:
  - Where is order A1003?
layout:
  Desk: {x: 0, y: 40}
  Billing: {x: 260.5, y: 0}
"""


@settings(max_examples=60, deadline=None)
@given(workflows)
def test_nothing_is_lost_in_either_form(org: Organization) -> None:
    assert from_text(to_yaml(org)) == org
    assert from_text(to_json(org)) == org
    assert from_text(to_yaml(org)).model_dump_json() == org.model_dump_json()


def test_yaml_reads_well() -> None:
    """Defaults are left out, texts stand in blocks, kinds come first, letters stay letters."""
    assert to_yaml(DESK) == DESK_YAML


def test_values_stay_what_they_are() -> None:
    tool = McpStdioToolSpec(name="t", command="run", environment={"A": "1e3", "B": "no"}, arguments=["012", "~"])
    org = Organization(name="2026-03-14", tools=[tool])

    assert from_text(to_yaml(org)) == org
    assert from_text("name: 2026-03-14\nentry: on\n").entry == "on"


@pytest.mark.parametrize(
    "text",
    [
        "\x85",
        "a\u2028b",
        "a\r\nb",
        "\x00",
        "\x1b[0m",
        "\ufeff",
        "\n",
        " \n a\n",
        "a \n\tb\n\n",
        "\t",
        "\xa0x",
        "#\n- a: b",
    ],
)
def test_every_character_comes_back(text: str) -> None:
    org = Organization(name="D", agents=[AgentSpec(name="A", instructions=text)], samples=[text])

    assert from_text(to_yaml(org)) == org
    assert from_text(to_json(org)) == org


def test_json_that_yaml_cannot_read_is_read() -> None:
    assert from_text('{\n\t"name":\t"\\ud83e\\udd8a"}').name == "🦊"


def test_yaml_in_braces_is_read() -> None:
    assert from_text("{name: Desk, agents: []}").name == "Desk"


def test_a_byte_order_mark_is_passed_over() -> None:
    assert from_text("\ufeffname: Desk").name == "Desk"
    assert from_text('\ufeff{"name": "Desk"}').name == "Desk"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name: D\nagents:\n  - instructions: x\n", 3, "agents #1 › name is missing"),
        ("name: D\nagents:\n  - name: A\n    instructions: 3\n", 4, "agents #1 'A' › instructions should be"),
        ("name: D\ntools:\n  - kind: htp\n    name: t\n", 3, "tools #1 't' › kind cannot be 'htp'"),
        ("name: D\ntools:\n  - name: t\n", 3, "tools #1 't' does not say its `kind`"),
        ("name: D\nrun:\n  max_turns: many\n", 3, "run › max_turns should be a valid integer"),
        ("name: D\nrun:\n  max_turns: 0\n", 3, "run › max_turns should be greater than or equal to 1, not 0"),
        ("name: D\nname: E\n", 2, "has the key 'name' twice"),
        ('{\n"name": "D",\n"name": "E"}', 3, "has the key 'name' twice"),
        ('{\n"name": "D",\n"entry": 3}', 3, "entry should be a valid string"),
        ('{\n"name": "D"\n"entry": ""}', 3, "not JSON: Expecting ',' delimiter (column 1)"),
        ("name: D\nentry: [\n", 3, "not YAML"),
        ("name: D\nagents: &a []\ntools: *a\n", 3, "refers to another part"),
        ("name: !!python/object:os.system x\n", 1, "has the tag"),
        ("name: D\nschema_version: 9\n", 2, "newer version"),
        ("name: D\n---\nname: E\n", 2, "more than one document"),
        ("? [a]\n: b\n", 1, "a key that is no text"),
        ("name: 1e999", 1, "1e999 is no finite number"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        from_text(text, source="desk.yaml")

    assert f"desk.yaml, line {line}: " in caught.value.message
    assert message in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("name: D\ntools:\n  - {name: t, kind: function, funtion: a:b}\n", "Is 'funtion' meant to be 'function'?"),
        ("name: D\ntools:\n  - {name: t, kind: htp}\n", "Did you mean 'http'?"),
        ("name: D\ntools:\n  - {name: t}\n", "function, http, mcp_stdio, mcp_http"),
        ("name: D\ntools:\n  - {name: a b, kind: http, url: x}\n", "Use the letters A to Z"),
        ("name: D\ntools:\n  - {name: a, kind: function, function: x}\n", "`module:function`"),
    ],
)
def test_the_hint_says_what_is_expected(text: str, hint: str) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        from_text(text)

    assert hint in caught.value.hint


def test_a_value_that_fits_none_of_several_types_is_told_once() -> None:
    rule = "{kind: when, argument: a, operator: gt, value: null}"

    with pytest.raises(InvalidSpecError) as caught:
        from_text(f"name: D\ntools:\n  - kind: http\n    name: t\n    url: x\n    approval: {rule}\n")

    assert caught.value.message.count("approval › value") == 1
    assert caught.value.message.startswith("Line 6: tools #1 't' › approval › value should be")


def test_many_faults_are_counted() -> None:
    with pytest.raises(InvalidSpecError, match=r"And 3 more\."):
        from_text("name: D\n" + "agents: [" + "{}, " * 8 + "]")


@pytest.mark.parametrize("text", ["", "# only a comment", "- a\n- b", "just words", "[1, 2]"])
def test_text_that_describes_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpecError, match="does not describe an organization"):
        from_text(text)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a: " + "[" * 500 + "]" * 500, '{"a":' * 100_000, "a: " + "{a: " * 100_000]
)
def test_deeply_nested_text_ends_no_process(text: str) -> None:
    with pytest.raises(InvalidSpecError, match="nested too deeply"):
        from_text(text)


def test_characters_that_yaml_forbids_are_refused() -> None:
    with pytest.raises(InvalidSpecError, match="a character that YAML does not allow"):
        from_text("name: a\x00b")


def test_parse_reads_plain_data_and_names_the_part() -> None:
    assert parse(DESK.model_dump(mode="json")) == DESK
    with pytest.raises(InvalidSpecError, match=r"^agents #1 'A' › model should be a valid string, not 3\."):
        parse({"name": "D", "agents": [{"name": "A", "model": 3}]})
    with pytest.raises(InvalidSpecError, match="newer version"):
        parse({"name": "D", "schema_version": 2})


def test_the_hash_is_of_the_meaning() -> None:
    moved = DESK.with_layout({})
    renamed = DESK.model_copy(update={"name": "Desk"})

    assert spec_hash(moved) == spec_hash(DESK)
    assert spec_hash(renamed) != spec_hash(DESK)
    assert spec_hash(from_text(to_yaml(DESK))) == spec_hash(DESK)


def test_a_file_written_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(DESK_YAML, encoding="utf-8")

    assert from_text(path.read_text(encoding="utf-8"), source=path.name) == DESK
