"""Earlier turns count: what `it` is, what was asked for, and what somebody said of themselves."""

from collections.abc import Iterator

import pytest
from agents import Agent, SQLiteSession

from tests.core.sdk.rehearsal.organizations import answer, billing, front_desk, path, play, refund


@pytest.fixture
def session() -> Iterator[SQLiteSession]:
    session = SQLiteSession("test")
    yield session
    session.close()


async def test_it_is_the_order_of_the_turn_before(session: SQLiteSession) -> None:
    await play(billing(), "Where is order A-1042?", session=session)

    result = await play(billing(), "Refund it, 30 EUR", session=session)

    assert path(result)[-1] == "refund(order_id='A-1042', amount=30)"


async def test_answer_to_a_question_completes_the_request(session: SQLiteSession) -> None:
    agent = Agent(name="Refunds", tools=[refund])
    asked = await play(agent, "I want a refund of 20 dollars", session=session)

    result = await play(agent, "A-99", session=session)

    assert answer(asked) == "For “refund” I still need the order id. Could you tell me?"
    assert path(result) == ["refund(order_id='A-99', amount=20)"]


async def test_question_with_handoff_is_completed_too(session: SQLiteSession) -> None:
    await play(front_desk(), "I want a refund of 20 dollars", session=session)

    assert (
        path(await play(front_desk(), "it is order A-99", session=session))[-1]
        == "refund(order_id='A-99', amount=20)"
    )


async def test_done_work_is_not_done_again(session: SQLiteSession) -> None:
    agent = Agent(name="Refunds", tools=[refund])
    await play(agent, "Refund 20 EUR of order A-1", session=session)

    assert path(await play(agent, "Thanks!", session=session)) == []
    assert path(await play(agent, "When will it arrive?", session=session)) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was my order number?", "Your order number is A-1042"),
        ("What is my name?", "Your name is Ada Lovelace"),
        ("Remind me of my e-mail address?", "ada@example.com"),
        ("What did I ask first?", "My name is Ada Lovelace"),
        ("What is my shoe size?", "You have not told me your shoe size"),
    ],
)
async def test_what_was_said_is_remembered(question: str, expected: str, session: SQLiteSession) -> None:
    agent = Agent(name="Friend", instructions="You are a friend.")
    await play(agent, "My name is Ada Lovelace, order A-1042, ada@example.com", session=session)
    await play(agent, "Nice weather today", session=session)

    assert expected in answer(await play(agent, question, session=session))


async def test_newest_order_counts(session: SQLiteSession) -> None:
    agent = Agent(name="Refunds", tools=[refund])
    await play(agent, "My first order is A-1", session=session)
    await play(agent, "My second order is A-2", session=session)

    assert path(await play(agent, "Refund it, 5 EUR", session=session)) == ["refund(order_id='A-2', amount=5)"]
