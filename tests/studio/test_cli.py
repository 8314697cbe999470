"""The command line, call by call: what it prints where, and how it ends."""

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.main import get_command

from core.organization.files import from_text, to_yaml
from core.organization.published import schema_text
from core.organization.spec import AgentSpec, FunctionToolSpec, HttpToolSpec, NeverApprove, Organization, UsesLink
from core.patterns.catalogue import catalogue, pattern
from core.records import ProviderLoad
from studio.cli import app
from studio.commands.output import adapt_to_terminal, print_document, print_json, say
from tests.support.command_line import CommandLine
from tests.support.providers import compatible
from tests.support.slow_till import call, gate, till
from tests.support.stalling import script
from tests.support.studio import assistant_message, open_studio, start, story, until, wait_for_run

REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
GOODWILL = "Order A1008 is late again. Could I get 20.00 as goodwill?"
QUESTION = "How long does a refund take, and where does the money go?"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


# -- looking --------------------------------------------------------------------------------------


def test_version_and_patterns(studio: CommandLine) -> None:
    assert studio("--version").out == f"studio {version('studio')}\n"
    listed = studio("patterns")
    assert (listed.code, listed.err) == (0, "")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["ID", *(each.id for each in catalogue())]
    assert [line["title"] for line in studio("patterns", "--json").lines] == [each.title for each in catalogue()]


def test_an_empty_studio_has_nothing_to_list(studio: CommandLine) -> None:
    assert studio("approvals", "list").out == "Nothing waits for a person.\n"
    assert studio("approvals", "list", "--json").out == ""
    assert studio("runs", "list").out.split() == ["ID", "STATUS", "ORGANIZATION", "INPUT", "TOKENS", "CREATED"]
    assert studio("runs", "list", "--json").out == ""


# -- running --------------------------------------------------------------------------------------


def test_run_prints_the_answer_and_tells_the_rest_beside_it(studio: CommandLine) -> None:
    ended = studio("run", "single", "--input", QUESTION)

    assert ended.code == 0
    assert ended.out.startswith("From search knowledge base:")
    assert ended.out.endswith("\n")
    assert "simulated" not in ended.out
    told = ended.err.splitlines()
    assert told[0] == "· Help desk"
    assert told[1].startswith("⚒ search_knowledge_base {")
    assert told[2].startswith("✓ search_knowledge_base: ")
    assert told[3] == "  [simulated]"
    assert told[4].startswith("completed: run run_")
    assert told[4].endswith(", simulated)")
    with closing(studio.core()) as core:
        assert core.runs.page().rows[0].output == ended.out.removesuffix("\n")


def test_run_as_json_is_one_event_a_line_and_the_status_last(studio: CommandLine) -> None:
    ended = studio("run", "single", "--input", QUESTION, "--json")

    assert (ended.code, ended.err) == (0, "")
    *events, last = ended.lines
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all({"seq", "kind", "at"} < set(event) for event in events)
    assert (events[0]["kind"], events[0]["input"]) == ("run_started", QUESTION)
    assert events[-1]["kind"] == "run_completed"
    assert (set(last), last["status"]) == ({"run_id", "status"}, "completed")
    shown = studio("runs", "show", last["run_id"], "--json").lines
    assert shown[:-1] == events
    assert (shown[-1]["run_id"], shown[-1]["status"]) == (last["run_id"], "completed")


def test_a_session_goes_on(studio: CommandLine) -> None:
    studio("run", "single", "--session", "Talk", "--input", QUESTION)
    again = studio("run", "Help desk", "--session", "Talk", "--input", "And for bank accounts?")

    assert again.code == 0
    with closing(studio.core()) as core:
        (organization,) = core.organizations.all()
        (session,) = core.sessions.of(organization.id)
        assert (session.name, session.runs) == ("Talk", 2)


