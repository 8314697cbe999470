"""The command line in processes of its own: interrupted, unread, on other terminals, and beside a server."""

import signal
import subprocess
from contextlib import closing
from pathlib import Path

import orjson

from core.bootstrap import Core
from core.settings import Settings
from tests.support.command_line import studio_process
from tests.support.server import StudioServer
from tests.support.studio import until

QUESTION = "How long does a refund take, and where does the money go?"
REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
PATIENCE = 120
BELIEVABLE = {"STUDIO_REHEARSAL_PACE": "believable"}


def test_ctrl_c_stops_the_run_and_keeps_what_happened(tmp_path: Path) -> None:
    process = studio_process(tmp_path, "run", "single", "--input", QUESTION, "--json", **BELIEVABLE)
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
    """Marks in the place of what it cannot show; JSON stays JSON, and a document stays UTF-8."""
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    text = "Is the 🚲 of Zoë there?"
    in_words = studio_process(tmp_path, "run", "single", "--input", text, **ascii_only)
    words, told = in_words.communicate(timeout=PATIENCE)
    listed = studio_process(tmp_path, "runs", "list", "--json", **ascii_only).communicate(timeout=PATIENCE)[0]
    exported = studio_process(tmp_path, "export", "human-in-the-loop", **ascii_only)
    document = exported.communicate(timeout=PATIENCE)[0]

    assert in_words.returncode == 0, told.decode()
    assert b"? Help desk" in told
    assert words.isascii()
    assert listed.isascii()
    assert orjson.loads(listed)["input"] == text
    assert document.decode("utf-8").startswith("schema_version: 1")


def test_beside_a_server(tmp_path: Path) -> None:
    """Both work on one folder: neither takes the other's runs, and the command line decides for the server's."""
    server = StudioServer(tmp_path, BELIEVABLE)
    server.start()
    try:
        command = studio_process(
            server.data_dir, "run", "single", "--input", QUESTION, "--json", STUDIO_REHEARSAL_PACE="believable"
        )
        assert command.stdout is not None
        first = orjson.loads(command.stdout.readline())
        assert first["kind"] == "run_started"
        rest, _ = command.communicate(timeout=PATIENCE)
        lines = [first, *map(orjson.loads, rest.splitlines())]

        assert (command.returncode, lines[-1]["status"]) == (0, "completed")
        assert not {"run_resumed", "run_failed"} & {line.get("kind") for line in lines}
        run = server.core.runs.get(lines[-1]["run_id"])
        assert run.requests == 2

        waiting = studio_process(server.data_dir, "run", "human-in-the-loop", "--input", REFUND)
        waiting.communicate(timeout=PATIENCE)
        assert waiting.returncode == 3
        (pending,) = server.core.approvals.pending()
        approve = studio_process(server.data_dir, "approvals", "approve", pending.id, "--json")
        assert _last(approve)["status"] == "completed"
        assert approve.returncode == 0
        assert len(server.core.samples.refunds()) == 1
        until(lambda: server.core.runs.get(pending.run_id).ended)
    finally:
        server.stop()


def _last(process: subprocess.Popen[bytes]) -> dict[str, str]:
    out, errors = process.communicate(timeout=PATIENCE)
    assert out, errors.decode()
    found: dict[str, str] = orjson.loads(out.splitlines()[-1])
    return found
