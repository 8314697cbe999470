"""Arguments: valid for any schema, filled with what the conversation says."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from core.sdk.rehearsal.arguments import Filler
from core.sdk.rehearsal.conversation import read_conversation
from core.sdk.rehearsal.evidence import gather

TEXTS = st.sampled_from(
    [
        "",
        "refund order A-1042, 49.90 EUR, mail ada@example.com",
        "What is “going on” 12 times?",
        "名前 🎉 \x00",
        "x" * 300,
    ]
)
NAMES = st.sampled_from(
    [
        "order_id",
        "amount",
        "query",
        "email",
        "date",
        "priority",
        "tags",
        "count",
        "name",
        "is_urgent",
        "x",
        "reason",
    ]
)


@st.composite
def strings(draw: st.DrawFn) -> dict[str, Any]:
    shortest = draw(st.integers(0, 12))
    bounded = {"type": "string", "minLength": shortest, "maxLength": shortest + draw(st.integers(0, 20))}
    patterned = st.sampled_from(
        [
            r"^[A-Z]{3}-\d{4}$",
            r"\d+",
            r"^(foo|bar)+$",
            r"^[^a]x?$",
            r"^\w{2,5}@\w+\.com$",
            r"^(a|b)\1\s.$",
            r"^[a-f0-9]{8}$",
        ]
    ).map(lambda pattern: {"type": "string", "pattern": pattern})
    formatted = st.sampled_from(["email", "date", "date-time", "uuid", "ipv4", "uri", "time", "hostname"]).map(
        lambda name: {"type": "string", "format": name}
    )
    return draw(st.one_of(st.just(bounded), patterned, formatted, st.just({"type": "string"})))


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["integer", "number"]))
    low, width = draw(st.integers(-50, 50)), draw(st.integers(2, 100))
    limits: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {"minimum": low},
                {"maximum": low},
                {"minimum": low, "maximum": low + width},
                {"exclusiveMinimum": low, "exclusiveMaximum": low + width},
                {"minimum": low, "multipleOf": 5},
            ]
        )
    )
    return {"type": kind, **limits}


CHOICES = st.sampled_from(
    [
        {"enum": ["low", "high", 3, None]},
        {"const": {"fixed": [1]}},
        {"type": "boolean"},
        {"type": "null"},
        {"type": ["string", "null"]},
        {"type": "string", "enum": ["A-1042", "B"]},
        {"$ref": "#/$defs/Shared"},
        {"type": "integer", "default": 7},
        {},
        True,
    ]
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        arrays(inner),
        objects(inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    )


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    least = draw(st.integers(0, 3))
    items: dict[str, Any] = {"items": draw(inner)}
    if draw(st.booleans()):
        items = {"uniqueItems": True, "items": {"type": "integer"}}
    return {"type": "array", "minItems": least, "maxItems": least + draw(st.integers(0, 2)), **items}


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    extra: dict[str, Any] = draw(
        st.sampled_from([{}, {"additionalProperties": False}, {"minProperties": min(1, len(properties))}])
    )
    return {"type": "object", "properties": properties, "required": required, **extra}


SCHEMAS = objects(st.recursive(st.one_of(strings(), numbers(), CHOICES), containers, max_leaves=8))
SHARED = {"type": "object", "properties": {"id": {"type": "integer", "minimum": 3}}, "required": ["id"]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schema=SCHEMAS, text=TEXTS, answering=st.booleans())
def test_values_satisfy_any_schema(schema: dict[str, Any], text: str, answering: bool) -> None:
    schema = {**schema, "$defs": {"Shared": SHARED}}
    evidence = gather(read_conversation(text))

    value = Filler(schema, evidence, writer=(lambda _: None) if answering else None).fill()

    checker = Draft202012Validator.FORMAT_CHECKER
    errors = [error.message for error in Draft202012Validator(schema, format_checker=checker).iter_errors(value)]
    assert errors == [], value
    json.dumps(value)


def fill(text: str, **properties: Any) -> dict[str, Any]:
    """Arguments for a schema with these required properties."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    value = Filler(schema, gather(read_conversation(text)), hint="tool").fill()
    assert isinstance(value, dict)
    return value


STRING, NUMBER, INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}