def test_a_run_that_fails_ends_with_1(studio: CommandLine) -> None:
    with closing(studio.core()) as core:
        core.providers.save(compatible(load=ProviderLoad(attempts=1)), key=None)

    ended = studio("run", "single", "--input", QUESTION, "--model", "local/llama")
    as_json = studio("run", "single", "--input", QUESTION, "--model", "local/llama", "--json")

    assert (ended.code, ended.out) == (1, "")
    assert "✗ Nothing answers at 127.0.0.1:9." in ended.err
    assert as_json.code == 1
    assert [line.get("kind") or line["status"] for line in as_json.lines[-2:]] == ["run_failed", "failed"]


def test_the_result_of_a_tool_as_the_answer(studio: CommandLine, tmp_path: Path) -> None:
    """The agent stops at its first tool call: nothing is said, and yet there is an answer."""
    spec = Organization(
        name="Desk",
        entry="desk",
        agents=[AgentSpec(name="desk", instructions="Answer.", tool_use="stop_on_first_tool")],
        tools=[FunctionToolSpec(name="look_up_invoice", function="core.toolbox.billing:look_up_invoice")],
        links=[UsesLink(source="desk", target="look_up_invoice")],
    )
    file = tmp_path / "desk.yaml"
    file.write_text(to_yaml(spec), encoding="utf-8")

    ended = studio("run", file, "--input", "Please look up the invoice of order A1001.")

    assert ended.code == 0
    assert '"order_id":"A1001"' in ended.out


# -- approvals ------------------------------------------------------------------------------------


def test_a_waiting_run_is_approved(studio: CommandLine) -> None:
    waiting = studio("run", "human-in-the-loop", "--input", REFUND)
    assert (waiting.code, waiting.out) == (3, "")
    (pending,) = studio("approvals", "list", "--json").lines
    assert (pending["tool"], pending["status"]) == ("issue_refund", "pending")
    assert f"studio approvals approve {pending['id']}" in waiting.err
    assert pending["id"] in studio("approvals", "list").out

    approved = studio("approvals", "approve", pending["id"], "--reason", "Right.", "--json")

    assert approved.code == 0
    kinds = [line.get("kind") for line in approved.lines]
    assert kinds[0] == "approval_decided"
    assert kinds[-2:] == ["run_completed", None]
    assert approved.lines[-1] == {"run_id": pending["run_id"], "status": "completed"}
    with closing(studio.core()) as core:
        assert len(core.samples.refunds()) == 1

    again = studio("approvals", "approve", pending["id"])

    assert (again.code, again.out) == (1, "")
    assert "decided already" in again.err


def test_a_waiting_run_is_rejected(studio: CommandLine) -> None:
    studio("run", "human-in-the-loop", "--input", REFUND)
    (pending,) = studio("approvals", "list", "--json").lines

    assert studio("approvals", "reject", pending["id"], "--reason", " ").code == 2
    rejected = studio("approvals", "reject", pending["id"], "--reason", "It did arrive.")

    assert rejected.code == 0
    assert "! rejected: issue_refund It did arrive." in rejected.err
    with closing(studio.core()) as core:
        assert core.samples.refunds() == []


def test_a_decision_beside_another_one_is_followed_to_its_end(studio: CommandLine) -> None:
    """While another process carries one decision out, the run comes to wait once more before this one's turn."""
    gate.clear()
    model = script([call("slow"), call("ben")], assistant_message("Both paid."))
    with open_studio(studio.folder, model) as other:
        run_id = start(other, till(), "Pay both")
        wait_for_run(other, run_id, "waiting")
        waiting = {each.arguments["to"]: each.id for each in other.approvals.pending()}
        other.approvals.approve(waiting["slow"])
        until(lambda: "tool_called" in story(other, run_id))

        def open_gate() -> None:
            until(lambda: other.approvals.get(waiting["ben"]).status == "approved")
            gate.set()

        opener = threading.Thread(target=open_gate)
        opener.start()
        ended = studio("approvals", "approve", waiting["ben"])
        opener.join()

        assert (ended.code, ended.out) == (0, "Both paid.\n"), ended.err


# -- control --------------------------------------------------------------------------------------


