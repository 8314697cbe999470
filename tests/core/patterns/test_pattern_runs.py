"""Each sample input of each pattern runs as its card says, in rehearsal, with everything stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.patterns.catalogue import Pattern, catalogue
from core.records import RunRecord
from tests.support.studio import open_studio, story, wait_for_run

SEARCH = "search_knowledge_base"
ADVISERS = ["ask_optimist", "ask_sceptic", "ask_pragmatist"]
AUTHORS = ["search_corpus", "→ Writer", "→ Reviewer"]
PATHS = {
    "single": [[SEARCH], [SEARCH], [SEARCH], [SEARCH, "create_ticket"]],
    "specialist": [
        ["→ Billing", "look_up_invoice"],
        ["→ Billing", "look_up_payment"],
        ["→ Billing", "look_up_invoice", "look_up_payment", "issue_refund"],
        ["→ Technical support", "service_status", "search_logs"],
    ],
    "hierarchical": [
        ["→ Billing supervisor", "→ Payments", "look_up_invoice"],
        ["→ Billing supervisor", "→ Refunds", "look_up_payment", "issue_refund"],
        ["→ Technical supervisor", "→ Debugging", "run_diagnostics", "search_logs"],
        ["→ Technical supervisor", "→ Maintenance", "list_maintenance_windows"],
    ],
    "collaborative": [AUTHORS] * 3,
    "parallel": [ADVISERS] * 3,
    "human-in-the-loop": [
        ["look_up_payment", "? issue_refund"],
        ["look_up_payment", "? issue_refund"],
        ["look_up_payment", "grant_goodwill"],
        [SEARCH],
    ],
}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        yield core


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_the_samples_of_a_pattern(studio: Core, one: Pattern) -> None:
    organization = studio.organizations.create_from_pattern(one.id)

    started = [studio.runs.start(organization, sample) for sample in one.organization.samples]
    runs = [wait_for_run(studio, run_id) for run_id in started]

    assert [path(studio, run.id) for run in runs] == PATHS[one.id]
    for run in runs:
        _assert_sound(studio, run)


def test_a_refund_is_written_once_a_person_has_approved_it(studio: Core) -> None:
    organization = studio.organizations.create_from_pattern("human-in-the-loop")
    text = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
    run = wait_for_run(studio, studio.runs.start(organization, text), "waiting")
    assert studio.samples.refunds() == []

    studio.approvals.approve(studio.approvals.pending()[0].id, by="ada")
    run = wait_for_run(studio, run.id, "completed", "failed")

    assert run.status == "completed", run.error_message
    (refund,) = studio.samples.refunds()
    assert (refund.order_id, refund.amount) == ("A1010", 189.0)
    _assert_sound(studio, run)


def path(core: Core, run_id: str) -> list[str]:
    """Handoffs (→), tool calls, and calls that wait (?) in the order of the run."""
    steps = []
    for event in core.runs.events(run_id):
        match event.kind:
            case "handoff_occurred":
                steps.append(f"→ {event.data['target']}")
            case "tool_called":
                steps.append(event.data["tool"])
            case "approval_requested":
                steps.append(f"? {event.data['tool']}")
    return steps


def _assert_sound(core: Core, run: RunRecord) -> None:
    assert run.simulated
    assert (run.status == "completed") == bool(run.output)
    assert "tool_failed" not in story(core, run.id)
    spans, total = core.traces.spans(run.id)
    assert total == len(spans) > 0
    assert {span.status for span in spans} <= {"ok", "waiting"}
    assert all(span.simulated for span in spans if span.kind == "model")
    assert sum(span.kind == "model" for span in spans) == run.requests
