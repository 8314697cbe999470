"""Pages for tests: the real entry script on a temporary folder, without an engine at work."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from studio.context import close_core, core
from studio.page_files import page_file

ENTRY = Path(__file__).parents[2] / "studio" / "ui.py"


@contextmanager
def studio_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    """The core that the pages of this process use, with its data in `folder`."""
    close_core()
    monkeypatch.setenv("STUDIO_DATA_DIR", str(folder))
    monkeypatch.setenv("STUDIO_REHEARSAL_PACE", "instant")
    try:
        yield core()
    finally:
        close_core()


def open_page(name: str, **query: str) -> AppTest:
    """A page as a browser opens it by its address."""
    app = AppTest.from_file(str(ENTRY), default_timeout=60)
    app.switch_page(str(page_file(name)))
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def address(app: AppTest) -> dict[str, str]:
    """The query of the page's address."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def texts(app: AppTest) -> str:
    """Everything that a page says in words, one piece a line."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success", "text", "html")
    return "\n".join(str(_value(element)) for kind in kinds for element in app.get(kind))


def component_data(app: AppTest, number: int = 0) -> dict[str, Any]:
    """What the page gave to one of its browser components."""
    data: dict[str, Any] = json.loads(app.get("bidi_component")[number].proto.json)
    return data


def outline_rows(app: AppTest) -> list[dict[str, Any]]:
    """The lines of the trace's outline."""
    data = component_data(app)
    return [dict(zip(data["fields"], row, strict=True)) for row in data["rows"]]


def named(elements: Any, label: str) -> Any:
    """The widget with that label."""
    found = [element for element in elements if element.label == label]
    assert len(found) == 1, f"{label}: {[element.label for element in elements]}"
    return found[0]


def press_fold(app: AppTest, label: str, *, opens: bool) -> AppTest:
    """Runs the page as after a press on the heading of folded fields."""
    states = WidgetStates()
    states.widgets.add(id=named(app.expander, label).proto.id, bool_value=opens)
    return app._run(states)


def _value(element: Any) -> Any:
    return getattr(element, "value", None) or getattr(element.proto, "body", "")
