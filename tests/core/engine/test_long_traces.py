"""Traces of long runs: every call shows all that the model was given, and is stored short."""

from pathlib import Path

from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, RunSettings, UsesLink
from tests.support.studio import assistant_message, function_call, open_studio, scripted, start, wait_for_run

TURNS = 45


def test_each_model_call_shows_its_whole_input(tmp_path: Path) -> None:
    """The last call's input holds all turns before it; the references to it are few."""
    reader = Organization(
        name="Reader",
        entry="reader",
        agents=[AgentSpec(name="reader", instructions="Read.")],
        tools=[FunctionToolSpec(name="page", function="tests.bench.stored_bytes:page", effect="reads")],
        links=[UsesLink(source="reader", target="page")],
        run=RunSettings(max_turns=100),
    )
    calls = [function_call("page", {"number": turn}, call_id=f"c{turn}") for turn in range(TURNS)]
    with open_studio(tmp_path, scripted(*calls, assistant_message("Read."))) as core:
        run = wait_for_run(core, start(core, reader, "Read it"))
        spans = [span for span in core.traces.spans(run.id)[0] if span.kind == "model"]

        last = core.traces.payload(spans[-1].id)["input"]
        with core.database.read() as db:
            stored = db.connection().exec_driver_sql("SELECT max(length(hashes)) FROM span_payload").scalar_one()

    assert last[0] == {"role": "user", "content": "Read it"}
    assert [item["call_id"] for item in last[1:]] == [f"c{turn}" for turn in range(TURNS) for _ in range(2)]
    assert stored < 35 * 25
