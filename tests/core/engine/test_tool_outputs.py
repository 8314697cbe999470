"""What tools give back, as the model sees it and as the journal keeps it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from agents import ToolOutputFileContent, ToolOutputImage, ToolOutputText
from pydantic import BaseModel

from core.engine.tools import _plain
from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink
from core.store import run_writes
from tests.support.studio import assistant_message, function_call, open_studio, scripted, start, wait_for_run

PIXEL = "data:image/png;base64,iVBORw0KGgo="


class Found(BaseModel):
    """What a tool may give back."""

    when: datetime
    scores: dict[int, float]


def picture() -> ToolOutputImage:
    """A picture."""
    return ToolOutputImage(image_url=PIXEL)


def report() -> list[Any]:
    """A text with a file."""
    return [ToolOutputText(text="See the file."), ToolOutputFileContent(file_id="file_1")]


def score() -> Found:
    """Data of a model."""
    return Found(when=datetime(2026, 11, 23, tzinfo=UTC), scores={1: 0.5})


@pytest.mark.parametrize(
    "output",
    [
        {"a": [1, 2.5, None, True], "b": {"c": "é"}},
        {1: "one"},
        {"when": datetime(2026, 11, 23, tzinfo=UTC)},
        [Found(when=datetime(2026, 11, 23, tzinfo=UTC), scores={1: 0.5}), ("tuple",)],
        {"endless": float("nan")},
        {"much": 10**30},
        ToolOutputImage(image_url=PIXEL),
        "text with half \ud83d a character",
        7,
        None,
    ],
)
def test_the_journal_gives_back_what_was_used(output: Any) -> None:
    """What a call gives at first is what a replay finds: keeping it changes nothing."""
    used = _plain(output)

    assert orjson.loads(orjson.dumps(used)) == used


def test_models_see_pictures_files_and_data(tmp_path: Path) -> None:
    """Pictures and files are given to the model as such, data as JSON text, and kept so."""
    names = ("picture", "report", "score")
    org = Organization(
        name="Shown",
        entry="viewer",
        agents=[AgentSpec(name="viewer", instructions="Look.")],
        tools=[FunctionToolSpec(name=name, function=f"{__name__}:{name}", effect="reads") for name in names],
        links=[UsesLink(source="viewer", target=name) for name in names],
    )
    calls = [function_call(name, {}, call_id=name) for name in names]
    model = scripted(calls, assistant_message("Seen."))
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "Look"))
        with core.database.read() as db:
            kept = {key: data for key, _, data in run_writes.journal(db, run.id) if "/tool:" in key}

    assert run.status == "completed", run.error_message
    seen = {item["call_id"]: item["output"] for item in model.calls[1].input if "output" in item}
    assert seen["picture"] == [{"type": "input_image", "image_url": PIXEL}]
    assert seen["report"] == [
        {"type": "input_text", "text": "See the file."},
        {"type": "input_file", "file_id": "file_1"},
    ]
    assert seen["score"] == '{"when":"2026-11-23T00:00:00Z","scores":{"1":0.5}}'
    assert kept["/tool:picture"] is not None
    assert kept["/tool:picture"]["output"]["image_url"] == PIXEL
