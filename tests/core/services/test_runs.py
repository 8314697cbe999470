"""Runs: what may start, finding them again, and stopping at any moment."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError, ProviderError
from core.organization.spec import AgentSpec, ModelSettingsSpec, Organization
from core.records import RunFilter
from core.services.runs import MAX_INPUT
from core.settings import Settings
from tests.support.stalling import endless, script
from tests.support.studio import assistant_message, open_studio, story, until, wait_for_run

pytestmark = pytest.mark.usefixtures("each_database")

SHOP = Organization(name="Shop", entry="clerk", agents=[AgentSpec(name="clerk", instructions="Help.")])


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        yield core


def test_what_may_not_start(studio: Core) -> None:
    shop, other = studio.organizations.create(SHOP), studio.organizations.create(SHOP)
    broken = studio.organizations.create(SHOP.model_copy(update={"entry": "nobody"}))
    foreign = studio.organizations.revisions(other)[0].id

    for text in ("", " \n", "x" * (MAX_INPUT + 1), "half \ud83d"):
        with pytest.raises(InvalidInputError):
            studio.runs.start(shop, text)
    with pytest.raises(ConflictError, match="never saved"):
        studio.runs.start(broken, "Hello")
    with pytest.raises(NotFoundError):
        studio.runs.start(shop, "Hello", revision_id=foreign)
    with pytest.raises(ProviderError):
        studio.runs.start(shop, "Hello", model="nowhere/model")

    assert studio.runs.page().total == 0


def test_the_longest_input_runs(studio: Core) -> None:
    run_id = studio.runs.start(studio.organizations.create(SHOP), "x" * MAX_INPUT)

    assert wait_for_run(studio, run_id).status == "completed"


def test_a_run_keeps_model_and_settings(studio: Core) -> None:
    shop = studio.organizations.create(SHOP)

    run_id = studio.runs.start(
        shop, "Hello", model="rehearsal", overrides=ModelSettingsSpec(temperature=0.5, max_tokens=50)
    )

    run = wait_for_run(studio, run_id)
    assert run.status == "completed", run.error_message
    assert (run.model, run.overrides) == ("rehearsal", {"temperature": 0.5, "max_tokens": 50})


def test_pages_and_filters(studio: Core) -> None:
    shop = studio.organizations.create(SHOP)
    ids = [studio.runs.start(shop, f"Order {number} 100%") for number in range(5)]
    for run_id in ids:
        wait_for_run(studio, run_id)

    first, last = (studio.runs.page(number=number, size=2) for number in (1, 3))

    assert ([run.id for run in first.rows], first.total, first.pages) == ([ids[4], ids[3]], 5, 3)
    assert [run.id for run in last.rows] == [ids[0]]
    assert [run.id for run in studio.runs.page(RunFilter(text="order 2")).rows] == [ids[2]]
    assert studio.runs.page(RunFilter(text="0%")).total == 5
    assert studio.runs.page(RunFilter(text="0_0")).total == 0
    assert studio.runs.page(RunFilter(text=ids[1])).total == 1
    assert studio.runs.page(RunFilter(status="failed")).total == 0
    assert studio.runs.page(RunFilter(organization_id="org_none")).total == 0
    assert studio.runs.counts() == {"completed": 5}


def test_stopping_a_run_that_has_not_begun(tmp_path: Path) -> None:
    """One place, two runs: the second still waits for its turn."""
    settings = Settings(data_dir=tmp_path, rehearsal_pace="instant", max_concurrent_runs=1)
    model = script(endless("I"), assistant_message("Hello."))
    with ExitStack() as stack:
        core = Core(settings, build_model=lambda _resolved: model)
        stack.callback(core.close)
        shop = core.organizations.create(SHOP)
        first, second, third = (core.runs.start(shop, text) for text in ("One", "Two", "Three"))
        until(lambda: "model_call_started" in story(core, first))
        assert core.runs.get(second).status == "queued"

        core.runs.stop(second, by="ada")
        core.runs.stop(first, by="ada")

        assert core.runs.get(second).status == "cancelled"
        assert [(e.kind, e.data) for e in core.runs.events(second)] == [("run_cancelled", {"by": "ada"})]
        assert wait_for_run(core, first).status == "cancelled"
        assert wait_for_run(core, third).output == "Hello."


def test_stopping_twice_and_after_the_end(studio: Core) -> None:
    run_id = studio.runs.start(studio.organizations.create(SHOP), "Hello")
    wait_for_run(studio, run_id)
    before = studio.runs.get(run_id)

    studio.runs.stop(run_id)
    studio.runs.stop(run_id)

    assert studio.runs.get(run_id) == before
    with pytest.raises(NotFoundError):
        studio.runs.stop("run_none")


def test_many_runs_are_stopped_while_they_start(studio: Core) -> None:
    """Whenever the word comes, each run ends, as cancelled or completed, with one last event."""
    shop = studio.organizations.create(SHOP)

    ids = [studio.runs.start(shop, f"Hello {number}") for number in range(12)]
    for run_id in ids:
        studio.runs.stop(run_id)

    for run_id in ids:
        run = wait_for_run(studio, run_id)
        last = studio.runs.events(run_id)[-1].kind
        assert (run.status, last) in {("cancelled", "run_cancelled"), ("completed", "run_completed")}
