"""All texts of an organization by the node and field they stand in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from core.organization.spec import Organization

_NAMES = {"name", "kind", "source", "target", "port", "entry", "agent", "code", "node"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and its place: `field` is a path such as `headers.Authorization`."""

    node: str
    field: str
    text: str
    before: str = ""
    """In a list, the text before it: `--token` says what the next argument is."""


def texts(org: Organization) -> Iterator[Text]:
    """Every text that a person writes, without names: of nodes, links (at their source) and the organization."""
    for node in (*org.agents, *org.tools, *org.guardrails, *org.steps):
        yield from _texts(node.name, "", node)
    for link in org.links:
        yield from _texts(link.source, link.key, link)
    yield from _texts("", "description", org.description)
    for at, sample in enumerate(org.samples):
        yield Text("", f"samples.{at}", sample)
    yield from _texts("", "state", org.state)


def _texts(node: str, field: str, value: Any) -> Iterator[Text]:
    match value:
        case str():
            yield Text(node, field, value)
        case BaseModel():
            for name in type(value).model_fields:
                if name not in _NAMES:
                    yield from _texts(node, f"{field}.{name}".strip("."), getattr(value, name))
        case dict():
            for key, item in value.items():
                yield from _texts(node, f"{field}.{key}".strip("."), item)
        case list():
            before = ""
            for at, item in enumerate(value):
                if isinstance(item, str):
                    yield Text(node, f"{field}.{at}", item, before)
                    before = item
                else:
                    yield from _texts(node, f"{field}.{at}", item)
        case _:
            return
