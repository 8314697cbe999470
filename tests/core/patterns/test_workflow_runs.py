"""The workflows of the catalogue run in rehearsal as their cards say: which way, which tools, how they end."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.patterns.catalogue import catalogue, pattern
from core.records import RunRecord
from tests.support.studio import open_studio, wait_for_run

LINE = ["Researcher", "Writer", "Reviewer", "Draft and verdict"]
ROUND = ["readability", "Reviewer", "Verdict", "Good enough? → default", "Reviser", "round 1"]
LAST_ROUND = ["readability", "Reviewer", "Verdict", "Good enough? → good"]
SORTED = ["Sorter by owner", "Sorter by wish", "Sorter by words"]
DESK = ["Screening → default", "Triage"]
VIEWS = ["Cost view", "Customer view", "Evidence view", "search_corpus", "search_knowledge_base"]
Ending = tuple[str, list[str]]
"""How a run ends, and its way: tools, calls that wait (?), and steps with the port they are left by."""

PATHS: dict[str, list[Ending]] = {
    "collaborative:in-sequence": [("completed", ["search_corpus", *LINE])] * 2,
    "linear": [
        ("completed", ["search_logs", "run_diagnostics", "Investigator", "Analyst", "Notice writer"]),
        ("completed", ["run_diagnostics", "Investigator", "Analyst", "Notice writer"]),
        ("completed", ["search_logs", "run_diagnostics", "Investigator", "Analyst", "Notice writer"]),
    ],
    "branching": [
        ("completed", [*DESK, "Which desk? → refund", "look_up_payment", "issue_refund", "Refund desk"]),
        ("completed", [*DESK, "Which desk? → delivery", "track_shipment", "Parcel desk"]),
        ("completed", [*DESK, "Which desk? → default", "search_knowledge_base", "Information desk"]),
        ("completed", ["Screening → card_number", "Turned back"]),
    ],
    "human-in-the-loop:approval-step": [
        ("waiting", ["look_up_payment", "Case reader", "? Approve the refund"]),
        ("waiting", ["look_up_payment", "Case reader", "? Approve the refund"]),
    ],
    "event-driven": [
        ("completed", ["Router → parcel", "track_shipment", "add_order_note", "Parcel watch"]),
        ("completed", ["Router → payment", "look_up_payment", "add_order_note", "Payment watch"]),
        ("completed", ["Router → service", "run_diagnostics", "create_ticket", "Service watch"]),
        ("failed", ["Router → default", "Put aside"]),
    ],
    "queue-based": [
        (
            "completed",
            [
                *["look_up_payment", "Payment reader", "Remember", "Paid? → paid"],
                *["check_stock", "Stock reader", "In stock? → in_stock", "add_order_note", "Release clerk"],
            ],
        ),
        ("failed", ["look_up_payment", "Payment reader", "Remember", "Paid? → default", "Not paid"]),
        (
            "failed",
            [
                *["look_up_payment", "Payment reader", "Remember", "Paid? → paid"],
                *["check_stock", "Stock reader", "In stock? → default", "Out of stock"],
            ],
        ),
    ],
    "e-commerce": [
        (
            "waiting",
            ["Triage", "Which field? → refund", "look_up_payment", "Refund clerk", "? Approve the refund"],
        ),
        ("completed", ["Triage", "Which field? → billing", "look_up_invoice", "Billing"]),
        ("completed", ["Triage", "Which field? → shipping", "track_shipment", "Shipping"]),
        ("completed", ["Triage", "Which field? → default", "search_knowledge_base", "Support"]),
    ],
}
AT_ONCE: dict[str, list[Ending]] = {
    "fan-out": [("completed", [*VIEWS, "All views", "Recommendation"])] * 3,
    "fan-out:vote": [("completed", [*SORTED, "Three sorters", "Majority", "Label"])] * 3,
}
"""Those whose branches end in any order: what comes before the parallel step is over is sorted."""
ELSEWHERE = {"loop", "batch"}
"""Patterns with tests of their own below."""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        yield core


def test_every_workflow_of_the_catalogue_is_run() -> None:
    workflows = {
        f"{one.id}:{variant}" if variant else one.id
        for one in catalogue()
        for variant in ("", *(each.id for each in one.variants))
        if one.variant(variant).has_workflow
    }

    assert workflows == {*PATHS, *AT_ONCE, *ELSEWHERE}


@pytest.mark.parametrize("name", PATHS)
def test_the_samples_of_a_workflow(studio: Core, name: str) -> None:
    assert [(run.status, way(studio, run.id)) for run in run_samples(studio, name)] == PATHS[name]


@pytest.mark.parametrize("name", AT_ONCE)
def test_the_samples_of_a_workflow_with_branches_at_once(studio: Core, name: str) -> None:
    one, _, variant = name.partition(":")
    entry = pattern(one).variant(variant).entry
    found = []
    for run in run_samples(studio, name):
        steps = way(studio, run.id)
        met = steps.index(entry)
        found.append((run.status, [*sorted(steps[:met]), *steps[met:]]))

    assert found == AT_ONCE[name]


def test_a_loop_ends_when_the_reviewer_is_satisfied_and_fails_at_its_limit(studio: Core) -> None:
    first, second, third = run_samples(studio, "loop")

    start = ["search_corpus", "Copywriter"]
    satisfied = [*start, *ROUND, *LAST_ROUND, "round 2", "Rounds → done", "Satisfied? → good", "Ready"]
    assert way(studio, first.id) == way(studio, second.id) == satisfied
    rounds = [step for number in range(1, 5) for step in [*ROUND[:-1], f"round {number}"]]
    assert way(studio, third.id) == [*start, *rounds, "Rounds → done", "Satisfied? → default", "Given up"]
    assert (first.status, third.status) == ("completed", "failed")
    assert third.error_message is not None
    assert third.error_message.startswith("The reviewer was not satisfied after four rounds.")


def test_each_row_of_a_batch_is_checked_and_a_missing_invoice_stops_no_other_row(studio: Core) -> None:
    sound, missing = run_samples(studio, "batch")

    assert (sound.status, missing.status) == ("completed", "completed")
    assert way(studio, sound.id).count("look_up_invoice") == 5
    assert rows(sound) == {"A1001": "paid", "A1002": "paid", "A1003": "overdue", "A1004": "paid", "A1006": "paid"}
    failed = [event for event in studio.runs.events(missing.id) if event.kind == "tool_failed"]
    assert len(failed) == 1
    assert rows(missing) == {"A1007": "paid", "A1005": "no invoice", "A1010": "paid"}


def test_the_vote_gives_the_label_that_most_sorters_chose(studio: Core) -> None:
    outputs = [run.output or "" for run in run_samples(studio, "fan-out:vote")]

    assert [output.partition(":")[0] for output in outputs] == ["refund", "delivery", "login"]


@pytest.mark.parametrize(("name", "sample"), [("human-in-the-loop:approval-step", 1), ("e-commerce", 0)])
def test_a_refund_is_paid_once_after_its_step_was_approved(studio: Core, name: str, sample: int) -> None:
    run = start(studio, name, sample)
    assert studio.samples.refunds() == []

    studio.approvals.approve(studio.approvals.pending()[0].id, by="ada")
    run = wait_for_run(studio, run.id, "completed", "failed")

    assert run.status == "completed", run.error_message
    assert [(refund.order_id, refund.amount) for refund in studio.samples.refunds()] == [("A1001", 20.0)]
    assert way(studio, run.id)[-2:] == ["issue_refund", "Cashier"]


def test_a_refused_refund_is_not_paid_and_the_reason_reaches_the_letter(studio: Core) -> None:
    run = start(studio, "human-in-the-loop:approval-step", 0)

    studio.approvals.reject(studio.approvals.pending()[0].id, reason="The parcel was found.", by="ada")
    run = wait_for_run(studio, run.id, "completed", "failed")

    assert run.status == "completed", run.error_message
    assert studio.samples.refunds() == []
    assert way(studio, run.id)[-2:] == ["Approve the refund → rejected", "Letter writer"]
    told = [event for event in studio.runs.events(run.id) if event.kind == "agent_started"]
    assert told[-1].data["agent"] == "Letter writer"


@pytest.mark.parametrize("task", ["steps", "improve", "views"])
def test_what_the_guide_makes_waits_for_a_person_before_it_ends(studio: Core, task: str) -> None:
    answers = {"task": task, "approval": "person", "existing": "web_application"}
    organization = studio.organizations.create_from_guide(answers)
    text = studio.organizations.draft(organization).spec.samples[0]

    approved = wait_for_run(studio, studio.runs.start(organization, text), "waiting")
    studio.approvals.approve(studio.approvals.pending()[0].id, by="ada")
    approved = wait_for_run(studio, approved.id, "completed", "failed")
    rejected = wait_for_run(studio, studio.runs.start(organization, text), "waiting")
    studio.approvals.reject(studio.approvals.pending()[0].id, reason="Too vague.", by="ada")
    rejected = wait_for_run(studio, rejected.id, "completed", "failed")

    assert approved.status == "completed", approved.error_message
    assert approved.output
    assert rejected.status == "failed"
    assert "Too vague." in (rejected.error_message or "")


def rows(run: RunRecord) -> dict[str, str]:
    """Status by order, of the table that a batch ends with."""
    return {row["order_id"]: row["status"] for row in json.loads(run.output or "")}


def run_samples(core: Core, name: str) -> list[RunRecord]:
    """The runs of all samples, ended or waiting."""
    one, _, variant = name.partition(":")
    organization = core.organizations.create_from_pattern(one, variant)
    started = [core.runs.start(organization, sample) for sample in pattern(one).variant(variant).samples]
    return [wait_for_run(core, run_id) for run_id in started]


def start(core: Core, name: str, sample: int) -> RunRecord:
    """The run of one sample, which waits."""
    one, _, variant = name.partition(":")
    organization = core.organizations.create_from_pattern(one, variant)
    text = pattern(one).variant(variant).samples[sample]
    return wait_for_run(core, core.runs.start(organization, text), "waiting")


def way(core: Core, run_id: str) -> list[str]:
    """Tools, calls that wait (?), steps with the port that was chosen, and rounds, in the order of the run."""
    steps = []
    for event in core.runs.events(run_id):
        match event.kind:
            case "tool_called":
                steps.append(event.data["tool"])
            case "approval_requested":
                steps.append(f"? {event.data['tool']}")
            case "step_finished":
                steps.append(_finished(event.data))
    return steps


def _finished(data: dict[str, object]) -> str:
    if data["port"] == "body":
        return f"round {data['iteration']}"
    return (
        f"{data['step']}" if data["port"] in ("", "out", "branch", "each") else f"{data['step']} → {data['port']}"
    )
