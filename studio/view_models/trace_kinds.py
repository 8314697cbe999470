"""How kinds of spans are said: an icon and a word each, in neutral tones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindLook:
    """`icon` is the name of a Material symbol."""

    icon: str
    word: str

    @property
    def markdown(self) -> str:
        """The icon for Streamlit's markdown."""
        return f":material/{self.icon}:"


KINDS = {
    "task": KindLook("route", "Task"),
    "agent": KindLook("smart_toy", "Agent"),
    "turn": KindLook("replay", "Turn"),
    "model": KindLook("neurology", "Model call"),
    "tool": KindLook("build", "Tool call"),
    "handoff": KindLook("arrow_split", "Handoff"),
    "guardrail": KindLook("shield", "Guardrail"),
    "mcp_tools": KindLook("extension", "MCP tools"),
    "approval": KindLook("pan_tool", "Approval"),
    "custom": KindLook("label", "Step"),
    "step_agent": KindLook("smart_toy", "Agent step"),
    "step_parallel": KindLook("call_split", "Parallel"),
    "step_map": KindLook("grid_view", "Map"),
    "step_item": KindLook("data_object", "Item"),
    "step_join": KindLook("call_merge", "Join"),
    "step_branch": KindLook("alt_route", "Branch"),
    "step_loop": KindLook("loop", "Loop"),
    "step_round": KindLook("replay", "Round"),
    "step_approval": KindLook("pan_tool", "Approval step"),
    "step_transform": KindLook("function", "Transform"),
    "step_end": KindLook("flag", "End"),
}
STEPS = frozenset(kind for kind in KINDS if kind.startswith("step_"))
"""Spans of a workflow's steps; their `call_id` is the path."""


def kind_look(kind: str) -> KindLook:
    """How a kind of span is shown; kinds that this version does not know are shown by their name."""
    return KINDS.get(kind) or KindLook("label", kind.replace("_", " ").capitalize())
