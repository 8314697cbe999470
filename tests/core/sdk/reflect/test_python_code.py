"""Static import of agents, their fields and their links."""

import pytest

from core.organization.check import check
from core.organization.spec import AlwaysApprove, AsToolLink, FunctionToolSpec, HandoffLink, McpStdioToolSpec
from core.sdk.reflect.report import ImportProblemError
from tests.core.sdk.reflect.reading import imported, told

SHOP = '''
from agents import Agent, ModelSettings, Runner, function_tool, handoff
from agents.extensions import handoff_filters
from openai.types.shared import Reasoning


@function_tool(needs_approval=True, timeout=12)
def refund(order: str, amount: float) -> str:
    """Pay money back."""
    return "done"


billing = Agent(
    name="Billing",
    handoff_description="Money matters.",
    instructions="Line one. "
    "Line two.",
    model="gpt-5",
    model_settings=ModelSettings(temperature=0.2, reasoning=Reasoning(effort="low"), store=True, top_logprobs=3),
    tools=[refund],
)
optimist = Agent("Optimist", instructions="Hope.")
triage = Agent(
    name="Triage",
    instructions="Choose.",
    handoffs=[
        handoff(billing, tool_description_override="For money.", input_filter=handoff_filters.remove_all_tools),
    ],
    tools=[optimist.as_tool(tool_name="ask_optimist", tool_description="The good side.", needs_approval=True)],
    tool_use_behavior="stop_on_first_tool",
)


async def main():
    await Runner.run(triage, "Where is my money?", max_turns=7)
'''


def test_agents_tools_and_links_are_read_without_running_the_file() -> None:
    found = imported("raise SystemExit('executed')\n" + SHOP)

    org = found.organization
    assert [agent.name for agent in org.agents] == ["Billing", "Optimist", "Triage"]
    assert org.entry == "Triage"
    assert org.run.max_turns == 7
    assert org.samples == ["Where is my money?"]
    assert org.links == [
        *[link for link in org.links if link.kind == "uses"],
        AsToolLink(
            source="Triage",
            target="Optimist",
            tool_name="ask_optimist",
            description="The good side.",
            approval=AlwaysApprove(),
        ),
        HandoffLink(source="Triage", target="Billing", description="For money.", history="without_tools"),
    ]
    assert org.tools == [
        FunctionToolSpec(name="refund", function="app:refund", approval=AlwaysApprove(), timeout_seconds=12)
    ]


def test_fields_of_an_agent_are_carried() -> None:
    billing, _, triage = imported(SHOP).organization.agents

    assert billing.instructions == "Line one. Line two."
    assert billing.handoff_description == "Money matters."
    assert billing.model == "openai/gpt-5"
    assert billing.settings.temperature == 0.2
    assert billing.settings.reasoning_effort == "low"
    assert triage.tool_use == "stop_on_first_tool"


def test_the_report_names_each_thing_with_file_and_line() -> None:
    found = imported(SHOP)

    assert [entry.where for entry in told(found, "carried", "agent 'Triage'")] == ["app.py:23"]
    assert told(found, "carried", "handoff from 'Triage' to 'Billing'", "app.py:27")
    assert told(found, "not_carried", "top_logprobs of the model settings of agent 'Billing'")
    assert not told(found, "not_carried", "store")


def test_constants_are_resolved_through_modules_fstrings_and_dedent() -> None:
    found = imported(
        shop__texts='''
            import textwrap
            TONE = "kind"
            RULES = textwrap.dedent("""\\
                Be {tone}.
                Be brief.
                """).format(tone=TONE)
            ''',
        shop__people="""
            from agents import Agent
            from .texts import RULES
            from shop import texts
            COMPANY = "Fern" + "hill"
            clerk = Agent(name=f"{COMPANY} clerk", instructions=f"{RULES}Work for {COMPANY}, {texts.TONE} always.")
            """,
    )

    clerk = found.organization.agents[0]
    assert clerk.name == "Fernhill clerk"
    assert clerk.instructions == "Be kind.\nBe brief.\nWork for Fernhill, kind always."


