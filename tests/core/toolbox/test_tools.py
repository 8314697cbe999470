"""The toolbox: what each function finds, writes and refuses."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import InvalidInputError, NotFoundError
from core.sdk.function_tools import describe_function
from core.toolbox import ToolboxEntry, toolbox
from core.toolbox.billing import issue_refund, look_up_invoice, look_up_payment
from core.toolbox.context import NoSampleDataError, current_call_id, current_samples
from core.toolbox.maintenance import list_maintenance_windows, schedule_maintenance
from core.toolbox.research import check_outline, count_words, readability, search_corpus
from core.toolbox.sample_data import SampleData
from core.toolbox.shipping import track_shipment
from core.toolbox.support import create_ticket, search_knowledge_base
from core.toolbox.technical import run_diagnostics, search_logs, service_status


@pytest.fixture(autouse=True)
def samples(tmp_path: Path) -> SampleData:
    data = SampleData(tmp_path / "samples.db")
    current_samples.set(data)
    current_call_id.set("call_1")
    return data


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("How do I reset my password?", "login-reset-password"),
        ("I was charged twice for order A1002", "billing-charged-twice"),
        ("Your API answers 429, what is the rate limit?", "api-rate-limits"),
        ("My export is stuck", "exports-stuck"),
        ("What is your refund policy?", "refunds-policy"),
        ("how long do refunds take", "refunds-duration"),
        ("where can I track my parcel", "shipping-track"),
    ],
)
def test_the_knowledge_base_finds_the_article_that_answers(question: str, article: str) -> None:
    assert search_knowledge_base(question)[0].id == article


@pytest.mark.parametrize("question", ["", "the of and", "xylophone", '"); DROP TABLE orders; --', "NEAR( * ^"])
def test_a_question_without_an_answer_finds_nothing_or_no_harm(question: str) -> None:
    found = search_knowledge_base(question)

    assert len(found) <= 3
    assert track_shipment("A1001").status == "delivered"


def test_the_library_is_apart_from_the_help_articles() -> None:
    assert search_corpus("remote work")[0].topic == "work"
    assert all(article.id.startswith("note-") for article in search_corpus("refund returns", limit=10))
    assert not any(article.id.startswith("note-") for article in search_knowledge_base("remote teams", limit=10))


def test_a_ticket_is_written_with_its_call(samples: SampleData) -> None:
    created = create_ticket(" Export stuck ", "Since the morning.", "high")

    row = samples.tickets()[0]
    assert (created.ticket, row.title, row.priority, row.call_id) == ("T-2", "Export stuck", "high", "call_1")
    with pytest.raises(InvalidInputError, match="needs a title"):
        create_ticket("  ", "")


def test_invoices_and_payments_are_looked_up_however_the_number_is_written() -> None:
    assert look_up_invoice(" #a1003 ").status == "overdue"
    payment = look_up_payment("A1002")
    assert (payment.order_total, payment.paid, len(payment.payments)) == (249.0, 498.0, 2)
    # A declined payment is no payment.
    assert look_up_payment("A1009").refundable == 0
    with pytest.raises(NotFoundError, match="order 'A9999'"):
        look_up_invoice("A9999")
    with pytest.raises(NotFoundError, match="invoice yet for order 'A1005'"):
        look_up_invoice("A1005")


def test_each_refund_is_a_row_of_its_own(samples: SampleData) -> None:
    issue_refund("A1002", 249, "charged twice")
    second = issue_refund("A1002", 49.5, "scratched")

    assert (second.refund, second.still_refundable) == ("F-2", 199.5)
    assert [(row.amount, row.call_id) for row in samples.refunds()] == [(49.5, "call_1"), (249.0, "call_1")]


@pytest.mark.parametrize("amount", [0, -1, 10.005, float("nan"), float("inf"), 1e400])
def test_what_is_no_amount_of_money_is_refused(amount: float, samples: SampleData) -> None:
    with pytest.raises(InvalidInputError, match="no amount of money"):
        issue_refund("A1001", amount, "test")
    assert samples.refunds() == []


def test_more_than_was_paid_is_refused_and_nothing_written(samples: SampleData) -> None:
    with pytest.raises(InvalidInputError) as refused:
        issue_refund("A1001", 49.91, "too much")

    assert refused.value.hint == "Refund at most 49.90."
    assert samples.refunds() == []


def test_logs_status_and_diagnostics_tell_the_same_story() -> None:
    assert "disk" in search_logs("exports", "disk usage")[-1].message
    assert [line.level for line in search_logs("checkout", limit=2)] == ["info", "warning"]
    assert len(search_logs("orders-api", "what is the")) == 3
    assert service_status("exports").status == "outage"
    assert run_diagnostics("exports").advice.startswith("The service is down")
    assert run_diagnostics("checkout").advice.startswith("The service is slow")
    assert run_diagnostics("login").healthy is False
    assert run_diagnostics("search").healthy is True
    with pytest.raises(NotFoundError, match="service 'printer'"):
        service_status("printer")  # type: ignore[arg-type]


def test_maintenance_is_planned_in_utc(samples: SampleData) -> None:
    planned = schedule_maintenance(
        "exports", datetime.fromisoformat("2026-03-16T23:30:00+01:00"), 45, "Bigger disk"
    )

    assert (planned.starts_at, planned.window) == ("2026-03-16T22:30:00Z", "M-3")
    assert [window.service for window in list_maintenance_windows()] == ["exports", "orders-api", "search"]
    assert [window.minutes for window in list_maintenance_windows("exports")] == [45]
    assert samples.maintenance()[0].call_id == "call_1"
    naive = schedule_maintenance("search", datetime(2026, 4, 1, 22, tzinfo=UTC).replace(tzinfo=None), 30)
    assert naive.starts_at == "2026-04-01T22:00:00Z"


def test_a_shipment_says_what_its_status_means() -> None:
    assert "send the goods again" in track_shipment("A1010").meaning


def test_texts_are_measured() -> None:
    draft = "# Trees\n\nTrees cool streets. They do it by shade.\n\n### Water\n\n" + "word " * 130 + "."

    assert count_words("# Title\n\nOne two three. Four!").sentences == 2
    assert check_outline(draft).problems[0] == "A heading of level 3 follows one of level 1."
    assert "has 130 words" in check_outline(draft).problems[1]
    assert check_outline("no headings").problems == ["There are no headings."]
    plain = readability("The cat sat on the mat. It was happy.")
    hard = readability(
        "Organizational implementation considerations necessitate comprehensive interdepartmental communication."
    )
    assert (plain.verdict, hard.verdict) == ("very easy", "very hard")
    assert hard.advice == ["Use shorter words and shorter sentences."]
    with pytest.raises(InvalidInputError):
        readability(" ")


def test_without_a_sample_database_the_error_says_so() -> None:
    current_samples.set(None)

    with pytest.raises(NoSampleDataError, match="none is set here"):
        search_knowledge_base("refund")


@pytest.mark.parametrize("entry", toolbox(), ids=lambda entry: entry.name)
def test_every_function_can_be_offered_as_a_tool(entry: ToolboxEntry) -> None:
    described = describe_function(entry.reference)

    assert described.name == entry.name
    assert described.description.startswith(entry.description)
    parameters = described.parameters.get("properties", {})
    assert all("description" in parameter for parameter in parameters.values())
    assert entry.effect in {"reads", "writes"}
