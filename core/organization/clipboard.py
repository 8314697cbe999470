"""Copies of nodes, to be put into another organization."""

from collections.abc import Collection

from core.errors import InvalidInputError
from core.organization.drawing import Position
from core.organization.edits import delete, rename
from core.organization.files import from_text
from core.organization.names import TOOL_NAME_LIMIT, fresh_name
from core.organization.spec import Organization


def copied(org: Organization, nodes: Collection[str]) -> Organization:
    """These nodes and the links among them as an organization of its own; as text it is what `pasted` takes."""
    chosen = set(nodes)
    if not chosen & set(org.node_names()):
        raise InvalidInputError("Nothing is selected.", hint="Select the nodes to copy first.")
    others = [name for name in org.node_names() if name not in chosen]
    part = delete(org, others)
    return part.model_copy(update={"notes": [], "samples": [], "entry": "", "description": ""})


def pasted(org: Organization, text: str, position: Position) -> tuple[Organization, list[str]]:
    """With the nodes that a text describes, their top left corner there, and their names. Names that are taken
    get a number; links and expressions among them follow. InvalidSpecError when the text describes none."""
    part = from_text(text, source="The clipboard")
    if not part.node_names():
        raise InvalidInputError("There are no nodes on the clipboard.", hint="Copy nodes on a canvas first.")
    names = []
    for name in part.node_names():
        fresh = name
        if name in set(org.node_names()):
            fresh = _another(name, [*org.node_names(), *part.node_names()], is_tool=part.tool(name) is not None)
            part = rename(part, name, fresh)
        names.append(fresh)
    return _joined(org, part, position), names


def _another(name: str, taken: Collection[str], *, is_tool: bool) -> str:
    if is_tool:
        return fresh_name(name, taken, separator="_", limit=TOOL_NAME_LIMIT)
    return fresh_name(name, taken)


def _joined(org: Organization, part: Organization, position: Position) -> Organization:
    left = min((place.x for place in part.layout.values()), default=0)
    top = min((place.y for place in part.layout.values()), default=0)
    places = {
        name: Position(x=place.x - left + position.x, y=place.y - top + position.y)
        for name, place in part.layout.items()
    }
    families = ("agents", "tools", "guardrails", "steps", "links")
    joined = {family: [*getattr(org, family), *getattr(part, family)] for family in families}
    # Groups of the copy get names of their own.
    groups = list(org.groups)
    for group in part.groups:
        name = fresh_name(group.name, [other.name for other in groups])
        groups.append(group.model_copy(update={"name": name}))
    update = {**joined, "groups": groups, "layout": {**org.layout, **places}, "state": {**part.state, **org.state}}
    return org.model_copy(update=update)
