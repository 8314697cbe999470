"""Reflective import: a module runs in a process of its own, and its objects become an organization."""

import textwrap
import time
from pathlib import Path

import pytest

from core.organization.spec import AsToolLink, FunctionToolSpec, HandoffLink, Organization
from core.sdk.reflect.live import import_object
from core.sdk.reflect.report import ImportProblemError
from tests.core.sdk.reflect.reading import told

SHOP = """
from agents import Agent, ModelSettings, function_tool, handoff
from agents.mcp import MCPServerStdio
from pydantic import BaseModel

print("noise on standard output")

class Answer(BaseModel):
    text: str

@function_tool(needs_approval=True)
def refund(order: str) -> str:
    '''Pay back.'''
    return order

names = [f"Expert {number}" for number in range(2)]
experts = [Agent(name=name, instructions=f"You are {name}.", tools=[refund]) for name in names]
helper = Agent(name="Helper", instructions=lambda context, agent: "Help.", output_type=Answer)
environment = {"API_TOKEN": "sk-verysecretvalue123"}
files = MCPServerStdio({"command": "npx", "args": ["-y", "x"], "env": environment}, name="files")
desk = Agent(
    name="Desk",
    instructions="Choose.",
    model_settings=ModelSettings(temperature=0.3),
    handoffs=[experts[0], handoff(experts[1], tool_description_override="The second.")],
    tools=[helper.as_tool("ask_helper", "Helps.")],
    mcp_servers=[files],
)
experts[0].handoffs.append(desk)
"""


def written(folder: Path, text: str, name: str = "shop.py") -> Path:
    (folder / name).write_text(textwrap.dedent(text))
    return folder


def test_objects_that_code_makes_while_it_runs_are_read(tmp_path: Path) -> None:
    found = import_object("shop:desk", written(tmp_path, SHOP))

    org = found.organization
    assert [agent.name for agent in org.agents] == ["Desk", "Helper", "Expert 0", "Expert 1"]
    assert org.agents[2].instructions == "You are Expert 0."
    assert org.entry == "Desk"
    assert org.agents[0].settings.temperature == 0.3
    assert org.agents[1].output_schema is not None
    assert [link for link in org.links if isinstance(link, HandoffLink)] == [
        HandoffLink(source="Desk", target="Expert 0"),
        HandoffLink(source="Desk", target="Expert 1", description="The second."),
        HandoffLink(source="Expert 0", target="Desk"),
    ]
    assert [link for link in org.links if isinstance(link, AsToolLink)] == [
        AsToolLink(source="Desk", target="Helper", tool_name="ask_helper", description="Helps.")
    ]
    tool = org.tool("refund")
    assert isinstance(tool, FunctionToolSpec)
    assert (tool.function, tool.approval.kind) == ("shop:refund", "always")
    assert told(found, "approximated", "instructions of agent 'Helper'", "shop.py:")


def test_secrets_are_not_in_the_result(tmp_path: Path) -> None:
    found = import_object("shop:desk", written(tmp_path, SHOP))

    assert "verysecret" not in repr(found)
    assert "${API_TOKEN}" in repr(found.organization.tools)


def test_without_an_object_all_agents_of_the_module_are_read(tmp_path: Path) -> None:
    text = "from agents import Agent\na = Agent(name='A')\nb = Agent(name='B')\nc = 7\n"

    assert [
        agent.name for agent in import_object("two", written(tmp_path, text, "two.py")).organization.agents
    ] == [
        "A",
        "B",
    ]


def test_a_package_called_like_ours_does_not_get_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    written(tmp_path / "core", "NAME = 'Theirs'\n", "__init__.py")
    written(tmp_path, "from agents import Agent\nfrom core import NAME\na = Agent(name=NAME)\n")

    assert isinstance(import_object("shop:a", tmp_path).organization, Organization)


@pytest.mark.parametrize(
    ("text", "reference", "problem"),
    [
        ("raise ValueError('no key')", "shop:a", r"ValueError: no key"),
        ("import nothing_like_this", "shop:a", r"No module named 'nothing_like_this'"),
        ("a = 7", "shop:a", r"'a' of 'shop' is no agent"),
        ("a = 7", "shop", r"'shop' has no agents"),
        ("import os; os._exit(3)", "shop:a", r"process ended"),
        ("import sys; sys.exit(0)", "shop:a", r"SystemExit"),
        ("", "shop; import os", r"does not name an object"),
    ],
)
def test_what_goes_wrong_is_said(tmp_path: Path, text: str, reference: str, problem: str) -> None:
    with pytest.raises(ImportProblemError, match=problem):
        import_object(reference, written(tmp_path, text))


def test_a_module_that_does_not_end_is_ended(tmp_path: Path) -> None:
    folder = written(tmp_path, "import time\ntime.sleep(600)\n")
    start = time.monotonic()

    with pytest.raises(ImportProblemError, match=r"was not imported within 1 seconds"):
        import_object("shop:a", folder, seconds=1)

    assert time.monotonic() - start < 60