def test_a_paused_run_is_told_something_and_followed_to_its_end(studio: CommandLine) -> None:
    gate.clear()
    with open_studio(studio.folder, script(call("slow"), assistant_message("Paid."))) as other:
        run_id = start(other, till(rule=NeverApprove()), "Pay slow")
        until(lambda: "tool_called" in story(other, run_id))

        paused = studio("runs", "pause", run_id, "--json")
        assert (paused.code, paused.lines) == (0, [{"run_id": run_id, "status": "running"}])
        other.engine.pause(run_id)
        gate.set()
        wait_for_run(other, run_id, "paused")
        assert "not paused" not in studio("runs", "pause", run_id).err

    resumed = studio("runs", "resume", run_id, "--message", "Thank them", "--json")

    assert resumed.code == 0
    assert [line.get("kind") for line in resumed.lines[:2]] == ["run_steered", "run_resumed"]
    assert resumed.lines[0]["text"] == "Thank them"
    assert resumed.lines[-1] == {"run_id": run_id, "status": "completed"}
    refused = studio("runs", "resume", run_id)
    assert (refused.code, refused.out) == (1, "")
    assert "completed, not paused" in refused.err


def test_a_stopped_run_is_tried_again_and_repeated_with_another_input(studio: CommandLine) -> None:
    assert studio("run", "human-in-the-loop", "--input", REFUND).code == 3
    (pending,) = studio("approvals", "list", "--json").lines
    run_id = pending["run_id"]

    assert studio("runs", "stop", run_id, "--json").lines == [{"run_id": run_id, "status": "cancelled"}]
    retried = studio("runs", "retry", run_id)
    again = studio("runs", "again", run_id, "--input", QUESTION, "--json")

    assert retried.code == 3
    assert f"waiting: run {run_id}" in retried.err
    assert again.code == 0
    assert again.lines[0]["input"] == QUESTION
    with closing(studio.core()) as core:
        assert core.runs.get(again.lines[-1]["run_id"]).parent_id == run_id


def test_control_of_a_run_that_does_not_exist(studio: CommandLine) -> None:
    for command in ("pause", "stop", "resume", "retry", "again"):
        ended = studio("runs", command, "run_none")
        assert (ended.code, ended.out) == (2, ""), command


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern_id", ["single", "hierarchical", "parallel", "linear", "human-in-the-loop"])
def test_what_is_exported_runs_again_without_loss(studio: CommandLine, tmp_path: Path, pattern_id: str) -> None:
    file = tmp_path / "exported.yaml"
    file.write_text(studio("export", pattern_id).out, encoding="utf-8")

    ended = studio("run", file, "--input", "Hello", "--json")

    assert ended.code in (0, 3)
    name = pattern(pattern_id).organization.name
    again = studio("export", name).out
    assert from_text(again) == from_text(file.read_text(encoding="utf-8")) == pattern(pattern_id).organization
    studio("run", file, "--input", "Hello again")
    with closing(studio.core()) as core:
        assert len(core.organizations.all()) == 1


def test_a_file_of_a_later_version_is_imported_and_exported_whole(studio: CommandLine, tmp_path: Path) -> None:
    text = (
        "schema_version: 1\nname: Shop\nentry: a\nagents:\n  - name: a\n    instructions: Help.\n    voice: alto\n"
    )
    file = tmp_path / "shop.yaml"
    file.write_text(text, encoding="utf-8")

    imported = studio("import", file)

    assert (
        imported.err
        == "shop.yaml, line 7: agents #1 'a' › voice is not known here. It is kept, and does nothing.\n"
    )
    assert studio("export", imported.out.strip()).out == text
    assert orjson.loads(studio("export", imported.out.strip(), "--json").out)["agents"][0]["voice"] == "alto"
    assert "voice is not known here" in studio("run", file, "--input", "Hello").err


