"""Recorded runs that are played again, and tests that they become."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organization.spec import GuardsLink, JudgeGuardrailSpec, NeverApprove, Organization, RegexGuardrailSpec
from core.records import RunRecord
from tests.support import slow_till
from tests.support.studio import (
    assistant_message,
    open_studio,
    scripted,
    start,
    story,
    until,
    wait_for_run,
)

pytestmark = pytest.mark.usefixtures("each_database")
TILL = slow_till.till(rule=NeverApprove())
ASKING = slow_till.till()


@pytest.fixture(autouse=True)
def open_gate() -> Iterator[None]:
    slow_till.gate.set()
    slow_till.paid.clear()
    yield
    slow_till.gate.clear()


def no_model() -> Any:
    """A model that must not be asked."""
    return scripted()


def recorded(folder: Path, spec: Organization, *steps: Any, text: str = "Pay") -> RunRecord:
    """A run that really happened."""
    with open_studio(folder, scripted(*steps)) as core:
        return wait_for_run(core, start(core, spec, text))


def replayed(core: Core, run_id: str) -> RunRecord:
    return wait_for_run(core, core.replays.replay(run_id))


def changed(core: Core, organization_id: str, spec: Organization) -> None:
    """Save another revision."""
    draft = core.organizations.draft(organization_id)
    core.organizations.save_draft(organization_id, spec, based_on=draft.version)
    core.organizations.save(organization_id)


def with_guardrail(guardrail: RegexGuardrailSpec | JudgeGuardrailSpec) -> Organization:
    """The till with a guardrail."""
    watched = GuardsLink(source=guardrail.name, target="cashier")
    return TILL.model_copy(update={"guardrails": [guardrail], "links": [*TILL.links, watched]})


def test_a_replay_tells_the_same_and_does_nothing(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"), assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        run = replayed(core, first.id)

        assert (run.status, run.output, run.parent_id) == ("completed", "Paid.", first.id), run.error_message
        assert slow_till.paid == ["one"]
        assert (run.requests, run.input_tokens, run.output_tokens, run.cost) == (0, 0, 0, 0)
        assert run.cassette_id is not None
        assert story(core, run.id) == story(core, first.id)


def test_a_replay_of_a_replay_plays_the_same_recording(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, assistant_message("Nothing to pay."))
    with open_studio(tmp_path, no_model()) as core:
        second = replayed(core, first.id)
        third = replayed(core, second.id)

        assert (third.output, third.cassette_id, third.parent_id) == (
            "Nothing to pay.",
            second.cassette_id,
            second.id,
        )


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_decisions_are_taken_as_people_took_them(tmp_path: Path, verdict: str) -> None:
    model = scripted(slow_till.call("one"), assistant_message("Done."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, ASKING, "Pay"))
        waiting = core.approvals.pending()[0].id
        if verdict == "approved":
            core.approvals.approve(waiting, by="ada")
        else:
            core.approvals.reject(waiting, reason="Too much.", by="ada")
        first = wait_for_run(core, first.id, "completed")
    paid = list(slow_till.paid)
    with open_studio(tmp_path, no_model()) as core:
        run = wait_for_run(core, core.replays.replay(first.id), "completed", "failed")

        assert (run.status, run.output) == ("completed", "Done."), run.error_message
        assert slow_till.paid == paid
        decided = [event.data for event in core.runs.events(run.id) if event.kind == "approval_decided"]
        assert [(each["verdict"], each["by"]) for each in decided] == [(verdict, "ada (recorded)")]
        assert core.approvals.pending() == []


def test_what_a_person_said_in_between_is_heard_again(tmp_path: Path) -> None:
    slow_till.gate.clear()
    model = scripted(slow_till.call("slow"), assistant_message("As you like."))
    with open_studio(tmp_path, model) as core:
        run_id = start(core, TILL, "Pay")
        until(lambda: "tool_called" in story(core, run_id))
        core.control.pause(run_id)
        slow_till.gate.set()
        wait_for_run(core, run_id, "paused")
        core.control.resume(run_id, said="Be brief.")
        wait_for_run(core, run_id, "completed")
        test = core.replays.save(run_id, "Brief")
    with open_studio(tmp_path, no_model()) as core:
        wait_for_run(core, core.replays.run_test(test))

        assert core.replays.report(test).differences == []


def test_a_turn_of_a_conversation_is_given_what_was_said_before(tmp_path: Path) -> None:
    model = scripted(assistant_message("Hello."), assistant_message("Still here."), assistant_message("Bye."))
    with open_studio(tmp_path, model) as core:
        organization = core.organizations.create(TILL)
        session = core.sessions.create(organization, "Talk")
        runs = [
            wait_for_run(core, core.runs.start(organization, text, session_id=session))
            for text in ("Hi", "Are you there?", "Go")
        ]
        test = core.replays.save(runs[1].id, "Second turn")
        core.sessions.delete(session)
    with open_studio(tmp_path, no_model()) as core:
        run = wait_for_run(core, core.replays.run_test(test))

        assert (run.output, run.session_id) == ("Still here.", None)
        assert core.replays.report(test).differences == []


def test_a_call_that_failed_fails_again(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"))
    assert first.status == "failed"
    with open_studio(tmp_path, no_model()) as core:
        test = core.replays.save(first.id, "Out of words")
        run = wait_for_run(core, core.replays.run_test(test))

        assert (run.error_code, run.error_message) == (first.error_code, first.error_message)
        assert core.replays.report(test).outcome == "passed"


def test_a_replay_waits_for_its_process_like_any_run(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"), assistant_message("Paid."))
    with open_studio(tmp_path, no_model(), role="web") as core:
        run_id = core.replays.replay(first.id)
        assert core.runs.get(run_id).status == "queued"
    with open_studio(tmp_path, no_model()) as core:
        core.engine.start()

        assert wait_for_run(core, run_id).output == "Paid."
        assert slow_till.paid == ["one"]


def test_only_what_is_over_can_be_played(tmp_path: Path) -> None:
    slow_till.gate.clear()
    with open_studio(tmp_path, scripted(slow_till.call("slow"), assistant_message("Paid."))) as core:
        run_id = start(core, TILL, "Pay")
        until(lambda: "tool_called" in story(core, run_id))
        for attempt in (core.replays.replay, lambda run: core.replays.save(run, "Early")):
            with pytest.raises(ConflictError, match="running, not over"):
                attempt(run_id)
        core.runs.stop(run_id)
        slow_till.gate.set()
        wait_for_run(core, run_id, "cancelled")
        with pytest.raises(ConflictError, match="was stopped"):
            core.replays.save(run_id, "Stopped")
        with pytest.raises(NotFoundError):
            core.replays.replay("run_none")


# -- tests of revisions -----------------------------------------------------------------------------


def saved(core: Core, run: RunRecord, **options: Any) -> str:
    return core.replays.save(run.id, "Pays once", **options)


def outcome(core: Core, test: str) -> tuple[str, list[tuple[str, str]]]:
    """How a test goes: its outcome, and what differs."""
    wait_for_run(core, core.replays.run_test(test))
    report = core.replays.report(test)
    return report.outcome, [(each.kind, each.what) for each in report.differences]


def test_a_test_plays_the_newest_revision_and_tells_what_models_are_asked_otherwise(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"), assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        assert core.replays.report(test).outcome == "never"
        assert outcome(core, test) == ("passed", [])
        cashier = TILL.agents[0].model_copy(update={"instructions": "Pay at once."})
        changed(core, first.organization_id, TILL.model_copy(update={"agents": [cashier]}))

        asked = [("question", "cashier: instructions")] * 2
        assert outcome(core, test) == ("differs", asked)
        lines = core.replays.report(test).differences[0].changes
        assert [(line.sign, line.text) for line in lines] == [("+", "Pay at once.")]
        core.replays.change(test, same_questions=False)
        assert core.replays.report(test).outcome == "passed"


def test_another_course_and_another_end_are_told(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"), assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        changed(core, first.organization_id, with_guardrail(RegexGuardrailSpec(name="no pay", pattern="pay")))

        headings = [("course", "Course of the run"), ("ending", "How the run ends"), ("ending", "Final output")]
        assert outcome(core, test) == ("differs", headings)
        course, ending, output = [each.changes for each in core.replays.report(test).differences]
        assert [line.sign for line in course] == ["-", "-", "+"]
        assert course[0].text == "cashier begins"
        assert course[2].text.startswith("no pay (input of cashier) trips")
        assert [line.text.split(" ")[0] for line in ending] == ["completed", "failed"]
        assert [(line.sign, line.text) for line in output] == [("-", "Paid.")]
        assert slow_till.paid == ["one"]


def test_a_revision_that_asks_more_than_was_recorded_ends_there(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, assistant_message("Nothing."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        judge = JudgeGuardrailSpec(name="polite", instructions="No rude words.")
        changed(core, first.organization_id, with_guardrail(judge))

        assert outcome(core, test)[0] == "differs"
        run = core.replays.report(test).run
        assert run is not None
        assert (run.error_code, run.revision_number) == ("not_recorded", 2)
        assert "'polite' asks a model here, and the recorded run did not" in (run.error_message or "")


def test_a_call_that_was_not_recorded_is_not_made(tmp_path: Path) -> None:
    """A person had refused it; now nobody is asked."""
    with open_studio(tmp_path, scripted(slow_till.call("one"), assistant_message("Not paid."))) as core:
        first = wait_for_run(core, start(core, ASKING, "Pay"))
        core.approvals.reject(core.approvals.pending()[0].id, reason="No.", by="ada")
        wait_for_run(core, first.id, "completed")
        test = saved(core, first)
    with open_studio(tmp_path, no_model()) as core:
        changed(core, first.organization_id, TILL)
        outcome(core, test)

        run = core.replays.report(test).run
        assert run is not None
        assert run.error_code == "not_recorded"
        assert slow_till.paid == []


def test_a_test_moves_as_a_file(tmp_path: Path) -> None:
    first = recorded(tmp_path / "one", ASKING, assistant_message("Grüße 🎉"))
    with open_studio(tmp_path / "one", no_model()) as core:
        text = core.replays.export(saved(core, first))
        organization = core.organizations.create(ASKING.model_copy(update={"name": "Other till"}))

        test = core.replays.import_test(organization, text)
        assert core.replays.test(test).name == "Pays once"
        assert outcome(core, test) == ("passed", [])
        with pytest.raises(ConflictError, match="called 'Pays once' already"):
            core.replays.import_test(organization, text)
        core.replays.import_test(organization, text, replace=True)
        assert len(core.replays.tests(organization)) == 1
        assert len(core.replays.tests()) == 2


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"troupe_test": 1, "name": "x", "cassette": {"input": 1}}'])
def test_other_files_are_refused_in_words(tmp_path: Path, text: str) -> None:
    with open_studio(tmp_path, no_model()) as core:
        organization = core.organizations.create(TILL)

        with pytest.raises(InvalidInputError, match="not a test that Troupe exported"):
            core.replays.import_test(organization, text)


def test_tests_have_names_of_their_own(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        with pytest.raises(ConflictError, match="already"):
            saved(core, first)
        with pytest.raises(InvalidInputError, match="no name"):
            core.replays.save(first.id, "  ")
        with pytest.raises(InvalidInputError, match="81 characters"):
            core.replays.save(first.id, "x" * 81)
        core.replays.change(test, name="Pays")
        other = saved(core, first)
        with pytest.raises(ConflictError, match="'Pays' already"):
            core.replays.change(other, name="Pays")


def test_runs_of_a_deleted_test_still_say_that_they_were_replays(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        played = wait_for_run(core, core.replays.run_test(test))
        core.replays.delete(test)

        assert core.replays.tests() == []
        assert core.runs.get(played.id).cassette_id == test
        origin = core.replays.origin(played)
        assert origin is not None
        assert origin.test is None
        assert replayed(core, played.id).output == "Paid."
        with pytest.raises(NotFoundError):
            core.replays.report(test)


def test_standings_tell_how_all_tests_went(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"), assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test, other = saved(core, first), core.replays.save(first.id, "Another")

        def told() -> list[tuple[str, str, int]]:
            return [(each.test.name, each.outcome, each.differences) for each in core.replays.standings()]

        assert told() == [("Another", "never", 0), ("Pays once", "never", 0)]
        outcome(core, test)
        assert told() == [("Another", "never", 0), ("Pays once", "passed", 0)]
        cashier = TILL.agents[0].model_copy(update={"instructions": "Pay at once."})
        changed(core, first.organization_id, TILL.model_copy(update={"agents": [cashier]}))
        outcome(core, test)
        assert told() == [("Another", "never", 0), ("Pays once", "differs", 2)]
        core.replays.change(test, same_questions=False)
        assert told() == [("Another", "never", 0), ("Pays once", "passed", 0)]
        newest = core.replays.standings()[1].run
        assert newest is not None
        assert newest.revision_number == 2
        core.replays.delete(other)
        assert [name for name, _, _ in told()] == ["Pays once"]


def test_a_replay_knows_what_it_plays(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        played = wait_for_run(core, core.replays.run_test(test))
        again = replayed(core, first.id)

        origins = [core.replays.origin(run) for run in (played, again)]
        assert [(each.run_id, each.stored) for each in origins if each] == [(first.id, True)] * 2
        assert [each.test.name for each in origins if each and each.test] == ["Pays once"]
        assert core.replays.origin(first) is None


def test_a_file_is_played_without_being_kept(tmp_path: Path) -> None:
    first = recorded(tmp_path, TILL, slow_till.call("one"), assistant_message("Paid."))
    with open_studio(tmp_path, no_model()) as core:
        test = saved(core, first)
        text = core.replays.export(test)
        core.replays.delete(test)

        run = wait_for_run(core, core.replays.play_file(first.organization_id, text.replace("Paid one.", "Lost.")))
        report = core.replays.compare(run.id)
        assert (report.outcome, [each.kind for each in report.differences]) == ("differs", ["question"])
        assert core.replays.tests() == []
        origin = core.replays.origin(run)
        assert origin is not None
        assert not origin.stored
        fresh = replayed(core, first.id)
        assert core.replays.compare(fresh.id).outcome == "passed", "it plays what was stored, not the file"
        with pytest.raises(ConflictError, match="no replay"):
            core.replays.compare(first.id)
