"""Fields of a spec that are not known here: from a later version, or misspelt. They are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from core.organization.problems import Problem
from core.organization.spec import Organization
from core.organization.wording import Path, did_you_mean, where

FAMILIES = ("agents", "tools", "guardrails", "steps")


@dataclass(frozen=True, slots=True)
class UnknownField:
    """A field that nothing here reads; `path` leads to it from the organization."""

    path: Path
    meant: str
    """A question with the known field that it is close to, or empty."""


def unknown_fields(org: Organization) -> Iterator[UnknownField]:
    """All of them, in the order of the spec."""
    yield from _unknown(org, ())


def unknown_problems(org: Organization) -> Iterator[Problem]:
    """A warning for each of them, at the part that has it."""
    for found in unknown_fields(org):
        node, field, whose, path = _owner(org, found.path)
        yield Problem(
            "unknown_field",
            "warning",
            node,
            field,
            f"{whose} has a field '{where(path)}' that is not known here. It is kept, and does nothing.",
            found.meant or "Update, if a newer version wrote it; else delete it in the file.",
        )


def _unknown(value: Any, path: Path) -> Iterator[UnknownField]:
    match value:
        case BaseModel():
            known = type(value).model_fields
            for name in known:
                yield from _unknown(getattr(value, name), (*path, name))
            for name in value.model_extra or {}:
                yield UnknownField((*path, name), did_you_mean(name, known))
        case list():
            for number, item in enumerate(value):
                yield from _unknown(item, (*path, number))
        case dict():
            for key, item in value.items():
                yield from _unknown(item, (*path, key))


def _owner(org: Organization, path: Path) -> tuple[str, str, str, Path]:
    """Node and field as problems name them, words for the part, and the path from there."""
    match path:
        case (str(family), int(number), *rest) if family in FAMILIES:
            name = getattr(org, family)[number].name
            return name, ".".join(map(str, rest)), f"'{name}'", tuple(rest)
        case ("links", int(number), *rest):
            link = org.links[number]
            return link.source, link.key, f"A link of '{link.source}'", tuple(rest)
        case _:
            return "", ".".join(map(str, path)), "The organization", path
