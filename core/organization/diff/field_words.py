"""Changed fields in words."""

from typing import Any

from core.organization.diff.changes import Difference, FieldChanged
from core.organization.diff.permissions import Weight, Words, approval_changed, callers, names
from core.organization.diff.values import came_and_went, count_words, is_long, shown
from core.organization.memory import memory_words
from core.organization.schemas import property_names
from core.organization.spec import (
    AsToolLink,
    FlowLink,
    GuardsLink,
    HandoffLink,
    Link,
    Organization,
    ToolSpec,
    UsesLink,
)

_LABELS = {
    "run.max_turns": "limit of turns",
    "run.timeout_seconds": "time limit (seconds)",
    "run.budget_tokens": "budget of tokens",
    "run.budget_usd": "budget in US dollars",
    "timeout_seconds": "time limit (seconds)",
    "settings.timeout_seconds": "time limit of a model call (seconds)",
    "settings.max_tokens": "limit of tokens",
    "settings.top_p": "top-p",
    "allowed_tools": "list of offered tools",
    "blocked_tools": "list of withheld tools",
    "approval_tools": "list of tools that need approval",
    "task": "task",
    "by": "way of joining",
    "until": "condition to end",
    "cases": "order of cases",
    "branches": "order of branches",
    "tool_use": "tool-use behaviour",
    "history": "handed-over history",
    "limit": "limit",
}
_DOES = {"function", "method", "url", "command"}
_TEXTS = {"instructions", "handoff_description", "task", "question", "output", "message", "failure_message"}
_REMARKS = {"description", "name", "samples"}
_PLAIN_DOMAINS = {"headers", "environment"}
_TOOL_LISTS = {"allowed_tools", "blocked_tools", "approval_tools"}


def field_words(difference: Difference, change: FieldChanged) -> Words:
    """The sentence for a changed field, and how much hangs on it."""
    org = difference.after
    if not change.owner:
        return _of_organization(org, change)
    tool, guardrail = org.tool(change.owner), org.guardrail(change.owner)
    if tool is not None:
        return _of_tool(difference, tool, change)
    if guardrail is not None and change.path not in {"message", "name"}:
        return Weight.GUARDRAIL, _sentence(change, f"guardrail '{change.owner}'")
    link = next((link for link in org.links if link.key == change.owner), None)
    if link is not None:
        return _of_link(link, change)
    return _of_node(change)


def _of_organization(org: Organization, change: FieldChanged) -> Words:
    family, _, rest = change.path.partition(".")
    match family:
        case "entry":
            return Weight.BEHAVIOUR, f"Runs start with '{change.after}' now, not with '{change.before}'."
        case "run" if rest == "store_payloads":
            if change.after:
                return Weight.SECRET, "Traces keep the inputs and outputs of models and tools now."
            return Weight.BEHAVIOUR, "Traces keep no inputs and outputs of models and tools any more."
        case "run" if rest == "memory":
            words = memory_words(change.after)
            return Weight.BEHAVIOUR, f"{words[0].upper()}{words[1:]} now, before: {memory_words(change.before)}."
        case "run":
            return Weight.BEHAVIOUR, _sentence(change, "a run")
        case "state":
            return Weight.BEHAVIOUR, _sentence(change, "the workflow", label=f"variable '{rest}'")
        case "name":
            return Weight.REMARK, f"The organization '{change.before}' is called '{change.after}' now."
        case "samples":
            return Weight.REMARK, f"The sample inputs changed: {came_and_went(change.before, change.after)}."
        case "description" | "lint":
            return Weight.REMARK, _sentence(change, "the organization")
        case _:
            return Weight.BEHAVIOUR, _sentence(change, "the organization")


