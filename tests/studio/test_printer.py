"""What the command line writes while a run goes on."""

from typing import Any

import pytest

from studio.commands.printer import Printer

CALL = {"call": "1:/model:0", "agent": "talker", "model": "local/m", "path": ""}


def delta(offset: int, text: str) -> dict[str, Any]:
    return {"kind": "text_delta", **CALL, "offset": offset, "text": text}


def retried(wait: float) -> dict[str, Any]:
    numbers = {"attempt": 2, "attempts": 4, "wait_seconds": wait}
    return {"kind": "model_call_retried", **CALL, **numbers, "reason": "It is busy."}


def test_another_attempt_is_told_and_what_was_written_is_void(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer()
    for event in (
        {"kind": "model_call_held", **CALL, "limit": "7 at the same time"},
        {"kind": "model_call_started", **CALL},
        delta(0, "Half an"),
        retried(3.2),
        {"kind": "model_call_started", **CALL},
        retried(0.2),
        {"kind": "model_call_started", **CALL},
        delta(0, "A whole answer."),
        {"kind": "model_call_completed", **CALL, "text": "A whole answer.", "simulated": False},
    ):
        printer.event(event)

    written = capsys.readouterr()
    assert written.out == "Half an\nA whole answer.\n"
    assert written.err.splitlines() == [
        "… waits for the provider's limit: 7 at the same time",
        "↻ It is busy. Trying again in 3 s (2 of 4).",
        "  What was written of this answer is void.",
        "↻ It is busy. Trying again at once (2 of 4).",
    ]
