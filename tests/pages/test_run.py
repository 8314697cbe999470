"""The Run page: talking to an organization, its conversations, and what keeps it from answering."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.patterns.catalogue import pattern
from tests.support.sample_pages import address, component_data, open_page, studio_folder, texts
from tests.support.sample_trace import SampleRun, add_pending_approval, begin, store_organization, store_session
from tests.support.studio import until, wait_for_run

BROKEN = Organization(name="Draft", entry="nobody", agents=[AgentSpec(name="clerk")])


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def desk(studio: Core) -> str:
    """The pattern of a single agent."""
    return studio.organizations.create_from_pattern("single")


def shown_runs(app: AppTest) -> list[str]:
    """The inputs of the runs in the chat; empty when there is no chat."""
    chats = [component_data(app, number) for number in range(len(app.get("bidi_component")))]
    return [run["input"] for chat in chats for run in chat.get("runs", [])]


def say(app: AppTest, text: str) -> AppTest:
    return app.chat_input[0].set_value(text).run()


def test_with_nothing_to_run_the_page_says_what_to_do(studio: Core) -> None:
    studio.organizations.create(BROKEN)

    app = open_page("run")

    assert not app.exception
    assert "There is nothing to run yet." in texts(app)
    assert [link.proto.label for link in app.get("page_link")] == ["Choose a pattern"]


def test_the_last_changed_organization_offers_its_samples(studio: Core, desk: str) -> None:
    app = open_page("run")

    assert not app.exception
    assert address(app) == {"organization": desk}
    assert app.button(key="sample_0").label.startswith("How long does a refund take")
    assert "**simulated**" in texts(app)
    assert shown_runs(app) == []


def test_a_sample_starts_a_conversation(studio: Core, desk: str) -> None:
    app = open_page("run", organization=desk)

    app.button(key="sample_0").click().run()

    assert not app.exception
    (session,) = studio.sessions.of(desk)
    assert address(app) == {"organization": desk, "session": session.id}
    assert session.name.startswith("How long does a refund take")
    (run,) = studio.sessions.runs(session.id)
    assert shown_runs(app) == [run.input]
    assert wait_for_run(studio, run.id).status == "completed"


def test_messages_go_on_in_the_same_conversation(studio: Core, desk: str) -> None:
    app = say(open_page("run", organization=desk), "How long does a refund take?")
    (session,) = studio.sessions.of(desk)
    wait_for_run(studio, studio.sessions.runs(session.id)[0].id)

    say(app.run(), "And for bank accounts?")

    runs = studio.sessions.runs(session.id)
    assert [run.input for run in runs] == ["How long does a refund take?", "And for bank accounts?"]
    assert shown_runs(app) == [run.input for run in runs]
    assert wait_for_run(studio, runs[1].id).status == "completed"


def test_a_run_at_work_can_be_stopped_and_takes_no_message(studio: Core) -> None:
    session = _waiting(studio, status="running")
    app = open_page("run", session=session)

    assert app.chat_input[0].disabled
    assert app.chat_input[0].placeholder == "Running…"
    run = studio.sessions.runs(session)[0]

    next(button for button in app.button if button.label == "Stop").click().run()

    assert not app.exception
    with studio.database.read() as db:
        wanted = db.connection().exec_driver_sql("SELECT cancel_requested FROM run").scalar_one()
    assert wanted
    assert studio.runs.get(run.id).status == "running", "nobody works on it here"


def test_a_run_at_work_can_be_paused(studio: Core) -> None:
    session = _waiting(studio, status="running")
    app = open_page("run", session=session)

    button(app, "Pause").click().run()

    assert not app.exception
    assert button(app, "Pausing…").disabled
    assert app.chat_input[0].placeholder == "Pausing…"


def test_a_paused_run_hears_the_next_message_and_goes_on(studio: Core) -> None:
    session = _waiting(studio, status="paused")
    (run,) = studio.sessions.runs(session)
    app = open_page("run", session=session)
    assert {each.label for each in app.button} >= {"Resume", "Stop"}
    assert "tell the agents something" in app.chat_input[0].placeholder

    say(app, "Only half, please")

    assert not app.exception
    assert [each.id for each in studio.sessions.runs(session)] == [run.id]
    told = [event.data["text"] for event in studio.runs.events(run.id) if event.kind == "run_steered"]
    assert told == ["Only half, please"]
    assert studio.runs.get(run.id).status != "paused"


def test_a_stopped_run_can_be_tried_again(studio: Core) -> None:
    session = _waiting(studio, status="paused")
    (run,) = studio.sessions.runs(session)
    app = open_page("run", session=session)
    button(app, "Stop").click().run()

    button(app, "Try again").click().run()

    assert not app.exception
    until(lambda: "run_resumed" in [event.kind for event in studio.runs.events(run.id)])


def test_what_cannot_be_done_any_more_is_told(studio: Core) -> None:
    session = _waiting(studio, status="paused")
    app = open_page("run", session=session)
    studio.runs.stop(studio.sessions.runs(session)[0].id)

    button(app, "Resume").click().run()

    assert "This run is cancelled, not paused." in app.error[0].value


def button(app: AppTest, label: str) -> Button:
    return next(each for each in app.button if each.label == label)


def test_a_waiting_run_says_what_it_waits_for(studio: Core) -> None:
    app = open_page("run", session=_waiting(studio, status="waiting"))

    assert app.chat_input[0].placeholder == "Waiting for a decision above"

    next(button for button in app.button if button.label == "Stop").click().run()

    assert not app.exception
    assert studio.approvals.pending() == []
    assert studio.runs.page().rows[0].status == "cancelled"
    assert not app.run().chat_input[0].disabled


def test_a_model_that_is_not_ready_is_said_and_leaves_no_conversation(studio: Core) -> None:
    spec = Organization(name="Shop", entry="a", agents=[AgentSpec(name="a", model="openai/gpt-5")])
    shop = studio.organizations.create(spec)

    app = say(open_page("run", organization=shop), "Hello")

    assert not app.exception
    assert "OPENAI_API_KEY" in app.error[0].value
    assert studio.sessions.of(shop) == []
    assert studio.runs.page().total == 0

    app.selectbox(key="run_model").select("rehearsal").run()
    say(app, "Hello")

    (run,) = studio.runs.page().rows
    assert run.model == "rehearsal"
    assert wait_for_run(studio, run.id).status == "completed"


def test_an_organization_that_was_never_saved_cannot_run(studio: Core, desk: str) -> None:
    draft = studio.organizations.create(BROKEN)

    app = say(open_page("run", organization=draft), "Hello")

    assert not app.exception
    assert "never saved" in texts(app)
    assert studio.runs.page().total == 0


def test_conversations_are_listed_opened_renamed_and_deleted(studio: Core, desk: str) -> None:
    first, second = (studio.sessions.create(desk, name) for name in ("First", "Second *one*"))
    app = open_page("run", organization=desk)

    app.button(key=f"session_{first}").click().run()
    assert address(app)["session"] == first

    next(field for field in app.text_input if field.label == "Name").set_value("Renamed")
    next(button for button in app.button if button.label == "Rename").click().run()
    assert studio.sessions.get(first).name == "Renamed"

    app.checkbox(key=f"sure_{first}").check().run()
    next(button for button in app.button if button.label == "Delete conversation").click().run()

    assert not app.exception
    assert [each.id for each in studio.sessions.of(desk)] == [second]
    assert address(app) == {"organization": desk}


def test_another_organization_is_chosen_from_the_list(studio: Core, desk: str) -> None:
    other = studio.organizations.create_from_pattern("parallel")
    session = studio.sessions.create(desk, "Talk")
    app = open_page("run", organization=desk, session=session)

    app.selectbox(key=f"run_organization_{desk}").select(other).run()

    assert not app.exception
    assert address(app) == {"organization": other}
    assert app.button(key="sample_0").label == "Should our support team try a four-day week?"


def test_two_organizations_of_the_same_name_are_kept_apart(studio: Core, desk: str) -> None:
    other = studio.organizations.create(pattern("single").organization)
    app = open_page("run", organization=desk)

    say(app, "Hello")

    assert not app.exception
    assert address(app)["organization"] == desk
    assert shown_runs(app) == ["Hello"]
    assert studio.sessions.of(other) == []
    names = app.selectbox(key=f"run_organization_{desk}").options
    assert sorted(names) == ["Help desk", "Help desk (2)"]


@pytest.mark.parametrize(
    "query",
    [{"organization": "org_none"}, {"session": "ses_none"}, {"organization": "org_none", "session": "ses_none"}],
)
def test_links_that_lead_nowhere_are_told(studio: Core, desk: str, query: dict[str, str]) -> None:
    app = open_page("run", **query)

    assert not app.exception
    assert "There is no" in texts(app)


def test_a_deleted_conversation_begins_a_new_one(studio: Core, desk: str) -> None:
    other = studio.organizations.create_from_pattern("parallel")
    foreign = studio.sessions.create(other, "Foreign")

    for session in ("ses_none", foreign):
        app = open_page("run", organization=desk, session=session)

        assert not app.exception
        assert app.button(key="sample_0")
        say(app, "How long does a refund take?")
        assert address(app)["session"] != session
    assert studio.sessions.runs(foreign) == []


def _waiting(studio: Core, *, status: str) -> str:
    """A conversation with one run that is not over, and that nobody works on; the conversation's id."""
    organization = store_organization(studio.database)
    session = store_session(studio.database, organization[0])
    run = SampleRun(studio.database, *organization, session_id=session)
    begin(run)
    run_id = run.write(status=status, ended_at=None)
    if status == "waiting":
        add_pending_approval(studio.database, run_id, tool="refund", arguments={"amount": 20})
    return session


