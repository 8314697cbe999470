"""The inbox: what waits, deciding it, and what was decided."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.store.approvals import add_approvals
from tests.support.sample_pages import component_data, open_page, studio_folder, texts
from tests.support.sample_trace import SampleRun, begin, store_organization
from tests.support.studio import wait_for_run

REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def waiting(studio: Core) -> str:
    """A refund that waits; the id of its approval."""
    organization = studio.organizations.create_from_pattern("human-in-the-loop")
    wait_for_run(studio, studio.runs.start(organization, REFUND), "waiting")
    return studio.approvals.pending()[0].id


def titles(app: AppTest) -> list[str]:
    """The lines that say who asks for what."""
    return [each.value for each in app.markdown if "asks to call" in each.value or "may have called" in each.value]


def test_an_empty_inbox(studio: Core) -> None:
    app = open_page("approvals")

    assert not app.exception
    assert "Nothing waits for you." in texts(app)
    assert "Nothing was decided yet." in texts(app)


def test_a_waiting_call_shows_who_what_and_why(studio: Core, waiting: str) -> None:
    app = open_page("approvals")

    assert not app.exception
    assert titles(app) == ["**Refund desk** asks to call `issue_refund`"]
    arguments = app.table[0].value["Value"].to_dict()
    assert (arguments["order_id"], arguments["amount"]) == ("A1010", "189")
    chat = component_data(app)
    assert [run["input"] for run in chat["runs"]] == [REFUND]
    assert app.button(key=f"reject_{waiting}").disabled


def test_approving_lets_the_run_go_on(studio: Core, waiting: str) -> None:
    app = open_page("approvals")

    app.text_input(key=f"reason_{waiting}").set_value("Right.").run()
    app.button(key=f"approve_{waiting}").click().run()

    assert not app.exception
    assert "Nothing waits for you." in texts(app)
    run = wait_for_run(studio, studio.approvals.get(waiting).run_id, "completed", "failed")
    assert run.status == "completed", run.error_message
    assert len(studio.samples.refunds()) == 1
    row = open_page("approvals").dataframe[0].value.iloc[0]
    assert row["Arguments"] == "order_id: A1010 · amount: 189 · reason: the filing cabinet never arrived"
    assert (row["Decision"], row["Tool"], row["By"], row["Reason"]) == (
        "Approved",
        "issue_refund",
        "studio",
        "Right.",
    )


def test_rejecting_needs_a_reason(studio: Core, waiting: str) -> None:
    app = open_page("approvals")

    app.text_input(key=f"reason_{waiting}").set_value("It did arrive.").run()
    app.button(key=f"reject_{waiting}").click().run()

    decided = studio.approvals.get(waiting)
    assert (decided.status, decided.reason) == ("rejected", "It did arrive.")
    wait_for_run(studio, decided.run_id, "completed")
    assert studio.samples.refunds() == []


def test_who_is_too_late_is_told(studio: Core, waiting: str) -> None:
    app = open_page("approvals")
    studio.approvals.reject(waiting, reason="No.", by="ada")

    app.button(key=f"approve_{waiting}").click().run()

    assert not app.exception
    assert "This approval was decided already." in texts(app)
    assert studio.approvals.get(waiting).decided_by == "ada"


def test_the_one_that_a_link_names_stands_first(studio: Core) -> None:
    organization = store_organization(studio.database)
    for tool in ("first", "second", "third"):
        _wait(studio, organization, tool)

    app = open_page("approvals", approval="apr_second")

    assert [title.split("`")[1] for title in titles(app)] == ["second", "first", "third"]


def test_a_link_to_what_waits_no_longer_says_so(studio: Core, waiting: str) -> None:
    studio.approvals.reject(waiting, reason="No.", by="ada")

    app = open_page("approvals", approval=waiting)

    assert "waits no longer" in texts(app)
    assert "waits no longer" not in texts(open_page("approvals"))


def test_a_call_in_doubt_asks_another_question(studio: Core) -> None:
    _wait(studio, store_organization(studio.database), "pay", kind="in_doubt", arguments={})

    app = open_page("approvals")

    assert titles(app) == ["**billing** may have called `pay`"]
    assert "it may have happened already" in texts(app)
    assert "The call has no arguments." in texts(app)
    assert [app.button(key=f"{verb}_apr_pay").label for verb in ("approve", "reject")] == [
        "Run it again",
        "Don't run it again",
    ]


def test_a_step_of_a_workflow_asks_its_question(studio: Core) -> None:
    """The question and what it is about; there are no arguments of a call."""
    about: dict[str, object] = {"question": "Send *this*?", "value": "Dear customer, …"}
    _wait(studio, store_organization(studio.database), "Release", kind="step", arguments=about)

    app = open_page("approvals")

    assert not app.exception
    assert "**Release** asks: Send \\*this\\*?" in [each.value for each in app.markdown]
    assert [each.value for each in app.code] == ["Dear customer, …"]
    assert app.text_input(key="reason_apr_Release").label == "Reason (needed to reject; the next step can read it)"


def test_strange_arguments_are_shown_as_text(studio: Core) -> None:
    arguments: dict[str, object] = {
        "": "no json",
        "big": "x" * 5000,
        "nested": {"a": [1, None]},
        "html": "<b>*hi*</b> 🚲",
    }
    _wait(studio, store_organization(studio.database), "pay", arguments=arguments)

    app = open_page("approvals")

    assert not app.exception
    shown = app.table[0].value["Value"].to_dict()
    assert shown["(text)"] == "no json"
    assert shown["nested"] == '{"a":[1,null]}'
    assert shown["big"].endswith("(5,000 characters in all)")
    assert shown["html"] == "<b>*hi*</b> 🚲"


def test_a_decision_on_two_pages_at_once_counts_once(studio: Core, waiting: str) -> None:
    apps = [open_page("approvals") for _ in range(2)]
    threads = [threading.Thread(target=app.button(key=f"approve_{waiting}").click().run) for app in apps]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted("decided already" in texts(app) for app in apps) == [False, True]
    wait_for_run(studio, studio.approvals.get(waiting).run_id, "completed")
    assert len(studio.samples.refunds()) == 1


def _wait(
    studio: Core,
    organization: tuple[str, str],
    tool: str,
    *,
    kind: str = "tool",
    arguments: dict[str, object] | None = None,
) -> None:
    run = SampleRun(studio.database, *organization)
    begin(run)
    run_id = run.write(status="waiting")
    row = {
        "id": f"apr_{tool}",
        "run_id": run_id,
        "kind": kind,
        "call_id": f"c_{tool}",
        "journal_key": "",
        "agent": "billing",
        "tool": tool,
        "arguments": {"amount": 1} if arguments is None else arguments,
    }
    with studio.database.session() as db:
        add_approvals(db, [row])
