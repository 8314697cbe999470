"""Where steps and agents mention other nodes: in expressions, as `steps["name"]`, and as the agent of a join."""

import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel

from core.organization.spec import AgentSpec
from core.organization.steps import AgentJoin, Step

NodeT = TypeVar("NodeT", AgentSpec, Step)
_MENTION = re.compile(r"""steps\[\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]""")


def mentioned_steps(text: str) -> list[str]:
    """The names in `steps["name"]` of an expression or template, in their order."""
    return [_unquoted(match.group(1)) for match in _MENTION.finditer(text)]


def renamed(node: NodeT, old: str, new: str) -> NodeT:
    """The same agent or step, in whose expressions node `old` is called `new`."""
    if isinstance(node, AgentSpec):
        return node.model_copy(update={"task": _renamed_text(node.task, old, new)})
    step: NodeT = _renamed_parts(node, old, new)
    return step


def _renamed_parts(part: Any, old: str, new: str) -> Any:
    match part:
        case AgentJoin() if part.agent == old:
            return _renamed_parts(part.model_copy(update={"agent": new}), old, new)
        case BaseModel():
            fields = type(part).model_fields
            changed = {
                name: value
                for name in fields
                if name != "name"
                and (value := _renamed_parts(getattr(part, name), old, new)) != getattr(part, name)
            }
            return part.model_copy(update=changed) if changed else part
        case str():
            return _renamed_text(part, old, new)
        case list():
            return [_renamed_parts(item, old, new) for item in part]
        case dict():
            return {key: _renamed_parts(item, old, new) for key, item in part.items()}
        case _:
            return part


def _renamed_text(text: str, old: str, new: str) -> str:
    def mention(match: re.Match[str]) -> str:
        if _unquoted(match.group(1)) != old:
            return match.group()
        return f"steps[{json.dumps(new, ensure_ascii=False)}]"

    return _MENTION.sub(mention, text)


def _unquoted(literal: str) -> str:
    quote = literal[0]
    body = literal[1:-1]
    if quote == "'":
        body = body.replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{body}"'))
    except json.JSONDecodeError:
        # An escape of CEL that JSON does not know; such a name is taken as it is written.
        return body
