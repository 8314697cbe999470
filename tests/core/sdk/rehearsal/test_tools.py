"""Which tools are called, with what, and what is made of their results."""

import json
from typing import Any, Literal

import pytest
from agents import Agent, ModelSettings, function_tool
from pydantic import BaseModel

from tests.core.sdk.rehearsal.organizations import (
    advisers,
    answer,
    billing,
    billing_lookup,
    create_ticket,
    help_desk,
    lookup_order,
    path,
    play,
    refund,
    search_knowledge_base,
    technical,
    texts,
)


@pytest.mark.parametrize(
    ("request_text", "expected"),
    [
        ("How do I reset my password?", ["search_knowledge_base(query='How do I reset my password?')"]),
        ("hello", []),
        ("thank you!", []),
    ],
)
async def test_help_desk_searches_for_questions_only(request_text: str, expected: list[str]) -> None:
    assert path(await play(help_desk(), request_text)) == expected


async def test_answer_uses_the_content_of_the_result() -> None:
    assert "Open Settings and choose Security." in answer(await play(help_desk(), "How do I reset my password?"))


async def test_ticket_is_created_when_the_search_finds_nothing() -> None:
    result = await play(help_desk(), "The quantum flux is broken")

    assert [step.split("(")[0] for step in path(result)] == ["search_knowledge_base", "create_ticket"]
    assert "found nothing" in answer(result)
    assert "T-17" in answer(result)


async def test_ticket_is_created_when_somebody_asks_for_one() -> None:
    result = await play(help_desk(), "Please open a ticket: the printer is on fire, it is urgent")

    title = "the printer is on fire, it is urgent"
    assert path(result)[-1] == f"create_ticket(title={title!r}, description={title!r}, priority='urgent')"


async def test_order_is_looked_up_first_and_its_total_refunded() -> None:
    result = await play(billing(), "I want my money back for order A-1042")

    assert path(result) == ["lookup_order(order_id='A-1042')", "refund(order_id='A-1042', amount=59)"]
    assert "Refunded 59.00 for order A-1042." in answer(result)


async def test_amount_in_the_request_comes_before_the_one_in_a_result() -> None:
    assert (
        path(await play(billing(), "Reimburse €12.50 of order A-1"))[-1] == "refund(order_id='A-1', amount=12.5)"
    )


async def test_lookup_alone_does_not_lead_to_a_refund() -> None:
    assert path(await play(billing(), "What is the status of order A-1042?")) == [
        "lookup_order(order_id='A-1042')"
    ]


@pytest.mark.parametrize(
    ("request_text", "expected"),
    [
        ("I get a NullPointerException", "debug_error(error_message='I get a NullPointerException')"),
        ("Check the logs of the checkout service for 6 hours", "analyze_logs(service='checkout', hours=6)"),
    ],
)
async def test_tool_is_chosen_by_meaning(request_text: str, expected: str) -> None:
    assert path(await play(technical(), request_text)) == [expected]


async def test_missing_id_is_asked_for() -> None:
    result = await play(Agent(name="Refunds", tools=[refund]), "I want a refund")

    assert path(result) == []
    assert answer(result) == "For “refund” I still need the order id and the amount. Could you tell me?"


async def test_nothing_fits_is_said() -> None:
    result = await play(Agent(name="Orders", tools=[lookup_order, refund]), "Sing me a song about the sea")

    assert path(result) == []
    assert answer(result).startswith("I found no fitting tool (I have lookup order, refund) for this")


async def test_each_of_several_ids_is_looked_up() -> None:
    result = await play(Agent(name="Orders", tools=[lookup_order]), "Look up orders A-1, A-2 and A-3")

    assert path(result) == [f"lookup_order(order_id='A-{number}')" for number in (1, 2, 3)]
    assert len(result.raw_responses) == 2


async def test_second_tool_that_pays_is_not_called_after_the_first() -> None:
    @function_tool
    def grant_goodwill(order_id: str, amount: float) -> str:
        """Refund a part of an order as goodwill."""
        return "granted"

    agent = Agent[Any](name="Desk", tools=[refund, grant_goodwill])

    assert path(await play(agent, "Please refund 20 EUR for order A-1")) == ["refund(order_id='A-1', amount=20)"]


async def test_all_advisers_are_asked_at_once_in_the_same_words() -> None:
    question = "Should we try a four-day week?"

    result = await play(advisers(), question)

    assert path(result) == [f"ask_{name}(input={question!r})" for name in ("optimist", "pessimist", "realist")]
    assert len(result.raw_responses) == 2
    assert all(f"**{name}**" in answer(result) for name in ("Optimist", "Pessimist", "Realist"))


async def test_advisers_differ() -> None:
    said = answer(await play(advisers(), "Should we try a four-day week?"))

    assert "the chances" in said
    assert "the risks" in said


async def test_parallel_tool_calls_off_means_one_per_response() -> None:
    agent = advisers()
    agent.model_settings = ModelSettings(parallel_tool_calls=False)

    result = await play(agent, "Should we try a four-day week?")

    assert [len(response.output) for response in result.raw_responses] == [1, 1, 1, 1]


async def test_tool_choice_required_says_that_nothing_fits() -> None:
    agent = Agent[Any](
        name="Articles", tools=[search_knowledge_base], model_settings=ModelSettings(tool_choice="required")
    )

    result = await play(agent, "Sing me a song")

    assert path(result) == ["search_knowledge_base(query='Sing me a song')"]
    assert "without a match" in texts(result)[0]


async def test_tool_choice_names_a_tool() -> None:
    settings = ModelSettings(tool_choice="billing_lookup")
    agent = Agent[Any](name="Desk", tools=[lookup_order, billing_lookup], model_settings=settings)

    assert path(await play(agent, "hello from a@b.co")) == ["billing_lookup(customer_email='a@b.co')"]


