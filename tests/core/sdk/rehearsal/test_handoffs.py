"""Who gets the conversation: by meaning, down several levels, along a pipeline, and never round in circles."""

from typing import Any, Literal

import pytest
from agents import Agent, RunContextWrapper, handoff
from agents.extensions.handoff_filters import remove_all_tools
from pydantic import BaseModel

from tests.core.sdk.rehearsal.organizations import (
    answer,
    editors,
    front_desk,
    hierarchy,
    path,
    play,
    refund,
    specialist,
    texts,
)


@pytest.mark.parametrize(
    ("request_text", "target"),
    [
        ("I want my money back for order A-1042", "Billing"),
        ("I was overcharged", "Billing"),
        ("The app crashes all the time", "Technical"),
        ("I see a stack trace", "Technical"),
        ("Ich möchte eine Rückerstattung", "Billing"),
        ("我想要退款", "Billing"),
    ],
)
async def test_specialist_is_chosen_by_meaning(request_text: str, target: str) -> None:
    assert path(await play(front_desk(), request_text))[0] == f"Front desk -> {target}"


async def test_order_of_the_handoffs_does_not_matter() -> None:
    agent = front_desk()
    agent.handoffs.reverse()

    assert path(await play(agent, "The app crashes"))[0] == "Front desk -> Technical"


async def test_no_specialist_fits_is_said() -> None:
    result = await play(front_desk(), "Tell me a joke about penguins")

    assert path(result) == []
    assert answer(result).startswith("I found no fitting specialist (I know Billing, Technical)")


async def test_everything_else_goes_where_the_instructions_say() -> None:
    desk = front_desk()
    desk.instructions = f"{desk.instructions} Anything else goes to General."
    desk.handoffs.append(specialist("General", "General matters"))

    result = await play(desk, "Tell me a joke about penguins")

    assert path(result) == ["Front desk -> General"]
    assert "No specialist clearly fits" in texts(result)[0]


@pytest.mark.parametrize(
    ("request_text", "chain"),
    [
        ("Reimburse 20 EUR of order A-7", ["Triage -> Money", "Money -> Refund"]),
        ("What is on my last invoice?", ["Triage -> Money", "Money -> Payment"]),
        ("There is a bug at startup", ["Triage -> Machines", "Machines -> Debugging"]),
        ("When is the next upgrade?", ["Triage -> Machines", "Machines -> Maintenance"]),
    ],
)
async def test_two_levels_down_the_right_branch(request_text: str, chain: list[str]) -> None:
    assert path(await play(hierarchy(), request_text))[:2] == chain


async def test_branch_is_chosen_by_what_stands_behind_it() -> None:
    inner = supervisor_of(specialist("Payback", "Refunds", [refund]))
    outer = Agent[Any](name="Triage", handoffs=[specialist("Nature", "Plants and animals"), inner])

    assert path(await play(outer, "Please refund 5 EUR of order A-1"))[:2] == ["Triage -> Team", "Team -> Payback"]


def supervisor_of(agent: Agent[Any]) -> Agent[Any]:
    return Agent(name="Team", handoffs=[agent])


async def test_each_agent_of_a_pipeline_contributes() -> None:
    result = await play(editors(), "Write about solar power for small towns")

    assert path(result) == ["Researcher -> Writer", "Writer -> Reviewer"]
    said = texts(result)
    assert [text.split(":")[0] for text in said] == ["Researcher", "Writer", "Reviewer"]
    assert all("solar power for small towns" in text.lower() for text in said)
    assert "Verdict: approved." in answer(result)


async def test_pipeline_works_without_the_tool_history() -> None:
    agent = editors()
    writer = agent.handoffs[0]
    assert isinstance(writer, Agent)
    agent.handoffs = [handoff(writer, input_filter=remove_all_tools)]

    assert [text.split(":")[0] for text in texts(await play(agent, "Write about solar power"))] == [
        "Researcher",
        "Writer",
        "Reviewer",
    ]


