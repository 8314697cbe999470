"""What agents may do now: who may call what, and whether a person is asked."""

from enum import IntEnum

from core.organization.diff.values import approval_words, rule_words, shown
from core.organization.spec import (
    AlwaysApprove,
    ApprovalRule,
    ApproveWhen,
    McpHttpToolSpec,
    McpStdioToolSpec,
    NeverApprove,
    Organization,
    ToolSpec,
)


class Weight(IntEnum):
    """How consequential a difference is; the lowest comes first."""

    APPROVAL = 0
    EFFECT = 1
    GUARDRAIL = 2
    SECRET = 3
    BEHAVIOUR = 4
    TEXT = 5
    REMARK = 6


Words = tuple[Weight, str]


def may_call(tool: ToolSpec | None, agent: str, target: str) -> Words:
    """An agent has come to use a tool."""
    if tool is None:
        return Weight.BEHAVIOUR, f"'{agent}' may now call '{target}'."
    writes = tool.effect == "writes"
    if isinstance(tool.approval, NeverApprove):
        if writes:
            return Weight.APPROVAL, f"'{agent}' may now call '{target}' without approval."
        return Weight.BEHAVIOUR, f"'{agent}' may now call '{target}', which only reads."
    weight = Weight.EFFECT if writes else Weight.BEHAVIOUR
    asked_for = _approval_tools(tool)
    only = f" (for {shown(asked_for)})" if asked_for is not None else ""
    return weight, f"'{agent}' may now call '{target}': {approval_words(tool.approval)}{only}."


def approval_changed(subject: str, target: str, before: ApprovalRule, after: ApprovalRule) -> Words:
    """The rule of a tool, or of an agent as tool, is another. `subject` is who calls; empty for nobody yet."""
    may = f"{subject} may now call '{target}'" if subject else f"'{target}' may now be called"
    if not loosened(before, after):
        of = f" by {subject}" if subject else ""
        return Weight.BEHAVIOUR, f"Calls of '{target}'{of} are checked more strictly: {approval_words(after)} now."
    match after:
        case NeverApprove():
            return Weight.APPROVAL, f"{may} without approval."
        case ApproveWhen():
            return Weight.APPROVAL, f"{may} without approval unless {rule_words(after)} (before, {_was(before)})."
        case AlwaysApprove():
            raise AssertionError("nothing is stricter")


def loosened(before: ApprovalRule, after: ApprovalRule) -> bool:
    """Whether calls may pass that waited before. When in doubt they may."""
    match before, after:
        case (_, AlwaysApprove()) | (NeverApprove(), _):
            return False
        case (ApproveWhen(), ApproveWhen()):
            return not _stricter(before, after)
        case _:
            return True


def callers(org: Organization, tool: str) -> list[str]:
    """The agents that use a tool."""
    return [link.source for link in org.links if link.kind == "uses" and link.target == tool]


def names(several: list[str]) -> str:
    """`'a', 'b' and 'c'`."""
    quoted = [f"'{name}'" for name in several]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _was(rule: ApprovalRule) -> str:
    return approval_words(rule).replace("waits", "waited").replace(" is ", " was ")


def _stricter(before: ApproveWhen, after: ApproveWhen) -> bool:
    """Whether the new threshold makes at least the calls wait that waited before."""
    comparable = isinstance(before.value, int | float) and isinstance(after.value, int | float)
    if (before.argument, before.operator) != (after.argument, after.operator) or not comparable:
        return False
    match after.operator:
        case "gt" | "ge":
            return float(after.value) <= float(before.value)
        case "lt" | "le":
            return float(after.value) >= float(before.value)
        case _:
            return before.value == after.value


def _approval_tools(tool: ToolSpec) -> list[str] | None:
    return tool.approval_tools if isinstance(tool, McpStdioToolSpec | McpHttpToolSpec) else None
