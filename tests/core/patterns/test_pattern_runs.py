"""Each sample input of each pattern runs as its card says, in rehearsal, with everything stored."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from core.bootstrap import Core
from core.patterns.catalogue import Pattern, catalogue, pattern
from core.records import RunRecord
from core.toolbox.legacy_bookings import LegacyBookings
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
    "request-response": [[], [], [], []],
    "conversational": [["track_shipment"], ["look_up_invoice"], ["add_order_note"]],
    "streaming": [["search_corpus", "→ Lecturer"]] * 3,
    "api-gateway": [["track_shipment"], ["look_up_payment"], ["look_up_payment", "? issue_refund"]],
    "microservices": [
        ["ask_payment", "ask_delivery", "look_up_invoice", "track_shipment"],
        ["ask_stock", "check_stock"],
        ["ask_payment", "look_up_invoice"],
    ],
    "sidecar": [[SEARCH], [SEARCH], [SEARCH]],
    "plugin": [
        ["list_low_stock", "check_stock"],
        ["check_stock"],
        ["check_stock", "place_stock_order"],
        ["check_stock", "? place_stock_order"],
    ],
    "proxy": [["get_booking"], ["get_booking", "? cancel_booking"]],
    "serverless": [["run_diagnostics"]] * 3,
    "container": [["→ House rules", SEARCH], ["→ Access", SEARCH], ["→ Access", SEARCH]],
    "kubernetes": [
        ["→ Parcels", "track_shipment"],
        ["→ Parcels", "track_shipment", "? send_replacement"],
        ["→ Warehouse", "check_stock"],
        ["→ Accounts", "look_up_payment"],
    ],
    "edge": [["service_status"], ["list_maintenance_windows", "service_status"], ["service_status"]],
    "customer-support": [
        ["→ Orders supervisor", "→ Billing", "look_up_invoice"],
        ["→ Orders supervisor", "→ Refunds", "look_up_payment", "? issue_refund"],
        ["→ Orders supervisor", "→ Shipping", "track_shipment"],
        ["→ Technical supervisor", "→ Incidents", "run_diagnostics", "search_logs"],
    ],
}


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with LegacyBookings() as bookings, open_studio(tmp_path) as core:
        monkeypatch.setenv("LEGACY_API_URL", bookings.url)
        serving = Thread(target=bookings.serve_forever)
        serving.start()
        try:
            yield core
        finally:
            bookings.shutdown()
            serving.join()


PLAIN = [one for one in catalogue() if not one.organization.has_workflow]
"""Workflows have tests of their own."""


@pytest.mark.parametrize("one", PLAIN, ids=lambda one: one.id)
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


def test_a_booking_of_the_old_system_is_cancelled_after_approval(studio: Core) -> None:
    organization = studio.organizations.create_from_pattern("proxy")
    run = wait_for_run(
        studio, studio.runs.start(organization, pattern("proxy").organization.samples[1]), "waiting"
    )

    studio.approvals.approve(studio.approvals.pending()[0].id, by="ada")
    run = wait_for_run(studio, run.id, "completed", "failed")

    assert run.status == "completed", run.error_message
    assert "st 90" in (run.output or ""), "the old system's code for a cancelled booking"


def test_an_old_system_whose_address_is_not_set_is_told_in_words(
    studio: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEGACY_API_URL")
    organization = studio.organizations.create_from_pattern("proxy")

    run = wait_for_run(studio, studio.runs.start(organization, "Is booking B-2041 confirmed?"))

    assert run.status == "failed"
    assert "'LEGACY_API_URL' is not set" in (run.error_message or "")


def test_the_second_question_of_a_conversation_leans_on_the_first(studio: Core) -> None:
    organization = studio.organizations.create_from_pattern("conversational")
    session = studio.sessions.create(organization, "A customer")
    for text in ("Where is the parcel of order A1003?", "Has its invoice been paid?"):
        last = wait_for_run(studio, studio.runs.start(organization, text, session_id=session))

    called = [event.data for event in studio.runs.events(last.id) if event.kind == "tool_called"]
    assert [(call["tool"], call["arguments"]) for call in called] == [("look_up_invoice", {"order_id": "A1003"})]


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
