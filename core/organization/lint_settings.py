"""What the linter looks for in one organization, and which findings a person has accepted."""

from pydantic import Field

from core.organization.base import Spec


class AcceptedFinding(Spec):
    """A finding that is known and meant to stay."""

    code: str
    node: str = ""
    """The node that it concerns; empty for the whole organization."""
    reason: str = Field(min_length=1)


class LintSettings(Spec):
    """Thresholds, and what was accepted. The defaults lean on OpenAI's advice of fewer than 10 functions at once
    (platform.openai.com/docs/guides/function-calling) and on the examples of the Agents SDK, where an agent has at
    most 4 tools and 3 handoffs, and 99 of 100 have instructions of at most 58 words."""

    max_tools: int = Field(default=10, ge=1)
    """More tools than this on one agent are told; twice as many are an error."""
    max_words: int = Field(default=600, ge=10)
    """Words in the instructions of one agent."""
    max_tool_share: float = Field(default=0.6, gt=0, le=1)
    """The part of all tools that one agent may have, in organizations of three agents and five tools or more."""
    max_handoffs: int = Field(default=8, ge=1)
    """Handoffs that leave one agent."""
    max_handoff_density: float = Field(default=0.5, gt=0, le=1)
    """The part of all possible handoffs that are drawn, in organizations of four agents or more."""
    max_same_model: int = Field(default=3, ge=1)
    """Agents that name the same model."""
    max_turns: int = Field(default=50, ge=1)
    """Turns of one run."""
    max_rounds: int = Field(default=25, ge=1)
    """Rounds of one loop."""
    max_tool_seconds: float = Field(default=300, gt=0)
    """How long one tool call may take."""
    accepted: list[AcceptedFinding] = []