def test_what_only_running_tells_is_kept_as_text_and_reported() -> None:
    found = imported(
        """
        from agents import Agent
        a = Agent(name="A", instructions=load("a.md"))
        b = Agent(name="B", instructions=f"Today is {today()}.")
        def greet(context, agent):
            return f"Greet {context.context.name}."
        c = Agent(name="C", instructions=greet)
        """
    )

    assert [agent.instructions for agent in found.organization.agents] == [
        'load("a.md")',
        "Today is {today()}.",
        "Greet {context.context.name}.",
    ]
    assert told(found, "approximated", "instructions of agent 'A'", "app.py:3")
    assert told(found, "approximated", "instructions of agent 'B'", "`today()`")


def test_lists_that_are_built_up_and_fields_set_later_are_followed() -> None:
    found = imported(
        """
        from agents import Agent, function_tool
        @function_tool
        def one(): ...
        @function_tool
        def two(): ...
        tools = [one]
        tools.append(two)
        a = Agent(name="A", instructions="x", tools=tools)
        b = Agent(name="B", instructions="x")
        c = Agent(name="C", instructions="x")
        a.handoffs = [b]
        a.handoffs.append(c)
        b.handoffs += [a, c]
        c.instructions = "changed"
        """
    )

    org = found.organization
    uses = [(link.source, link.target) for link in org.links if link.kind == "uses"]
    handoffs = [(link.source, link.target) for link in org.links if link.kind == "handoff"]
    assert uses == [("A", "one"), ("A", "two")]
    assert handoffs == [("A", "B"), ("A", "C"), ("B", "A"), ("B", "C")]
    assert org.agents[2].instructions == "changed"


def test_agents_made_in_functions_and_methods_are_one_for_each_way_they_are_made() -> None:
    found = imported(
        """
        from agents import Agent
        def expert(field, *, tone="calm"):
            return Agent(name=f"{field} expert", instructions=f"Know {field}. Be {tone}.")
        law = expert("law")
        tax = expert("tax", tone="strict")
        again = expert("law")
        class Desk:
            def __init__(self):
                self.helper = Agent(name="Helper", instructions="Help.")
                self.front = Agent(name="Front", instructions="Ask.", handoffs=[self.helper, law])
        """
    )

    org = found.organization
    assert {agent.name: agent.instructions for agent in org.agents} == {
        "law expert": "Know law. Be calm.",
        "tax expert": "Know tax. Be strict.",
        "Helper": "Help.",
        "Front": "Ask.",
    }
    assert [(link.source, link.target) for link in org.links] == [("Front", "Helper"), ("Front", "law expert")]


def test_a_clone_takes_over_what_it_does_not_change() -> None:
    found = imported(
        """
        from agents import Agent
        pirate = Agent(name="Pirate", instructions="Speak like a pirate.", model="gpt-5")
        robot = pirate.clone(name="Robot", instructions="Speak like a robot.")
        """
    )

    robot = found.organization.agents[1]
    assert (robot.name, robot.instructions, robot.model) == ("Robot", "Speak like a robot.", "openai/gpt-5")


def test_mcp_servers_are_read_and_their_secrets_stay_out() -> None:
    found = imported(
        """
        import os
        from agents import Agent
        from agents.mcp import MCPServerStdio, create_static_tool_filter
        async def run(server):
            agent = Agent(name="Files", instructions="Read.", mcp_servers=[server])
        async def main():
            async with MCPServerStdio(
                name="Filesystem",
                params={
                    "command": "npx",
                    "args": ["-y", "server-filesystem", "/data"],
                    "env": {"API_KEY": "sk-verysecret", "HOME_URL": os.environ["HOME_URL"], "MODE": "fast"},
                },
                tool_filter=create_static_tool_filter(allowed_tool_names=["read"]),
            ) as server:
                await run(server)
        """
    )

    org = found.organization
    assert org.tools == [
        McpStdioToolSpec(
            name="Filesystem",
            command="npx",
            arguments=["-y", "server-filesystem", "/data"],
            environment={"API_KEY": "${API_KEY}", "HOME_URL": "${HOME_URL}", "MODE": "fast"},
            allowed_tools=["read"],
        )
    ]
    assert "verysecret" not in repr(found)
    assert [(link.source, link.target) for link in org.links] == [("Files", "Filesystem")]