def test_code_is_imported_with_a_report(studio: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from agents import Agent, WebSearchTool\n"
        "a = Agent(name='A', instructions='x', tools=[WebSearchTool()])\n"
        "b = Agent(name='B', instructions='y', handoffs=[a])\n"
    )

    told = studio("import", tmp_path / "shop.py", "--name", "Mine")
    line = orjson.loads(studio("import", tmp_path / "shop.py", "--json").out)

    assert told.code == 0
    assert "Python code with the Agents SDK 'Mine': 3 carried, 0 approximated (~), 1 not carried (-)" in told.err
    assert "- shop.py:2: hosted tool WebSearchTool of 'A'." in told.err
    assert studio("export", told.out.strip()).out.startswith("schema_version: 1\nname: Mine\nentry: B\n")
    assert line["source"] == "Python code with the Agents SDK"
    assert {"fate": "carried", "what": "agent 'B'", "where": "shop.py:3", "note": ""} in line["report"]


def test_a_module_is_imported_by_running_it(studio: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(
        "from agents import Agent\nteam = [Agent(name=n, instructions=n) for n in 'ab']\n"
    )

    told = studio("import", tmp_path, "--module", "made:team")

    assert told.code == 0
    assert "Python objects of the Agents SDK 'team': 2 carried" in told.err


def test_an_organization_is_exported_as_mermaid_json_or_yaml(studio: CommandLine) -> None:
    drawn = studio("export", "specialist", "--format", "mermaid")

    assert (drawn.code, drawn.out.splitlines()[0]) == (0, "flowchart LR")
    assert '("Billing")' in drawn.out
    assert studio("export", "specialist", "--format", "json").out == studio("export", "specialist", "--json").out
    assert studio("export", "specialist", "--format", "yaml").out == studio("export", "specialist").out
    assert studio("export", "specialist", "--format", "svg").code == 2


def test_an_export_holds_no_secret_and_says_so(studio: CommandLine, tmp_path: Path) -> None:
    key = "sk-proj-4fJq0aaXbZ9T2mW8vR5u"
    tool = HttpToolSpec(name="shop", url="https://a.example", headers={"Authorization": f"Bearer {key}"})
    file = tmp_path / "shop.yaml"
    file.write_text(to_yaml(Organization(name="Shop", tools=[tool])), encoding="utf-8")
    imported = studio("import", file)
    assert "has problems that keep it from running" in imported.err

    exported = studio("export", "Shop")

    assert "Authorization: Bearer ${SHOP_AUTHORIZATION}" in exported.out
    assert key not in exported.out + exported.err
    assert "set SHOP_AUTHORIZATION where the file is used" in exported.err


def test_the_schema_is_printed_as_it_is_published(studio: CommandLine) -> None:
    assert studio("schema").out == schema_text()


# -- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["--bogus"], "No such option: --bogus"),
        (["run"], "Missing argument 'ORGANIZATION_OR_FILE_OR_PATTERN'"),
        (["run", "single"], "Missing option '--input'"),
        (["run", "nobody", "--input", "x"], "no organization, file or pattern 'nobody'"),
        (["run", "none.yaml", "--input", "x"], "There is no file 'none.yaml'"),
        (["run", "x" * 300, "--input", "x"], "There is no organization"),
        (["run", "single", "--input", " \n"], "The input is empty"),
        (["run", "single", "--input", "\udcff"], "not valid Unicode"),
        (["run", "single", "--session", " ", "--input", "x"], "needs a name"),
        (["serve", "--port", "99999"], "--port"),
        (["approvals", "approve", "apr_none"], "There is no approval 'apr_none'"),
        (["runs", "show", "run_none"], "There is no run 'run_none'"),
        (["runs", "list", "--status", "odd"], "There is no status 'odd'"),
        (["export", "nobody"], "There is no organization or pattern 'nobody'"),
        (["import", "none.yaml"], "There is no file 'none.yaml'"),
        (["import", "pyproject.toml"], "'pyproject.toml' is nothing that can be imported"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else None,
)
def test_wrong_usage_ends_with_2(studio: CommandLine, arguments: list[str], said: str) -> None:
    ended = studio(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: Shop\nagents:\n  - name: a\n    model: [1\n", "line "),
        (b"name: Shop\nagents:\n  - name: a\n    model: 3\n", "shop.yaml, line 4"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"", "shop.yaml"),
        (b"name: Shop\nentry: nobody\nagents: [{name: a}]\n", "nobody"),
    ],
    ids=["no yaml", "wrong value", "no text", "empty", "broken"],
)
def test_files_that_cannot_run(studio: CommandLine, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "shop.yaml"
    file.write_bytes(content)

    ended = studio("run", file, "--input", "Hello")

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    with closing(studio.core()) as core:
        assert core.organizations.all() == []


def test_a_folder_is_no_file_and_a_file_no_data_folder(studio: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert "cannot be read" in studio("run", tmp_path / "folder.yaml", "--input", "x").err

    taken = tmp_path / "taken"
    taken.write_text("")
    ended = studio("runs", "list", "--data-dir", taken)

    assert ended.code == 2
    assert f"The data folder '{taken}' cannot be used" in ended.err


def test_a_provider_that_is_not_ready_starts_nothing(studio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    ended = studio("run", "single", "--session", "Talk", "--input", "x", "--model", "openai/gpt-5")

    assert (ended.code, ended.out) == (1, "")
    assert "OPENAI_API_KEY" in ended.err
    with closing(studio.core()) as core:
        assert core.runs.page().total == 0
        assert core.sessions.of(core.organizations.all()[0].id) == []


def test_the_data_folder_may_stand_before_the_command(studio: CommandLine, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"

    assert studio("--data-dir", elsewhere, "run", "single", "--input", QUESTION).code == 0

    assert len(studio("runs", "list", "--json", "--data-dir", elsewhere).lines) == 1
    assert studio("runs", "list", "--json").lines == []


def test_pages_of_runs_and_one_run_in_words(studio: CommandLine) -> None:
    failing = studio("run", "human-in-the-loop", "--input", "My card is 4111 1111 1111 1111, refund me")
    assert failing.code == 1

    listed = studio("runs", "list", "--status", "failed")
    run_id = listed.out.splitlines()[1].split()[0]
    shown = studio("runs", "show", run_id)

    assert shown.code == 0
    assert f"{run_id}  failed" in shown.out
    assert "guardrail_checked" in shown.out
    assert "Error:  " in shown.out
    assert studio("runs", "list", "--page", "7").code == 0


def test_control_sequences_do_not_reach_the_terminal(studio: CommandLine) -> None:
    ended = studio("run", "collaborative", "--input", "Write about \x1b[31mred\x1b[0m bikes")

    assert ended.code == 0
    assert "\x1b" not in ended.out + ended.err
    assert "\x1b" not in studio("runs", "list").out


def test_a_terminal_without_unicode_still_gets_whole_json_and_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON is escaped, a document stays UTF-8; words get marks in the place of what cannot be shown."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    adapt_to_terminal()

    say("Zoë 🚲")
    print_json({"input": "Zoë 🚲"})
    print_document("Zoë 🚲\n")

    words, line, document = written.getvalue().splitlines()
    assert words == b"Zo? ?"
    assert line.isascii()
    assert orjson.loads(line) == {"input": "Zoë 🚲"}
    assert document.decode("utf-8") == "Zoë 🚲"


def test_every_command_on_stored_data_takes_a_folder_and_a_server() -> None:
    """Whoever works on a team's database needs no environment for any of them."""
    found = {name: {each.name for each in command.params} for name, command in commands_of(get_command(app))}
    on_data = {name for name, options in found.items() if options & {"data_dir", "database_url"}}

    assert len(on_data) > 20
    assert {name for name in on_data if not found[name] >= {"data_dir", "database_url"}} == set()


def commands_of(command: Any, name: str = "studio") -> Iterator[tuple[str, Any]]:
    parts = getattr(command, "commands", None)
    if parts is None:
        yield name, command
        return
    for part, inner in parts.items():
        yield from commands_of(inner, f"{name} {part}")
