"""Agents for the tests of the rehearsal model, and how to see what a run did."""

import json
from collections.abc import Sequence
from typing import Any

from agents import Agent, Model, RunConfig, Runner, RunResult, Session, function_tool
from agents.items import HandoffOutputItem, MessageOutputItem, RunItem, ToolCallItem

from core.sdk.rehearsal import Pace, RehearsalModel

MODEL = RehearsalModel(pace=Pace.instant())


async def play(
    agent: Agent[Any], given: Any, *, session: Session | None = None, model: Model = MODEL
) -> RunResult:
    """Run the agent with the rehearsal model at full speed."""
    return await Runner.run(
        agent, given, session=session, run_config=RunConfig(model=model, tracing_disabled=True)
    )


def path(result: RunResult) -> list[str]:
    """The tools called with their arguments, and the handoffs, in order."""
    return [step for item in result.new_items if (step := _step(item))]


def texts(result: RunResult) -> list[str]:
    """What was said, with who said it."""
    said = [item for item in result.new_items if isinstance(item, MessageOutputItem)]
    return [f"{item.agent.name}: {_text(item)}" for item in said]


def answer(result: RunResult) -> str:
    """The final text."""
    assert isinstance(result.final_output, str)
    return result.final_output


def _step(item: RunItem) -> str:
    if isinstance(item, HandoffOutputItem):
        return f"{item.source_agent.name} -> {item.target_agent.name}"
    if isinstance(item, ToolCallItem):
        call: Any = item.raw_item
        arguments = json.loads(call.arguments)
        return f"{call.name}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"
    return ""


def _text(item: MessageOutputItem) -> str:
    return "".join(getattr(part, "text", "") for part in item.raw_item.content)


@function_tool
def lookup_order(order_id: str) -> str:
    """Look up an order."""
    return json.dumps({"order_id": order_id, "status": "delivered", "total": 59.0, "customer": "Ada"})


@function_tool
def refund(order_id: str, amount: float) -> str:
    """Refund an order to the customer."""
    return f"Refunded {amount:.2f} for order {order_id}."


@function_tool
def billing_lookup(customer_email: str) -> str:
    """Look up the invoices and charges of a customer."""
    return json.dumps({"customer": customer_email, "invoices": [{"number": "INV-3", "total": 49.9}]})


@function_tool
def debug_error(error_message: str) -> str:
    """Find the cause of an error or an exception."""
    return "The cause is a null pointer in the cart module."


@function_tool
def analyze_logs(service: str, hours: int = 24) -> str:
    """Read the logs of a service and report anomalies."""
    return json.dumps({"service": service, "anomalies": ["timeout at 10:02"]})


@function_tool
def search_knowledge_base(query: str) -> str:
    """Search the help articles."""
    if "quantum" in query:
        return "[]"
    return json.dumps([{"title": "Reset your password", "text": "Open Settings and choose Security."}])


@function_tool
def create_ticket(title: str, description: str, priority: str = "normal") -> str:
    """Open a support ticket."""
    return json.dumps({"ticket": "T-17", "title": title, "priority": priority})


def help_desk() -> Agent[Any]:
    instructions = "You are the help desk. Search the knowledge base first. If nothing is found, create a ticket."
    return Agent(name="Help desk", instructions=instructions, tools=[search_knowledge_base, create_ticket])


def billing() -> Agent[Any]:
    return Agent(
        name="Billing",
        handoff_description="Invoices, charges and refunds",
        instructions="You are a billing specialist. Look up the order first, then refund.",
        tools=[billing_lookup, lookup_order, refund],
    )


def technical() -> Agent[Any]:
    return Agent(
        name="Technical",
        handoff_description="Crashes, errors and logs",
        instructions="You are a technical specialist.",
        tools=[debug_error, analyze_logs],
    )


def front_desk() -> Agent[Any]:
    return Agent(
        name="Front desk",
        instructions="You are the front desk. Send each request to the right specialist.",
        handoffs=[billing(), technical()],
    )


def supervisor(name: str, about: str, teams: Sequence[Agent[Any]]) -> Agent[Any]:
    instructions = "Choose the right specialist."
    return Agent(name=name, handoff_description=about, instructions=instructions, handoffs=list(teams))


def specialist(name: str, about: str, tools: Sequence[Any] = ()) -> Agent[Any]:
    instructions = f"You are the {name.lower()} specialist."
    return Agent(name=name, handoff_description=about, instructions=instructions, tools=list(tools))


def hierarchy() -> Agent[Any]:
    money = supervisor(
        "Money",
        "Everything about money",
        [
            specialist("Payment", "Invoices and charges", [billing_lookup]),
            specialist("Refund", "Refunds", [refund]),
        ],
    )
    machines = supervisor(
        "Machines",
        "Everything technical",
        [
            specialist("Debugging", "Errors and bugs", [debug_error]),
            specialist("Maintenance", "Upgrades and outages"),
        ],
    )
    return supervisor("Triage", "", [money, machines])


def editors() -> Agent[Any]:
    reviewer = Agent[Any](name="Reviewer", instructions="You are a reviewer. Give a verdict on the draft.")
    writer = Agent[Any](
        name="Writer",
        instructions="You are a writer. Write an article from the notes, then hand off to the Reviewer.",
        handoffs=[reviewer],
    )
    return Agent(
        name="Researcher",
        instructions="You are a researcher. Collect the facts. When you are done, hand your work to the Writer.",
        handoffs=[writer],
    )


def advisers() -> Agent[Any]:
    views = {
        "Optimist": "Look at the chances.",
        "Pessimist": "Look at the risks.",
        "Realist": "Look at the costs.",
    }
    tools = [
        Agent[Any](name=name, instructions=f"You are the {name.lower()}. {view}").as_tool(
            f"ask_{name.lower()}", f"The view of the {name}"
        )
        for name, view in views.items()
    ]
    return Agent(
        name="Coordinator", instructions="Ask all three advisers, then combine their views.", tools=list(tools)
    )
