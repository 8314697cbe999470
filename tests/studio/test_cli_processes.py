"""The command line in processes of its own: interrupted, unread, on other terminals, and beside a server."""

import signal
import socket
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.settings import Settings
from core.store.runs import add_run
from tests.support.command_line import CommandLine, studio_process
from tests.support.server import StudioServer
from tests.support.stalling import paced, script
from tests.support.studio import open_studio, start, story, until, wait_for_run

QUESTION = "How long does a refund take, and where does the money go?"
REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
PATIENCE = 120
SPEAKER = Organization(name="Speaker", entry="speaker", agents=[AgentSpec(name="speaker")])


def test_ctrl_c_stops_the_run_and_keeps_what_happened(tmp_path: Path) -> None:
    process = studio_process(
        tmp_path, "run", "single", "--input", QUESTION, "--json", STUDIO_REHEARSAL_PACE="believable"
    )
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(orjson.loads(line))
        if lines[-1]["kind"] == "text_delta":
            break

    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=PATIENCE)

    lines += [orjson.loads(line) for line in rest.splitlines()]
    assert (process.returncode, errors) == (1, b"")
    *events, last = lines
    assert last["status"] == "cancelled"
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["kind"] == "run_cancelled"
    with closing(Core(Settings(data_dir=tmp_path))) as core:
        assert [event.flat() for event in core.runs.events(last["run_id"])] == events
        assert core.runs.get(last["run_id"]).status == "cancelled"


def test_a_reader_who_leaves_is_not_complained_about(tmp_path: Path) -> None:
    """As with `| head -1`: the run goes on to its end without a word."""
    process = studio_process(tmp_path, "run", "single", "--input", QUESTION)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(1)
    process.stdout.close()

    errors = process.stderr.read().decode()

    assert process.wait(timeout=PATIENCE) == 0
    assert "Traceback" not in errors
    assert "BrokenPipe" not in errors
    assert "completed: run" in errors
    process.stderr.close()


def test_a_terminal_without_unicode(tmp_path: Path) -> None:
    """There are marks in the place of what it cannot show."""
    process = studio_process(
        tmp_path, "run", "single", "--input", "Is the 🚲 of Zoë there?", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )

    words, told = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, told.decode()
    assert b"? Help desk" in told
    assert words
    assert words.isascii()


def test_beside_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server takes up what dead processes left and nothing else; the command line decides for it meanwhile."""
    goes_on = threading.Event()
    server = StudioServer(tmp_path, {"STUDIO_REHEARSAL_PACE": "instant"})
    server.start()
    studio = CommandLine(server.data_dir, monkeypatch, capsys)
    with open_studio(server.data_dir, script(paced("One ", goes_on, "two."))) as ours:
        try:
            ours_id = start(ours, SPEAKER, "Count")
            until(lambda: ours.runs.get(ours_id).status == "running")
            _leave_a_run(server.core, "run_left")
            server.run("run_left", "completed")
            assert server.core.runs.get(ours_id).status == "running"
            goes_on.set()
            wait_for_run(ours, ours_id, "completed")
            assert "run_resumed" not in story(ours, ours_id)

            assert studio("run", "human-in-the-loop", "--input", REFUND).code == 3
            (pending,) = server.core.approvals.pending()
            assert studio("approvals", "approve", pending.id).code == 0
            assert len(server.core.samples.refunds()) == 1
        finally:
            goes_on.set()
            server.stop()


def test_the_command_line_takes_up_nobody_elses_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = CommandLine(tmp_path, monkeypatch, capsys)
    with closing(studio.core()) as core:
        _leave_a_run(core, "run_left")

        assert studio("run", "single", "--input", QUESTION).code == 0

        assert core.runs.get("run_left").status == "queued"


def _leave_a_run(core: Core, run_id: str) -> None:
    """A run as a process leaves it that dies before it has begun to work."""
    dead = f"{socket.gethostname()}/999999999/1/dead"
    run = core.runs.prepare(core.organizations.create_from_pattern("single"), QUESTION)
    with core.database.session() as db:
        add_run(db, replace(run, id=run_id), owner=dead)
