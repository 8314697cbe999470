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
}


def kind_look(kind: str) -> KindLook:
    """How a kind of span is shown; kinds that this version does not know are shown by their name."""
    return KINDS.get(kind) or KindLook("label", kind.replace("_", " ").capitalize())
