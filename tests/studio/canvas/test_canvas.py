"""The canvas on a page: what it is told, and that each change arrives once."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

BUNDLE = Path(__file__).parents[3] / "studio" / "canvas" / "bundle"


def page() -> None:
    """The script of the page under test; runs on its own, without this module's names."""
    import streamlit as st

    from core.organization.spec import AgentSpec, Organization
    from studio.canvas.canvas import canvas
    from studio.view_models.graph import organization_graph

    org = Organization(name="One", entry="a", agents=[AgentSpec(name="a")])
    change = canvas(
        organization_graph(org),
        key="drawing",
        revision=4,
        status={"a": "running"},
        selected=["a"],
        can_undo=True,
        live_run=st.session_state.get("run"),
    )
    st.text(change.op if change else "nothing")


def told(app: AppTest) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)
    return data


def test_the_browser_is_told_everything_each_time() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()

    data = told(app)

    assert not app.exception
    assert [node["id"] for node in data.pop("graph")["nodes"]] == ["a"]
    assert data == {
        "revision": 4,
        "status": {"a": "running"},
        "selected": ["a"],
        "read_only": False,
        "live_run": None,
        "live_over": "",
        "presented": None,
        "can_undo": True,
        "can_redo": False,
        "fit": 0,
        "height": 640,
        "order": None,
        "ack": 0,
    }


def test_a_change_is_returned_once_and_acknowledged_for_good() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.session_state["drawing"] = {"report": {"rev": 4, "seq": 12, "change": {"op": "undo"}}}

    first = app.run().text[0].value
    app.session_state["drawing"] = {"report": {"rev": 4, "seq": 12, "change": {"op": "undo"}}}
    second = app.run().text[0].value

    assert (first, second) == ("undo", "nothing")
    assert told(app)["ack"] == 12


def test_a_canvas_that_follows_a_run_cannot_be_edited() -> None:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["run"] = "r1"

    data = told(app.run())

    assert (data["live_run"], data["read_only"]) == ("r1", True)


@pytest.mark.parametrize(
    ("name", "contained"), [("canvas", "== @xyflow/react"), ("picture", "== preact-render-to-string")]
)
def test_the_bundles_are_there_with_the_licences_of_what_they_contain(name: str, contained: str) -> None:
    licences = (BUNDLE / f"{name}.licences.txt").read_text(encoding="utf-8")

    assert (BUNDLE / f"{name}.css").stat().st_size > 0
    assert (BUNDLE / f"{name}.js").read_text(encoding="utf-8").startswith(f"/* licences: {name}.licences.txt */")
    assert contained in licences
    assert "== preact " in licences
