"""The parts of an organization by name or link key, and their fields by path (`settings.temperature`)."""

from typing import Any, Literal, TypeVar

from core.errors import InvalidInputError
from core.organization.edits import replace_link, replace_node
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FlowLink,
    FunctionToolSpec,
    GuardrailSpec,
    GuardsLink,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    Link,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    RegexGuardrailSpec,
    Spec,
    ToolSpec,
    UsesLink,
)
from core.organization.steps import Step, StepKind
from core.organization.wording import with_fields

Part = Organization | AgentSpec | ToolSpec | GuardrailSpec | Step | Link
SpecT = TypeVar("SpecT", bound=Spec)
PartKind = Literal["organization", "agent", "function", "http", "mcp", "guardrail", "link"] | StepKind


def part_of(org: Organization, owner: str) -> Part | None:
    """The node of that name, else the link with that key; the organization itself for an empty one."""
    if not owner:
        return org
    node = org.agent(owner) or org.tool(owner) or org.guardrail(owner) or org.step(owner)
    return node or next((link for link in org.links if link.key == owner), None)


def part_kind(part: Part) -> PartKind:
    """Which inspector shows the part."""
    match part:
        case Organization():
            return "organization"
        case AgentSpec():
            return "agent"
        case FunctionToolSpec():
            return "function"
        case HttpToolSpec():
            return "http"
        case McpStdioToolSpec() | McpHttpToolSpec():
            return "mcp"
        case HandoffLink() | AsToolLink() | UsesLink() | GuardsLink() | FlowLink():
            return "link"
        case RegexGuardrailSpec() | KeywordGuardrailSpec() | JudgeGuardrailSpec():
            return "guardrail"
        case _:
            return part.kind


def value_at(part: Spec, path: str) -> Any:
    """The value of a field; items of lists are called by their number (`cases.0.name`)."""
    value: Any = part
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else getattr(value, step)
    return value


def with_value(org: Organization, owner: str, path: str, value: Any) -> Organization:
    """With another value in one field. Raises InvalidInputError when it cannot stand there."""
    part = part_of(org, owner)
    if part is None:
        raise InvalidInputError(f"There is no '{owner}'.", hint="It may have been deleted meanwhile.")
    return with_part(org, owner, _with_path(part, path.split("."), value))


def with_part(org: Organization, owner: str, part: Part) -> Organization:
    """With another part in the place of the one called `owner`."""
    match part:
        case Organization():
            return part
        case HandoffLink() | AsToolLink() | UsesLink() | GuardsLink() | FlowLink():
            return replace_link(org, owner, part)
        case _:
            return replace_node(org, owner, part)


def _with_path(part: SpecT, path: list[str], value: Any) -> SpecT:
    first, *rest = path
    if rest:
        value = _with_inner(getattr(part, first), rest, value)
    return with_fields(part, **{first: value})


def _with_inner(inner: Any, path: list[str], value: Any) -> Any:
    if not isinstance(inner, list):
        return _with_path(inner, path, value)
    number, rest = int(path[0]), path[1:]
    if number >= len(inner):
        raise InvalidInputError("This is not there any more.", hint="It may have been removed meanwhile.")
    changed = _with_path(inner[number], rest, value) if rest else value
    return [*inner[:number], changed, *inner[number + 1 :]]