def test_two_agents_of_one_name_get_names_of_their_own() -> None:
    found = imported(
        """
        from agents import Agent
        a = Agent(name="Clerk", instructions="x")
        b = Agent(name="Clerk", instructions="y", handoffs=[a])
        """
    )

    assert [agent.name for agent in found.organization.agents] == ["Clerk", "Clerk 2"]
    assert [(link.source, link.target) for link in found.organization.links] == [("Clerk 2", "Clerk")]
    assert told(found, "approximated", "agent 'Clerk 2'", "was taken")


def test_agents_of_other_frameworks_are_not_taken_for_ours() -> None:
    with pytest.raises(ImportProblemError, match=r"There is no agent in 'app\.py'"):
        imported("from crewai import Agent\na = Agent(role='x', goal='y')\n")


def test_the_sdk_is_told_apart_from_a_folder_of_the_same_name() -> None:
    found = imported(
        bot__agents__writer="""
            from agents import Agent
            writer = Agent(name="Writer", instructions="Write.")
            """,
        bot__main="""
            from agents import Agent
            from .agents.writer import writer
            boss = Agent(name="Boss", instructions="Lead.", handoffs=[writer])
            """,
    )

    assert [(link.source, link.target) for link in found.organization.links] == [("Boss", "Writer")]


def test_hosted_tools_are_reported_and_a_duty_to_call_them_goes() -> None:
    found = imported(
        """
        from agents import Agent, HostedMCPTool, ModelSettings, WebSearchTool
        must = ModelSettings(tool_choice="required")
        a = Agent(name="A", instructions="x", tools=[WebSearchTool()], model_settings=must)
        docs = {"type": "mcp", "server_label": "docs", "server_url": "https://x.org/mcp"}
        b = Agent(name="B", instructions="x", tools=[HostedMCPTool(tool_config=docs)])
        """
    )

    assert told(found, "not_carried", "hosted tool WebSearchTool of 'A'", "app.py:4")
    assert told(found, "not_carried", "tool choice 'required'")
    assert [(tool.name, tool.kind, tool.approval.kind) for tool in found.organization.tools] == [
        ("docs", "mcp_http", "always")
    ]
    assert not [problem for problem in check(found.organization) if problem.severity == "error"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def (:\n", "app.py:1: It is no valid Python"),
        ("x = '\0'", "cannot be read as Python|no valid Python"),
        ("(" * 3000 + ")" * 3000, "no valid Python|nested too deeply"),
        ("", "There is no agent"),
    ],
)
def test_broken_python_is_a_clear_error(text: str, reason: str) -> None:
    with pytest.raises(ImportProblemError, match=reason):
        imported(app=text)


def test_one_broken_file_among_others_is_an_entry() -> None:
    found = imported(good="from agents import Agent\na = Agent(name='A', instructions='x')\n", bad="def (\n")

    assert len(found.organization.agents) == 1
    assert told(found, "not_carried", "file", "bad.py:1")


@pytest.mark.parametrize(
    "text",
    [
        "a = Agent(name='A', instructions=a.b.c, handoffs=a.handoffs)",
        "a = Agent(name='A', instructions='x' + '\\ud800', model_settings=ModelSettings(temperature=1e999))",
        "from app import a\na = Agent(name=a, handoffs=[a])",
        "x = x + [x]\na = Agent(name='A', tools=x)",
        "def f():\n    return f()\na = Agent(name=f(), instructions=f)",
        "a = Agent(*args, **kwargs)",
        "a = Agent(name='n' * 10**9, instructions='{:>999999999999}'.format('x'))",
        "a = Agent(name='A', output_type=A)\nclass A(A): x: 'A | list[A]'",
        "s = 'x'\n" + "s = s.replace('x', 'x' * 9)\n" * 50 + "a = Agent(name='A', instructions=s)",
        "a = Agent(name='A', instructions=" + "+".join(["'x'"] * 400) + ")",
    ],
)
def test_hostile_code_neither_crashes_nor_hangs(text: str) -> None:
    found = imported("from agents import Agent, ModelSettings\n" + text)

    assert found.organization.agents
    assert found.organization.model_dump_json()


def test_a_sum_of_many_texts_is_still_known() -> None:
    found = imported("from agents import Agent\na = Agent(name='A', instructions=" + "+".join(["'ab'"] * 50) + ")")

    assert found.organization.agents[0].instructions == "ab" * 50
