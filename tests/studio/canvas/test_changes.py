"""What the browser reports is understood, and nothing else is."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.organization.spec import Position
from studio.canvas.changes import AddNode, Report

FIXTURE: dict[str, Any] = json.loads((Path(__file__).parent / "graph_fixture.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("change", FIXTURE["changes"], ids=lambda change: str(change["op"]))
def test_every_change_of_the_shared_fixture_is_read_without_loss(change: dict[str, Any]) -> None:
    report = Report.model_validate({"rev": 3, "seq": 7, "change": change})

    assert report.change.model_dump(mode="json") == change


def test_a_new_node_comes_with_the_places_of_those_that_had_none() -> None:
    change = Report.model_validate({"rev": 1, "seq": 1, "change": FIXTURE["changes"][0]}).change

    assert isinstance(change, AddNode)
    assert change.positions == {"refund": Position(x=1, y=2)}


@pytest.mark.parametrize(
    "change",
    [
        {"op": "explode"},
        {"op": "connect", "kind": "follows", "source": "a", "target": "b"},
        {"op": "add", "kind": "agent", "position": {"x": "left", "y": 0}},
        {"op": "undo", "again": True},
    ],
)
def test_what_is_no_change_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Report.model_validate({"rev": 1, "seq": 1, "change": change})
