"""An organization in which some agents differ, as a run that was forked has it."""

from collections.abc import Mapping
from typing import Any

from core.organization.spec import Organization


def varied(spec: Organization, changes: Mapping[str, Any]) -> Organization:
    """The organization with other `instructions` and `models`, each by agent."""
    instructions, models = changes.get("instructions", {}), changes.get("models", {})
    if not instructions and not models:
        return spec
    agents = [
        agent.model_copy(
            update={
                "instructions": instructions.get(agent.name, agent.instructions),
                "model": models.get(agent.name, agent.model),
            }
        )
        for agent in spec.agents
    ]
    return spec.model_copy(update={"agents": agents})
