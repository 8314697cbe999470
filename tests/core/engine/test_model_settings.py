"""What models are asked with is what the organization says."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from agents import ModelSettings
from agents.items import TResponseStreamEvent
from agents.models.default_models import get_default_model_settings

from core.organization.spec import AgentSpec, ModelSettingsSpec, Organization
from tests.bench.instant_model import ANSWER, InstantModel
from tests.support.studio import open_studio, start, wait_for_run


class Noting(InstantModel):
    """Notes the settings of each call."""

    def __init__(self) -> None:
        self.noted: list[ModelSettings] = []

    async def stream_response(
        self, system_instructions: Any, input: Any, model_settings: ModelSettings, *args: Any, **kwargs: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        self.noted.append(model_settings)
        done = [{"type": "function_call", "name": name} for name in ("transfer_to_b", "lookup", "policy")]
        async for event in super().stream_response(system_instructions, done, *args, **kwargs):
            yield event


@pytest.mark.parametrize(
    "settings",
    [
        # What the SDK takes for its own defaults, which it leaves out.
        ModelSettingsSpec(reasoning_effort="none", verbosity="low"),
        ModelSettingsSpec(reasoning_effort="high", max_tokens=100, temperature=0.5),
        ModelSettingsSpec(),
    ],
)
def test_they_reach_the_model(tmp_path: Path, settings: ModelSettingsSpec) -> None:
    model = Noting()
    with open_studio(tmp_path, model) as core:
        spec = Organization(name="A", entry="a", agents=[AgentSpec(name="a", settings=settings)])

        run = wait_for_run(core, start(core, spec, "Hello"))

    assert run.output == ANSWER, run.error_message
    (asked,) = model.noted
    assert (asked.reasoning.effort if asked.reasoning else None) == settings.reasoning_effort
    assert asked.verbosity == settings.verbosity
    assert (asked.max_tokens, asked.temperature) == (settings.max_tokens, settings.temperature)


def test_the_first_case_is_the_sdks_default() -> None:
    """Or it would show nothing."""
    default = get_default_model_settings()

    assert default.reasoning is not None
    assert (default.reasoning.effort, default.verbosity) == ("none", "low")
