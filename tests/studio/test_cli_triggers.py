"""`studio triggers`."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.triggers import webhook


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


def test_an_empty_studio_has_no_triggers(studio: CommandLine) -> None:
    assert studio("triggers", "list").out == "There are no triggers.\n"
    assert studio("triggers", "list", "--json").out == ""
    assert studio("triggers", "replay", "--all").out.startswith("0 events")


def test_triggers_and_their_events(studio: CommandLine) -> None:
    with closing(studio.core()) as core:
        trigger_id, secret = webhook(core)
        core.trigger_inbox.accept(trigger_id, "msg_1", {})
        core.trigger_inbox.accept(trigger_id, "msg_2", {}, error="It is broken.")

    (trigger,) = studio("triggers", "list", "--json").lines
    assert (trigger["id"], trigger["events"]) == (trigger_id, {"received": 1, "dead": 1})
    assert "secrets" not in trigger
    assert "Webhook (Standard Webhooks)" in studio("triggers", "list").out
    assert [event["key"] for event in studio("triggers", "events", trigger_id, "--json").lines] == [
        "msg_2",
        "msg_1",
    ]
    assert "It is broken." in studio("triggers", "events", "--status", "dead").out
    assert "msg_1" not in studio("triggers", "events", "--status", "dead").out
    assert secret not in studio("triggers", "list", "--json").out


def test_events_are_replayed_once(studio: CommandLine) -> None:
    with closing(studio.core()) as core:
        trigger_id, _ = webhook(core)
        for key in ("a", "b", "c"):
            core.trigger_inbox.accept(trigger_id, key, {}, error="It is broken.")
        first = core.trigger_inbox.page().rows[0].id

    assert studio("triggers", "replay", first).out.startswith("1 event will be started")
    again = studio("triggers", "replay", first)
    assert (again.code, "waits already" in again.err) == (1, True)
    assert studio("triggers", "replay", "--all").out.startswith("2 events")


def test_wrong_usage_is_told(studio: CommandLine) -> None:
    for arguments in (
        ("replay",),
        ("replay", "tev_1", "--all"),
        ("replay", "tev_1"),
        ("events", "trg_none"),
        ("events", "--status", "lost"),
    ):
        assert studio("triggers", *arguments).code == 2, arguments