async def test_tool_choice_none_calls_nothing() -> None:
    agent = Agent[Any](name="Desk", tools=[lookup_order], model_settings=ModelSettings(tool_choice="none"))

    assert path(await play(agent, "look up order A-1")) == []


async def test_required_for_ever_ends_all_the_same() -> None:
    settings = ModelSettings(tool_choice="required")
    agent = Agent[Any](name="Desk", tools=[lookup_order], model_settings=settings, reset_tool_choice=False)

    assert path(await play(agent, "look up order A-1")) == ["lookup_order(order_id='A-1')"]


async def test_word_in_passing_creates_nothing() -> None:
    agent = Agent[Any](name="Desk", tools=[create_ticket])

    assert path(await play(agent, "What is the state of the support ticket?")) == []


async def test_money_is_not_paid_back_because_a_charge_is_mentioned() -> None:
    agent = Agent[Any](name="Billing", tools=[lookup_order, refund])

    assert path(await play(agent, "What was paid for order A-1? I think I was charged 249.00 twice.")) == [
        "lookup_order(order_id='A-1')"
    ]


async def test_guessed_value_is_said() -> None:
    @function_tool
    def get_weather(city: str, unit: Literal["celsius", "fahrenheit"]) -> str:
        """Get the weather of a city."""
        return f"It is 20 degrees {unit} in {city}."

    result = await play(Agent(name="Weather", tools=[get_weather]), "What is the weather in New York?")

    assert path(result) == ["get_weather(city='New York', unit='celsius')"]
    assert texts(result)[0] == "Weather: For get weather I assume unit = celsius, since you did not say."


async def test_nested_arguments() -> None:
    class Line(BaseModel):
        sku: str
        quantity: int

    @function_tool
    def place_order(customer_email: str, lines: list[Line]) -> str:
        """Place an order."""
        return f"{customer_email}: {lines[0].quantity} of {lines[0].sku}"

    result = await play(Agent(name="Sales", tools=[place_order]), "Please order 3 pieces of sku B-12 for a@b.co")

    assert "a@b.co: 3 of B-12" in answer(result)


async def test_number_inside_a_nested_argument_is_asked_for() -> None:
    class Line(BaseModel):
        sku: str
        quantity: int

    @function_tool
    def place_order(lines: list[Line]) -> str:
        """Place an order."""
        raise AssertionError

    result = await play(Agent(name="Sales", tools=[place_order]), "Please order sku B-12")

    assert answer(result) == "For “place order” I still need the quantity. Could you tell me?"


async def test_rejection_is_told_and_not_tried_again() -> None:
    @function_tool(needs_approval=True)
    def issue_refund(order_id: str, amount: float) -> str:
        """Pay money back."""
        raise AssertionError

    agent = Agent[Any](name="Refunds", tools=[issue_refund])
    waiting = await play(agent, "refund 12 EUR of order A-5")
    state = waiting.to_state()
    state.reject(
        waiting.interruptions[0], rejection_message="A person rejected this call. Reason: blocked customer"
    )

    result = await play(agent, state)

    assert path(result) == ["issue_refund(order_id='A-5', amount=12)"]
    assert "not approved by a person" in answer(result)
    assert "blocked customer" in answer(result)


async def test_rejection_ends_the_pipeline() -> None:
    @function_tool(needs_approval=True)
    def issue_refund(order_id: str, amount: float) -> str:
        """Pay money back."""
        raise AssertionError

    instructions = "Issue the refund, then hand off to the Reporter."
    agent = Agent[Any](
        name="Refunds", instructions=instructions, tools=[issue_refund], handoffs=[Agent(name="Reporter")]
    )
    waiting = await play(agent, "refund 12 EUR of order A-5")
    state = waiting.to_state()
    state.reject(waiting.interruptions[0])

    assert path(await play(agent, state)) == ["issue_refund(order_id='A-5', amount=12)"]


async def test_failure_is_told_and_stops_what_depends_on_it() -> None:
    @function_tool
    def track_order(order_id: str) -> str:
        """Look up an order."""
        raise ValueError("the warehouse is closed")

    agent = Agent[Any](
        name="Desk", instructions="Track the order first, then refund.", tools=[track_order, refund]
    )

    result = await play(agent, "Refund 5 EUR of order A-1")

    assert path(result) == ["track_order(order_id='A-1')"]
    assert "The tool track order failed" in answer(result)


async def test_order_not_found_is_not_refunded() -> None:
    @function_tool
    def track_order(order_id: str) -> str:
        """Look up an order."""
        return f"There is no order {order_id}: not found."

    agent = Agent[Any](
        name="Desk", instructions="Track the order first, then refund.", tools=[track_order, refund]
    )

    assert path(await play(agent, "Refund 5 EUR of order A-1")) == ["track_order(order_id='A-1')"]


async def test_huge_result_is_cut() -> None:
    @function_tool
    def search_documents(query: str) -> str:
        """Search the documents."""
        return "The quick brown fox. " * 250_000

    said = answer(await play(Agent(name="Library", tools=[search_documents]), "search documents on foxes"))

    assert len(said) < 2_000
    assert "5,250,000 characters" in said


async def test_lists_and_objects_become_words() -> None:
    @function_tool
    def list_orders() -> str:
        """List the orders of the customer."""
        return json.dumps({"orders": 2, "items": [{"id": "A-1", "total": 5.5, "open": True}, {"id": "A-2"}]})

    said = answer(await play(Agent(name="Desk", tools=[list_orders]), "list my orders"))

    assert said == "From list orders:\n- id A-1, total 5.5, open yes\n- id A-2"
