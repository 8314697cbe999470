"""Parallel steps, maps and joins: at the same time, bounded, and what happens to branches that fail."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from agents.exceptions import ModelBehaviorError

from core.organization.spec import Organization
from core.organization.steps import (
    AgentJoin,
    CelCondition,
    ConcatenateJoin,
    FirstGoodJoin,
    JoinBy,
    JoinStep,
    JudgeCondition,
    ListJoin,
    LoopStep,
    MapStep,
    OnFailure,
    ParallelStep,
    TransformStep,
    VoteJoin,
)
from tests.support.cast import Call, Cast, outline, play, steps_told
from tests.support.studio import open_studio, start, wait_for_run

THREE = "fan.branch → a → meet\nfan.branch → b → meet\nfan.branch → c → meet"
BROKEN = ModelBehaviorError("no")


def fan(by: JoinBy | None = None, *, after: str = "", limit: int | None = None, **more: Any) -> Organization:
    """Three branches of one agent each; `after` continues from the join."""
    policy = {name: more.pop(name) for name in ("on_failure", "retries") if name in more}
    parallel = ParallelStep(name="fan", limit=limit, **policy)
    return play(f"{THREE}\n{after}", parallel, JoinStep(name="meet", by=by or ListJoin()), **more)


def each(by: JoinBy | None = None, *, limit: int | None = 4, on_failure: OnFailure = "fail_all") -> Organization:
    """One agent for each item that `list` gives."""
    return play(
        "list → every\nevery.each → a → meet",
        TransformStep(name="list", expression='["x", "y", "z"]'),
        MapStep(name="every", limit=limit, on_failure=on_failure, retries=1),
        JoinStep(name="meet", by=by or ListJoin()),
        a={"task": "{{ index }}: {{ item }} ({{ output }})"},
    )


def together(number: int, answer: str) -> Callable[[Call], Awaitable[str]]:
    """Answers once so many calls are under way at the same time; shared by what `number` of them return."""
    barrier = _BARRIERS.setdefault(number, asyncio.Barrier(number))

    async def meet(_call: Call) -> str:
        await barrier.wait()
        return answer

    return meet


_BARRIERS: dict[int, asyncio.Barrier] = {}


@pytest.fixture(autouse=True)
def fresh_barriers() -> None:
    _BARRIERS.clear()


class Crowd:
    """Counts how many are at work at once. Nobody ends before the room is full or everybody else has come."""

    def __init__(self, room: int, *, total: int) -> None:
        self._room = room
        self._left = total
        self._inside = 0
        self._full: asyncio.Event | None = None
        self.most = 0

    async def answer(self, call: Call) -> str:
        self._full = self._full or asyncio.Event()
        self._inside += 1
        self._left -= 1
        self.most = max(self.most, self._inside)
        if self._inside >= self._room or self._left == 0:
            self._full.set()
        await self._full.wait()
        # Others who may come in do so now, before this one goes.
        for _ in range(20):
            await asyncio.sleep(0)
        self._inside -= 1
        return call.told


# -- side by side ---------------------------------------------------------------------------------


def test_branches_work_at_the_same_time_and_meet_in_order(tmp_path: Path) -> None:
    """No branch can end before all have begun; the outputs come in the order of the branches."""
    model = Cast(a=[together(3, "A")], b=[together(3, "B")], c=[together(3, "C")])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(), "go"))

        assert (run.status, run.output) == ("completed", '["A", "B", "C"]'), run.error_message
        assert {role: model.told(role) for role in "abc"} == {"a": ["go"], "b": ["go"], "c": ["go"]}
        assert (run.requests, run.input_tokens) == (3, 30)
        assert sorted(outline(core, run.id)) == sorted(
            [
                "parallel fan",
                *(line for name in "abc" for line in (f"  agent {name}", f"    agent {name}")),
                "join meet",
            ]
        )


@pytest.mark.parametrize("limit", [1, 2])
def test_no_more_branches_at_once_than_allowed(tmp_path: Path, limit: int) -> None:
    crowd = Crowd(limit, total=3)
    model = Cast(a=[crowd.answer], b=[crowd.answer], c=[crowd.answer])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(limit=limit), "go"))

        assert run.status == "completed", run.error_message
        assert crowd.most == limit


def test_a_map_works_on_each_item(tmp_path: Path) -> None:
    """The task sees the item and its number; events tell the items apart."""
    model = Cast(a=lambda call: call.told.upper())
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, each(), "go"))

        assert run.status == "completed", run.error_message
        assert json.loads(str(run.output)) == ["0: X (X)", "1: Y (Y)", "2: Z (Z)"]
        started = [event.data for event in core.runs.events(run.id) if event.kind == "step_started"]
        assert [(each["path"], each["item"]) for each in started if each["step"] == "a"] == [
            ("every/1/a", 0),
            ("every/2/a", 1),
            ("every/3/a", 2),
        ]


def test_a_map_is_bounded(tmp_path: Path) -> None:
    crowd = Crowd(2, total=3)
    with open_studio(tmp_path, Cast(a=crowd.answer)) as core:
        run = wait_for_run(core, start(core, each(limit=2), "go"))

        assert (run.status, crowd.most) == ("completed", 2), run.error_message


def test_a_map_over_nothing_gives_an_empty_list(tmp_path: Path) -> None:
    org = play("every.each → a → meet", MapStep(name="every", items="[]"), JoinStep(name="meet", by=ListJoin()))
    with open_studio(tmp_path, Cast(a=[])) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", "[]"), run.error_message


def test_a_map_over_no_list_says_so(tmp_path: Path) -> None:
    org = play("every.each → a → meet", MapStep(name="every"), JoinStep(name="meet", by=ListJoin()))
    with open_studio(tmp_path, Cast(a=[])) as core:
        run = wait_for_run(core, start(core, org, "just text"))

        assert (run.status, run.error_code) == ("failed", "expression")
        assert "`output` is no list: just text" in str(run.error_message)


def test_branches_do_not_see_each_other_and_what_they_set_comes_together(tmp_path: Path) -> None:
    """Each branch has its own copy of the variables; after the join the later branch counts."""
    org = play(
        "fan.branch → one → meet\nfan.branch → two → meet\nmeet → last → z",
        ParallelStep(name="fan"),
        TransformStep(name="one", assign={"x": "state.x + 1", "only": "'one'"}),
        TransformStep(name="two", assign={"x": "state.x + 10"}),
        JoinStep(name="meet", by=ListJoin()),
        TransformStep(name="last", expression='[state.x, state.only, steps["one"], size(output)]'),
        state={"x": 1, "only": ""},
    )
    with open_studio(tmp_path, Cast(z=lambda call: call.told)) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", '[11, "one", "go", 2]'), run.error_message


def test_forks_and_loops_inside_each_other(tmp_path: Path) -> None:
    """A map whose body forks, in whose branches loops count; paths tell every place apart."""
    org = play(
        "every.each → fan\nfan.branch → again\nagain.body → a → again\nagain.done → inner\n"
        "fan.branch → b → inner\ninner → outer",
        MapStep(name="every", items="['x', 'y']"),
        ParallelStep(name="fan"),
        LoopStep(name="again", until=CelCondition(expression="count >= 2"), limit=5),
        JoinStep(name="inner", by=ConcatenateJoin(separator="+")),
        JoinStep(name="outer", by=ListJoin()),
    )
    model = Cast(a=lambda call: f"{call.told}a", b=lambda call: f"{call.told}b")
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", '["xaa+xb", "yaa+yb"]'), run.error_message
        paths = {event.data["path"] for event in core.runs.events(run.id) if event.kind == "model_call_started"}
        assert paths == {
            *(f"every/{item}/fan/1/again#{count}/a" for item in (1, 2) for count in (1, 2)),
            *(f"every/{item}/fan/2/b" for item in (1, 2)),
        }
        assert run.requests == 6


# -- joins ----------------------------------------------------------------------------------------

JOINS: list[tuple[JoinBy, list[str], str]] = [
    (ConcatenateJoin(), ["one", "two", "three"], "one\n\ntwo\n\nthree"),
    (ConcatenateJoin(separator=", "), ["one", "two", "three"], "one, two, three"),
    (
        ConcatenateJoin(),
        ["one\n\nmore", "two", "three"],
        "## a\n\none\n\nmore\n\n## b\n\ntwo\n\n## c\n\nthree",
    ),
    (VoteJoin(), ["Yes", "no", " yes"], "Yes"),
    (VoteJoin(), ["no", "yes", "perhaps"], "no"),
    (VoteJoin(by="size(output) > 2"), ["no", "yes", "perhaps"], "yes"),
]


@pytest.mark.parametrize(("by", "outputs", "joined"), JOINS)
def test_outputs_are_joined(tmp_path: Path, by: JoinBy, outputs: list[str], joined: str) -> None:
    model = Cast(**{name: [output] for name, output in zip("abc", outputs, strict=True)})
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(by), "go"))

        assert (run.status, run.output) == ("completed", joined), run.error_message


def test_an_agent_may_join(tmp_path: Path) -> None:
    """It is told all outputs under the names of their branches, or what its task makes of them."""
    answers = {"a": ["A"], "b": ["B"], "c": ["C"]}
    model = Cast(**answers, chair=["summed up"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(AgentJoin(agent="chair"), agents="chair"), "go"))
        assert (run.status, run.output, run.last_agent) == ("completed", "summed up", "chair"), run.error_message
        assert model.told("chair") == ["## a\n\nA\n\n## b\n\nB\n\n## c\n\nC"]
        assert outline(core, run.id)[-2:] == ["join meet", "  agent chair"]

    model = Cast(**answers, chair=["summed up"])
    by = AgentJoin(agent="chair", task="{{ size(output) }} views: {{ output[1] }}")
    with open_studio(tmp_path / "task", model) as core:
        wait_for_run(core, start(core, fan(by, agents="chair"), "go"))
        assert model.told("chair") == ["3 views: B"]


# -- the first good one ---------------------------------------------------------------------------


class Endless:
    """Calls that never end by themselves; `stopped` counts those that were cancelled."""

    def __init__(self, number: int = 1) -> None:
        self._all_begun = asyncio.Barrier(number + 1)
        self.stopped = 0

    async def begun(self) -> None:
        """Wait until as many as are meant to are at work."""
        await self._all_begun.wait()

    async def answer(self, _call: Call) -> str:
        await self._all_begun.wait()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return "never"


def test_the_first_good_output_stops_the_others(tmp_path: Path) -> None:
    """The one that is not good does not win, though it comes first; the endless one is stopped."""
    endless, bad_came = Endless(), asyncio.Event()

    def judged(call: Call) -> str:
        bad_came.set()
        return _finding("good" in call.told)

    async def later(_call: Call) -> str:
        await endless.begun()
        await bad_came.wait()
        return "good b"

    model = Cast(a=["bad"], b=[later], c=[endless.answer], after=["end"], judge=judged)
    by = FirstGoodJoin(condition=JudgeCondition(statement="It is good."))
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(by, after="meet → after"), "go"))

        assert (run.status, run.output) == ("completed", "end"), run.error_message
        assert model.told("after") == ["good b"]
        assert endless.stopped == 1
        assert "- fan/3/c stopped" in steps_told(core, run.id)
        assert "  agent c (cancelled)" in outline(core, run.id)


def test_an_expression_may_say_which_is_good(tmp_path: Path) -> None:
    model = Cast(a=["bad"], b=["good b"], c=["bad"])
    by = FirstGoodJoin(condition=CelCondition(expression='output.startsWith("good")'))
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(by), "go"))

        assert (run.status, run.output) == ("completed", "good b"), run.error_message


def test_when_none_is_good_the_step_fails(tmp_path: Path) -> None:
    by = FirstGoodJoin(condition=CelCondition(expression="false"))
    with open_studio(tmp_path, Cast(a=["x"], b=["x"], c=["x"])) as core:
        run = wait_for_run(core, start(core, fan(by), "go"))

        assert (run.status, run.error_code) == ("failed", "no_branch_left")
        assert "None of the 3 outputs" in str(run.error_message)


# -- failures -------------------------------------------------------------------------------------


def test_one_failure_stops_all(tmp_path: Path) -> None:
    """The step fails with the branch's reason, and its siblings are stopped."""
    endless = Endless(2)

    async def break_off(_call: Call) -> Exception:
        await endless.begun()
        return BROKEN

    model = Cast(a=[endless.answer], b=[break_off], c=[endless.answer])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(), "go"))

        assert (run.status, run.error_code) == ("failed", "model_behavior")
        assert str(run.error_message).startswith("'b': ")
        assert endless.stopped == 2
        assert {"! fan/2/b model_behavior", "! fan model_behavior"} <= set(steps_told(core, run.id))