def _of_tool(difference: Difference, tool: ToolSpec, change: FieldChanged) -> Words:
    name, family = tool.name, change.path.partition(".")[0]
    writes = tool.effect == "writes"
    match change.path:
        case "approval":
            before = set(callers(difference.before, name))
            both = [agent for agent in callers(difference.after, name) if agent in before]
            return approval_changed(names(both) if both else "", name, change.before, change.after)
        case "effect" if writes:
            return Weight.EFFECT, f"'{name}' counts as changing something now: it is never silently repeated."
        case "effect":
            return Weight.EFFECT, f"'{name}' counts as reading only now: its calls may be repeated."
    if family in _PLAIN_DOMAINS:
        return Weight.SECRET, _entry_sentence(change, name)
    if family == "approval_tools" and tool.approval.kind != "never":
        return Weight.APPROVAL, _sentence(change, f"'{name}'")
    if family == "arguments":
        # A value may be a secret that only the argument before it tells.
        return Weight.EFFECT if writes else Weight.BEHAVIOUR, f"The arguments of '{name}' changed."
    if family in _DOES | _TOOL_LISTS:
        return Weight.EFFECT if writes else Weight.BEHAVIOUR, _sentence(change, f"'{name}'")
    return _weight(change.path), _sentence(change, f"'{name}'")


def _of_link(link: Link, change: FieldChanged) -> Words:
    if change.path == "approval":
        return approval_changed(f"'{link.source}'", link.target, change.before, change.after)
    return _weight(change.path), _sentence(change, link_words(link))


def _of_node(change: FieldChanged) -> Words:
    family, _, rest = change.path.partition(".")
    whose = f"'{change.owner}'"
    match family:
        case "cases" if rest:
            return Weight.BEHAVIOUR, _sentence(change, whose, label=f"case '{rest}'")
        case "model":
            return Weight.BEHAVIOUR, f"{whose} asks {_model(change.after)} now, not {_model(change.before)}."
        case "output_schema" if change.after is None:
            return Weight.BEHAVIOUR, f"{whose} answers in plain text now."
        case "output_schema" if change.before is None:
            return Weight.BEHAVIOUR, f"{whose} answers in JSON by a schema now."
        case _:
            return _weight(change.path), _sentence(change, whose)


def link_words(link: Link) -> str:
    """`the handoff from 'a' to 'b'`."""
    match link:
        case HandoffLink():
            what = "handoff"
        case AsToolLink():
            what = "agent-as-tool link"
        case UsesLink():
            what = "use"
        case GuardsLink():
            what = "watch"
        case FlowLink():
            what = "flow"
    return f"the {what} from '{link.source}' to '{link.target}'"


def _entry_sentence(change: FieldChanged, name: str) -> str:
    """Headers and environments hold secrets: their values are never shown."""
    family, _, key = change.path.partition(".")
    what = f"The {'header' if family == 'headers' else 'environment variable'} '{key}' of '{name}'"
    if change.before is None:
        return f"{what} was added."
    return f"{what} was removed." if change.after is None else f"{what} has another value now."


def _sentence(change: FieldChanged, whose: str, *, label: str = "") -> str:
    label = label or _LABELS.get(change.path) or _label(change.path)
    before, after = change.before, change.after
    what = f"The {label} of {whose}"
    be, was = ("are", "were") if label.endswith("s") and " of " not in label else ("is", "was")
    if isinstance(before, str) and isinstance(after, str) and (is_long(before) or is_long(after)):
        return f"{what} changed ({count_words(before, after)})."
    match before, after:
        case (dict(), dict()) if change.path in {"output_schema", "parameters"}:
            fields = came_and_went(sorted(property_names(before)), sorted(property_names(after)))
            return f"{what} changed{'' if 'order' in fields else f': {fields}'}."
        case (list(), list()) if "order" not in label:
            return f"{what} changed: {came_and_went(before, after)}."
        case (None, _):
            return f"{what} {be} {shown(after, change.path)} now."
        case (_, None):
            return f"{what} {was} taken away, before: {shown(before, change.path)}."
    old, new = shown(before, change.path), shown(after, change.path)
    return f"{what} {be} {new} now, before: {old}." if old != new else f"{what} changed."


def _weight(path: str) -> Weight:
    if path in _TEXTS:
        return Weight.TEXT
    return Weight.REMARK if path in _REMARKS else Weight.BEHAVIOUR


def _label(path: str) -> str:
    return (
        path.rpartition(".")[2].replace("_", " ")
        if path.startswith(("settings.", "run."))
        else path.replace("_", " ")
    )


def _model(model: Any) -> str:
    return f"'{model}'" if model else "the studio's default model"