@pytest.mark.parametrize(
    ("text", "name", "schema", "expected"),
    [
        ("refund order A-1042", "order_id", STRING, "A-1042"),
        ("order #5512 is late", "orderId", STRING, "5512"),
        ("my order number is 77", "order_number", INTEGER, 77),
        ("ticket 12 for order A-9", "order_id", STRING, "A-9"),
        ("ticket 12 for order A-9", "ticket_id", STRING, "12"),
        ("invoice INV-2024-001 and order ORD-9", "invoice", STRING, "INV-2024-001"),
        ("please pay back €1,234.50 of order A-1", "amount", NUMBER, 1234.5),
        ("20 dollars for order 4711", "amount", NUMBER, 20),
        ("1.234,50 EUR bitte", "amount", NUMBER, 1234.5),
        ("write to ada@example.com", "email", STRING, "ada@example.com"),
        ("call me Ada Lovelace please", "customer_name", STRING, "Ada Lovelace"),
        ("weather in New York on Monday", "city", STRING, "New York"),
        ("fly from Rome to Oslo", "destination", STRING, "Oslo"),
        ("fly from Rome to Oslo", "origin", STRING, "Rome"),
        ("book it for 2025-03-09", "date", {"type": "string", "format": "date"}, "2025-03-09"),
        ("at 3 pm on 12 March 2025", "time", STRING, "15:00"),
        ("on March 12, 2025", "start_date", STRING, "2025-03-12"),
        ("the last 6 hours of the checkout service", "hours", INTEGER, 6),
        ("the last 6 hours of the checkout service", "service", STRING, "checkout"),
        ("can you please find the manual?", "query", STRING, "find the manual?"),
        ("it is broken because the lid fell off.", "reason", STRING, "the lid fell off"),
        ("this is urgent!", "priority", {"enum": ["low", "normal", "high"]}, "high"),
        ("set the unit to Fahrenheit", "unit", {"enum": ["celsius", "fahrenheit"]}, "fahrenheit"),
        ("the code is ABC-1234, thanks", "code", {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}, "ABC-1234"),
        ("mail a@b.co and c@d.co", "emails", {"type": "array", "items": STRING}, ["a@b.co", "c@d.co"]),
        ("orders A-1 and A-2", "order_ids", {"type": "array", "items": STRING}, ["A-1", "A-2"]),
        ("tags: red, green and blue", "tags", {"type": "array", "items": STRING}, ["red", "green", "blue"]),
        ("with express shipping", "express", {"type": "boolean"}, True),
        ("no hurry", "express", {"type": "boolean"}, False),
        ("open https://example.org/a?b=1.", "url", STRING, "https://example.org/a?b=1"),
    ],
)
def test_value_is_picked_out_of_the_text(text: str, name: str, schema: dict[str, Any], expected: object) -> None:
    assert fill(text, **{name: schema}) == {name: expected}


def test_two_ids_do_not_get_the_same_value() -> None:
    schema = {
        "type": "object",
        "properties": {"order_id": STRING, "customer_id": STRING},
        "required": ["order_id", "customer_id"],
    }
    filler = Filler(schema, gather(read_conversation("refund A-7")), hint="refund")

    value = filler.fill()

    assert value["order_id"] == "A-7"
    assert filler.notes.missing == ["customer_id"]


def test_nested_objects_are_filled() -> None:
    line = {"type": "object", "properties": {"sku": STRING, "quantity": INTEGER}, "required": ["sku", "quantity"]}
    schema = {
        "$ref": "#/$defs/Order",
        "$defs": {"Order": {"type": "object", "properties": {"line": line}, "required": ["line"]}},
    }

    value = Filler(schema, gather(read_conversation("3 pieces of sku B-12"))).fill()

    assert value == {"line": {"sku": "B-12", "quantity": 3}}


def test_what_cannot_be_known_is_noted() -> None:
    schema = {
        "type": "object",
        "properties": {"order_id": STRING, "channel": {"enum": ["mail", "phone"]}, "limit": INTEGER},
        "required": ["order_id", "channel", "limit"],
    }
    filler = Filler(schema, gather(read_conversation("do it")))

    filler.fill()

    assert filler.notes.missing == ["order_id"]
    assert filler.notes.assumed == {"channel": "mail"}


def test_missing_ids_of_a_list_are_noted() -> None:
    schema = {
        "type": "object",
        "properties": {
            "order_ids": {"type": "array", "items": STRING},
            "tags": {"type": "array", "items": STRING},
        },
        "required": ["order_ids", "tags"],
    }
    filler = Filler(schema, gather(read_conversation("cancel them")))

    assert filler.fill() == {"order_ids": [], "tags": []}
    assert filler.notes.missing == ["order_ids"]


def test_optional_values_are_left_out_unless_said() -> None:
    schema = {
        "type": "object",
        "properties": {"query": STRING, "city": STRING, "limit": INTEGER},
        "required": ["query"],
    }

    value = Filler(schema, gather(read_conversation("concerts in Paris"))).fill()

    assert value == {"query": "concerts in Paris", "city": "Paris"}


def test_recursive_schema_ends() -> None:
    node = {
        "type": "object",
        "properties": {"child": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["child"],
    }

    value = Filler(node, gather(read_conversation("x")), writer=lambda _: None).fill()

    assert Draft202012Validator(node).is_valid(value)


def test_broken_schema_does_not_raise() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "pattern": "("}, "b": {"$ref": "#/nowhere"}},
        "required": ["a", "b"],
    }

    assert isinstance(Filler(schema, gather(read_conversation("x"))).fill(), dict)