async def test_reviewer_can_send_work_back_once() -> None:
    agent = editors()
    writer = agent.handoffs[0]
    assert isinstance(writer, Agent)
    reviewer = writer.handoffs[0]
    assert isinstance(reviewer, Agent)
    reviewer.instructions = "You are a reviewer. If changes are needed, hand the draft back to the Writer."
    reviewer.handoffs = [writer]

    result = await play(reviewer, "Too short")

    assert path(result)[0] == "Reviewer -> Writer"
    assert len(path(result)) <= 4


async def test_agents_that_know_each_other_do_not_play_ping_pong() -> None:
    first = Agent[Any](name="First", instructions="You handle invoices.", handoff_description="Invoices")
    second = Agent[Any](name="Second", instructions="You handle crashes.", handoff_description="Crashes")
    first.handoffs, second.handoffs = [second], [first]

    assert path(await play(first, "The app crashes")) == ["First -> Second"]
    assert path(await play(second, "The app crashes")) == []
    assert path(await play(second, "A question about an invoice, the app crashes")) == []


async def test_no_way_back_when_the_history_is_filtered() -> None:
    desk = front_desk()
    for target in desk.handoffs:
        assert isinstance(target, Agent)
        target.handoffs = [desk]
    desk.handoffs = [
        handoff(target, input_filter=remove_all_tools) for target in desk.handoffs if isinstance(target, Agent)
    ]

    assert path(await play(desk, "The app crashes: error 5"))[0].startswith("debug_error")


async def test_specialist_does_not_hand_back_what_it_cannot_do() -> None:
    desk = Agent[Any](name="Desk", instructions="Find the right one.", handoff_description="Pianos and front desk")
    pianos = Agent[Any](name="Tuner", instructions="Be kind.", handoff_description="Pianos", handoffs=[desk])
    desk.handoffs = [pianos]
    last = [
        {"role": "user", "content": "My piano at the front desk"},
        {"type": "function_call", "name": "transfer_to_tuner", "arguments": "{}", "call_id": "c"},
        {"type": "function_call_output", "call_id": "c", "output": '{"assistant": "Tuner"}'},
    ]

    assert path(await play(desk, "My piano at the front desk")) == ["Desk -> Tuner"]
    assert path(await play(pianos, last)) == []


async def test_ring_of_three_is_left_before_it_closes() -> None:
    one, two, three = (Agent[Any](name=name, handoff_description="Pianos") for name in ("One", "Two", "Three"))
    one.handoffs, two.handoffs, three.handoffs = [two], [three], [one]

    assert path(await play(one, "My piano")) == ["One -> Two", "Two -> Three"]


async def test_specialist_hands_back_what_is_not_its_work_when_told_to() -> None:
    desk = Agent[Any](name="Desk", instructions="Find the right one.")
    instructions = "You are the piano tuner. If the request is not about pianos, hand back to the Desk."
    tuner = Agent[Any](name="Tuner", instructions=instructions, handoffs=[desk])
    desk.handoffs = [tuner]

    assert path(await play(tuner, "Sell me a bicycle")) == ["Tuner -> Desk"]
    assert path(await play(tuner, "The pianos are out of tune")) == []


async def test_arguments_of_a_handoff() -> None:
    class Escalation(BaseModel):
        reason: str
        priority: Literal["low", "medium", "high"]

    given: list[Escalation] = []

    async def note(_context: RunContextWrapper[Any], data: Escalation) -> None:
        given.append(data)

    target = specialist("Complaints", "Complaints and angry customers")
    desk = Agent[Any](name="Desk", handoffs=[handoff(target, on_handoff=note, input_type=Escalation)])

    await play(desk, "This is a complaint, it is urgent, because I wait since May.")

    assert given == [Escalation(reason="I wait since May", priority="high")]


async def test_texts_of_different_roles_differ() -> None:
    one = answer(await play(specialist("Garden", ""), "What about the roses?"))
    two = answer(await play(specialist("Kitchen", ""), "What about the roses?"))

    assert one != two
    assert "roses" in one
    assert "kitchen specialist" in two
