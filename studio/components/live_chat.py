"""The live chat: runs of agents as they happen, fed by a WebSocket of the same server."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Annotated, Any, Literal

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field
from streamlit.components.v2.types import ComponentRenderer

from core.records import RunRecord


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run to show. The browser fetches what happened in it by itself."""

    id: str
    input: str
    status: str
    simulated: bool = False
    label: str = ""
    """Names the variant, where several are compared."""
    over: str = ""
    """When it ended; "" while it goes on."""

    @classmethod
    def of(cls, run: RunRecord, label: str = "") -> "LiveRun":
        """A stored run."""
        return cls(run.id, run.input, run.status, run.simulated, label, when_over(run))


def when_over(run: RunRecord) -> str:
    """By what the browser knows one end of a run from a later one; "" while it goes on."""
    return run.ended_at.isoformat() if run.ended_at is not None else ""


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True)

    run_id: str


class Decide(_Change):
    """A person decided about a call that waits. `reason` is never empty for a rejection."""

    op: Literal["decide"] = "decide"
    approval_id: str
    verdict: Literal["approved", "rejected"]
    reason: str


class Ended(_Change):
    """A run that was followed live has ended; told once."""

    op: Literal["ended"] = "ended"
    status: str


class Paused(_Change):
    """A run that is followed live came to rest for a pause (`status` is paused), or went on after one."""

    op: Literal["paused"] = "paused"
    status: str


class Fork(_Change):
    """A person wants to go on after a run in a new conversation."""

    op: Literal["fork"] = "fork"


class OpenTrace(_Change):
    """A person wants to see the trace of a run."""

    op: Literal["open_trace"] = "open_trace"


ChatChange = Annotated[Decide | Ended | Fork | Paused | OpenTrace, Field(discriminator="op")]


class _Numbered(BaseModel):
    number: int
    change: ChatChange


class _Report(BaseModel):
    """What the browser said lately. It repeats itself, because Streamlit may drop a value for a newer one."""

    chat: str
    changes: list[_Numbered]


def live_chat(
    runs: Sequence[LiveRun],
    *,
    key: str,
    compact: bool = False,
    forks: bool = False,
    height: int | None = None,
    on_decision: Callable[[Decide], None] | None = None,
    on_end: Callable[[Ended], None] | None = None,
) -> ChatChange | None:
    """Shows runs one below the other, oldest first, and returns what a person just did (or a run's end), once.

    `compact` suits narrow columns; `forks` offers to fork after each run. `height` is in pixels; without it the
    page scrolls. The callbacks run before the page is drawn and get every change, also when several arrive
    together; the newest is returned.
    Keep the chat in a container that is always there, else Streamlit makes it anew.
    """
    _component()(
        key=key,
        data={"runs": [asdict(run) for run in runs], "compact": compact, "forks": forks, "height": height},
        on_change_change=lambda: _receive(key, on_decision, on_end),
    )
    news: ChatChange | None = st.session_state.pop(_news_key(key), None)
    return news


def _receive(
    key: str, on_decision: Callable[[Decide], None] | None, on_end: Callable[[Ended], None] | None
) -> None:
    value: Any = st.session_state[key]["change"]
    if value is None:
        return
    report = _Report.model_validate(value)
    for change in _unseen(report, key):
        st.session_state[_news_key(key)] = change
        if isinstance(change, Decide) and on_decision:
            on_decision(change)
        elif isinstance(change, Ended) and on_end:
            on_end(change)


def _unseen(report: _Report, key: str) -> list[ChatChange]:
    """The changes that were not taken before, from this chat or from one that stood here earlier."""
    chat, number = st.session_state.get(_seen_key(key), (report.chat, 0))
    after = number if chat == report.chat else 0
    st.session_state[_seen_key(key)] = (report.chat, max(each.number for each in report.changes))
    return [each.change for each in report.changes if each.number > after]


def _seen_key(key: str) -> str:
    return f"{key}_seen"


def _news_key(key: str) -> str:
    return f"{key}_news"


@cache
def _component() -> ComponentRenderer:
    # Not at import: a component with files can only be registered while Streamlit runs.
    return st.components.v2.component("studio.live", js="live.js", css="live.css")
