"""Teams of AutoGen Studio: JSON dumps of components, alone, in galleries or as the studio exports them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.sdk.reflect.report import Report
from core.sdk.reflect.sources import SourceFile

_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Component:
    """One component: what makes it, and with what."""

    kind: str
    """The last name of its provider, such as `AssistantAgent`."""
    family: str
    """`team`, `agent`, `model`, `tool`, `workbench`, `termination`; empty when the dump does not say."""
    label: str
    description: str
    config: dict[str, Any]

    def part(self, name: str) -> Component | None:
        """A component in the configuration."""
        return component(self.config.get(name))

    def parts(self, name: str) -> list[Component]:
        """The components of a list in the configuration; one alone counts as a list."""
        value = self.config.get(name)
        values = value if isinstance(value, list) else [value]
        return [found for each in values if (found := component(each)) is not None]

    def text(self, name: str) -> str:
        """A text of the configuration."""
        value = self.config.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        """A number of the configuration."""
        value = self.config.get(name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def component(data: Any) -> Component | None:
    """The component that data describes, or None."""
    if not isinstance(data, dict) or not isinstance(data.get("provider"), str):
        return None
    config = data.get("config")
    return Component(
        kind=data["provider"].rpartition(".")[2],
        family=str(data.get("component_type") or ""),
        label=str(data.get("label") or ""),
        description=str(data.get("description") or ""),
        config=config if isinstance(config, dict) else {},
    )


def teams(files: Sequence[SourceFile], report: Report) -> list[tuple[str, Component]]:
    """The teams in the JSON files, each with its file."""
    found: list[tuple[str, Component]] = []
    for file in files:
        if file.kind != ".json":
            continue
        try:
            data = json.loads(file.text())
        except (ValueError, RecursionError) as error:
            report.not_carried("file", file.path, f"It is no JSON: {error}."[:200])
            continue
        found += [(file.path, team) for team in _teams(data, 0)]
    return found


def _teams(data: Any, depth: int) -> Iterator[Component]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for each in data:
            yield from _teams(each, depth + 1)
    elif isinstance(data, dict):
        found = component(data)
        if found is not None and (found.family == "team" or "participants" in found.config):
            yield found
        elif found is None:
            # A gallery holds them under `components.teams`, an export of the studio under `component`.
            for name in ("component", "components", "teams", "config"):
                if name in data:
                    yield from _teams(data[name], depth + 1)