@pytest.mark.parametrize("address", [{"organization": "org_nowhere"}, {"session": "ses_nowhere"}])
def test_an_unknown_address_is_told_with_ways_on(studio: Core, desk: str, address: dict[str, str]) -> None:
    app = open_page("run", **address)

    assert not app.exception
    assert app.title[0].value == "Run"
    assert "_nowhere'" in app.error[0].value
    assert [link.proto.label for link in app.get("page_link")] == [
        "The last changed organization",
        "All organizations",
    ]


def test_many_conversations_are_searched_and_shown_bit_by_bit(studio: Core, desk: str) -> None:
    sessions = [studio.sessions.create(desk, f"Talk {number}") for number in range(40)]
    app = open_page("run", organization=desk)
    assert len(_listed(app)) == 30

    app.button(key="more_conversations").click().run()
    assert len(_listed(app)) == 40
    search = app.text_input(key=f"find_conversation_{desk}")
    search.set_value("talk 17").run()

    assert _listed(app) == [f"session_{sessions[17]}"]
    search = app.text_input(key=f"find_conversation_{desk}")
    search.set_value("nothing like it").run()
    assert not app.exception
    assert "No conversation has this" in texts(app)


def test_a_fork_says_where_it_comes_from_and_leads_back(studio: Core, desk: str) -> None:
    talk = studio.sessions.create(desk, "A talk")
    run = wait_for_run(studio, studio.runs.start(desk, "How long does a refund take?", session_id=talk))
    fork = studio.sessions.fork(talk, run.id)
    app = open_page("run", organization=desk, session=fork)

    assert app.button(key="parent_session").label == "Forked from A talk"
    app.button(key="parent_session").click().run()
    assert address(app)["session"] == talk

    studio.sessions.delete(talk)
    app = open_page("run", organization=desk, session=fork)
    assert not app.exception
    assert "Forked from a conversation that was deleted" in texts(app)


def _listed(app: AppTest) -> list[str]:
    keys = [button.key or "" for button in app.button]
    return [key for key in keys if key.startswith("session_ses")]
