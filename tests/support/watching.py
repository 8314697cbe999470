"""What a watcher of a run was told, and whether it adds up to what is stored."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from core.bootstrap import Core

Frame = dict[str, Any]


async def frames_until(stream: AsyncIterator[Frame], kind: str) -> list[Frame]:
    """The frames up to the first event of that kind, or text that contains it, or the end."""
    seen = []
    async for frame in stream:
        seen.append(frame)
        told = frame.get("event", {}).get("kind"), frame.get("text", {}).get("text")
        if kind in told or frame["type"] == kind:
            break
    return seen


def events_of(frames: Iterable[Frame]) -> list[dict[str, Any]]:
    """The events of all frames, those of a first frame included."""
    found: list[dict[str, Any]] = []
    for frame in frames:
        found += frame.get("events", [])
        found += [frame["event"]] if frame["type"] == "event" else []
    return found


def joined_text(frames: Iterable[Frame]) -> dict[str, str]:
    """The text of each model call as a watcher joins it, by offset."""
    texts: dict[str, str] = {}
    for frame in frames:
        for piece in [frame.get("text"), frame.get("event"), *frame.get("events", [])]:
            if piece and piece["kind"] == "text_delta":
                before = texts.get(piece["call"], "")
                assert piece["offset"] <= len(before), f"{piece} leaves a gap after {before!r}"
                after = before[: piece["offset"]] + piece["text"]
                # A stored piece may repeat what came live; it must not take anything back.
                texts[piece["call"]] = after if len(after) >= len(before) else before
    return texts


def assert_complete(core: Core, run_id: str, frames: Iterable[Frame], *, after: int = 0) -> None:
    """Every stored event from `after` on was told once, in order and as it is stored; the texts are whole."""
    told = list(frames)
    stored = [event.flat() for event in core.runs.events(run_id, after=after)]
    assert events_of(told) == stored
    if after == 0:
        answers = {each["call"]: each["text"] for each in stored if each["kind"] == "model_call_completed"}
        streamed = joined_text(told)
        assert {call: text for call, text in answers.items() if text} == streamed