def test_an_error_edge_of_the_fork_leads_on(tmp_path: Path) -> None:
    model = Cast(a=["A"], b=[BROKEN], c=["C"], fix=["mended"])
    org = fan(after="fan.error → fix", fix={"task": "{{ error.step }} of {{ output }}"})
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", "mended"), run.error_message
        assert model.told("fix") == ["b of go"]


def test_a_failed_branch_is_left_out(tmp_path: Path) -> None:
    model = Cast(a=["A"], b=[BROKEN], c=["C"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(on_failure="go_on"), "go"))

        assert (run.status, run.output) == ("completed", '["A", "C"]'), run.error_message


def test_when_all_are_left_out_the_step_fails(tmp_path: Path) -> None:
    model = Cast(a=[BROKEN], b=[BROKEN], c=[BROKEN])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(on_failure="go_on"), "go"))

        assert (run.status, run.error_code) == ("failed", "no_branch_left")
        assert "All 3 branches of 'fan' failed" in str(run.error_message)


def test_a_failed_branch_is_tried_again(tmp_path: Path) -> None:
    """As often as allowed, at places of their own; the others are asked once."""
    model = Cast(a=["A"], b=[BROKEN, BROKEN, "B"], c=["C"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, fan(on_failure="retry", retries=2), "go"))

        assert (run.status, run.output) == ("completed", '["A", "B", "C"]'), run.error_message
        assert [line for line in steps_told(core, run.id) if line.startswith("+ fan/2")] == [
            "+ fan/2/b",
            "+ fan/2~1/b",
            "+ fan/2~2/b",
        ]
        assert (len(model.told("a")), len(model.told("c"))) == (1, 1)


def test_retries_come_to_an_end(tmp_path: Path) -> None:
    model = Cast(a=lambda call: BROKEN if "y" in call.told else call.told)
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, each(on_failure="retry"), "go"))

        assert (run.status, run.error_code) == ("failed", "model_behavior")
        assert sum("y" in told for told in model.told("a")) == 2


def test_an_item_that_fails_is_left_out(tmp_path: Path) -> None:
    model = Cast(a=lambda call: BROKEN if "y" in call.told else call.told[0])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, each(on_failure="go_on"), "go"))

        assert (run.status, run.output) == ("completed", '["0", "2"]'), run.error_message


def _finding(holds: bool) -> str:
    return json.dumps({"reason": "So it is.", "holds": holds})
