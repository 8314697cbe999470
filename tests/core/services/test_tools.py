"""Looking at tools and guardrails while one designs them."""

import sys
from pathlib import Path

import pytest

from core.errors import InvalidSpecError, TroupeError
from core.organization.spec import KeywordGuardrailSpec, McpStdioToolSpec, RegexGuardrailSpec
from core.services.tools import ToolService

SERVER = Path(__file__).parents[2] / "support" / "tool_mcp_server.py"
tools = ToolService()


def test_a_function_is_described_by_its_signature() -> None:
    facts = tools.describe_function("core.toolbox.billing:issue_refund")

    assert facts.name == "issue_refund"
    assert facts.description.startswith("Pay money back")
    assert list(facts.parameters["properties"]) == ["order_id", "amount", "reason"]


def test_a_function_that_is_not_there_is_named() -> None:
    with pytest.raises(TroupeError, match="issue_refunds"):
        tools.describe_function("core.toolbox.billing:issue_refunds")


def test_a_server_lists_its_tools_also_those_left_out() -> None:
    spec = McpStdioToolSpec(name="shop", command=sys.executable, arguments=[str(SERVER)], blocked_tools=["refund"])

    offered = {tool.name: tool for tool in tools.list_mcp_tools(spec)}

    assert {"look_up", "refund"} <= set(offered)
    assert offered["look_up"].read_only
    assert "order" in offered["refund"].parameters["properties"]


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(TroupeError, match="no-such-program"):
        tools.list_mcp_tools(McpStdioToolSpec(name="shop", command="no-such-program"))


@pytest.mark.parametrize(("text", "found"), [("I will SUE you", "SUE"), ("issue", None)])
def test_keywords_are_found_as_words(text: str, found: str | None) -> None:
    assert tools.try_guardrail(KeywordGuardrailSpec(name="law", keywords=["sue"]), text) == found


def test_a_pattern_is_tried_and_a_broken_one_refused() -> None:
    assert tools.try_guardrail(RegexGuardrailSpec(name="card", pattern=r"\d{4}"), "No. 12345") == "1234"
    with pytest.raises(InvalidSpecError):
        tools.try_guardrail(RegexGuardrailSpec(name="card", pattern="("), "x")
