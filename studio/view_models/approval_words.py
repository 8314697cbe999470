"""What an approval asks, in words."""

from core.records import ApprovalRecord
from studio.view_models.markdown import plain


def question(approval: ApprovalRecord) -> str:
    """Who asks for what, as markdown."""
    match approval.kind:
        case "step":
            return f"**{plain(approval.tool)}** asks: {plain(str(approval.arguments['question']))}"
        case "tool":
            return f"**{plain(approval.agent)}** asks to call `{approval.tool}`"
        case "in_doubt":
            return f"**{plain(approval.agent)}** may have called `{approval.tool}`"


def who_is_told(approval: ApprovalRecord) -> str:
    """Who reads the reason of a rejection."""
    return "the next step can read it" if approval.kind == "step" else "the agent is told"
