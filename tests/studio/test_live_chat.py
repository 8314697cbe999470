"""The live chat's Python side: what it sends to the browser and what it does with what comes back."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from core.engine import events
from core.engine.events import Event

LIVE = Path(__file__).parents[2] / "studio" / "canvas" / "source" / "live"


def page() -> None:
    """A script with two runs, which notes what it was told."""
    import streamlit as st

    from studio.components.live_chat import LiveRun, live_chat

    told = st.session_state.setdefault("told", [])
    runs = [
        LiveRun("r1", "Hi", "completed", simulated=True, over="10:00"),
        LiveRun("r2", "Refund A1", "running", label="B"),
    ]
    news = live_chat(
        runs,
        key="chat",
        compact=True,
        height=400,
        on_decision=lambda change: told.append(f"{change.verdict} {change.approval_id}: {change.reason}"),
        on_end=lambda change: told.append(f"{change.run_id} {change.status}"),
    )
    st.text(f"news: {news.op if news else 'none'}")


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page, default_timeout=60).run()


def test_the_browser_gets_the_runs(app: AppTest) -> None:
    element = app.get("bidi_component")[0].proto

    assert json.loads(element.json) == {
        "runs": [
            {"id": "r1", "input": "Hi", "status": "completed", "simulated": True, "label": "", "over": "10:00"},
            {"id": "r2", "input": "Refund A1", "status": "running", "simulated": False, "label": "B", "over": ""},
        ],
        "compact": True,
        "height": 400,
        "forks": False,
    }


def test_a_change_is_told_and_returned_once(app: AppTest) -> None:
    tell(app, "c1", (1, DECIDED))
    assert app.session_state["told"] == ["rejected a1: too much"]
    assert app.text[0].value == "news: decide"

    app.run()

    assert app.session_state["told"] == ["rejected a1: too much"]
    assert app.text[0].value == "news: none"


def test_what_the_browser_repeats_is_taken_once(app: AppTest) -> None:
    """Streamlit dropped the second report; the third repeats it."""
    tell(app, "c1", (1, DECIDED))

    tell(app, "c1", (1, DECIDED), (2, ENDED), (3, OPENED))

    assert app.session_state["told"] == ["rejected a1: too much", "r2 completed"]
    assert app.text[0].value == "news: open_trace"


def test_a_new_chat_in_the_same_place_counts_anew(app: AppTest) -> None:
    tell(app, "c1", (1, ENDED), (2, ENDED))

    tell(app, "c2", (1, DECIDED))

    assert app.session_state["told"][-1] == "rejected a1: too much"


def test_the_browser_knows_every_kind_of_event() -> None:
    """The fixture that the browser's own tests fold has the fields of the engine's events."""
    samples: list[dict[str, Any]] = json.loads((LIVE / "events.fixture.json").read_text())
    written = {kind.kind: {"kind"} | {field.name for field in fields(kind)} for kind in event_kinds()}

    assert {sample["kind"]: set(sample) for sample in samples} == written


DECIDED = {"op": "decide", "run_id": "r2", "approval_id": "a1", "verdict": "rejected", "reason": "too much"}
ENDED = {"op": "ended", "run_id": "r2", "status": "completed"}
OPENED = {"op": "open_trace", "run_id": "r2"}


def tell(app: AppTest, chat: str, *changes: tuple[int, dict[str, str]]) -> None:
    """Runs the script as after a report of the browser; AppTest has no words of its own for that."""
    report = {"chat": chat, "changes": [{"number": number, "change": change} for number, change in changes]}
    states = WidgetStates()
    states.widgets.add(
        id=_make_trigger_id(app.get("bidi_component")[0].proto.id, "events"),
        json_trigger_value=json.dumps([{"event": "change", "value": report}]),
    )
    app._run(states)


def event_kinds() -> list[type[Event]]:
    kinds = [value for value in vars(events).values() if isinstance(value, type)]
    return [kind for kind in kinds if issubclass(kind, Event) and kind.kind != Event.kind]
