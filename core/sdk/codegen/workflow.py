"""Generates `workflow.py`: the steps as code that reads like the drawing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from core.organization.flow import Block, Stage, flow_tree
from core.organization.steps import (
    DEFAULT,
    OUT,
    AgentJoin,
    ApprovalStep,
    BranchStep,
    ConcatenateJoin,
    EndStep,
    FirstGoodJoin,
    JoinStep,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    TransformStep,
    VoteJoin,
)
from core.sdk.codegen.calls import call
from core.sdk.codegen.expressions import Expressions, remark
from core.sdk.codegen.frame import Frame
from core.sdk.codegen.identifiers import free_identifier
from core.sdk.codegen.literals import literal, quoted

_RESERVED = {"work", "here", "output", "results", "items", "item", "index", "value", "caught", "count", "before"}
_HELPERS = {
    "expressions": "divide, field, has, is_true, remainder, size, string, text, words",
    "cel_expressions": "evaluate",
    "joins": "concatenate, labelled, vote",
    "flow": "Scope",
    "signals": "STEP_ERRORS",
}


def workflow_module(frame: Frame) -> str:
    """The text of `workflow.py`."""
    writer = _Writer(frame)
    writer.workflow()
    imports = [f"from {frame.package}.support.{module} import {names}" for module, names in _HELPERS.items()]
    lines = [
        '"""The workflow: what comes after what."""',
        "import re",
        "from typing import Any",
        f"from {frame.package} import agents",
        *imports,
        "",
        *writer.lines,
    ]
    return "\n".join(lines)


class _Writer:
    """Writes stage by stage."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._org = frame.org
        self._taken = set(_RESERVED)
        self._depth = 0
        self._loops = 0
        self._counts: list[str] = []
        self._maps = 0
        self.lines: list[str] = []

    def workflow(self) -> None:
        """The function that is the whole workflow."""
        self._line("async def work(here: Scope, output: Any) -> Any:")
        with self._deeper():
            self._line('"""From the input to the final output."""')
            if self._block(flow_tree(self._org)):
                self._line("return output")

    # -- blocks -------------------------------------------------------------------------------------

    def _block(self, block: Block) -> bool:
        """The stages of a block; whether what follows can be reached."""
        for number, stage in enumerate(block):
            rest = block[number + 1 :]
            if stage.on_error is not None:
                return self._guarded(stage, stage.on_error, rest)
            if not self._stage(stage):
                return False
            if not rest and self._ends(stage):
                self._line("return output")
                return False
        return True

    def _inner(self, block: Block) -> bool:
        """The same, one level deeper, where something must stand."""
        with self._deeper():
            before = len(self.lines)
            reached = self._block(block)
            if len(self.lines) == before:
                self._line("pass")
        return reached

    def _guarded(self, stage: Stage, on_error: Block, rest: Block) -> bool:
        if isinstance(stage.step, LoopStep):
            self._line("before = output")
        self._line("try:")
        with self._deeper():
            reached = self._stage(stage)
        self._line("except STEP_ERRORS as caught:")
        with self._deeper():
            self._line(f"here.error = here.failure({quoted(stage.name)}, caught)")
            if isinstance(stage.step, LoopStep):
                self._line("output = before")
            recovered = self._block(on_error)
        if not rest and not self._ends(stage):
            return reached or recovered
        self._line("else:")
        with self._deeper():
            if rest:
                went_on = self._block(rest)
            else:
                self._line("return output")
                went_on = False
        return recovered or went_on

    def _ends(self, stage: Stage) -> bool:
        """Whether the way ends after the stage, which is the last of its block."""
        if isinstance(stage.step, BranchStep | ApprovalStep | EndStep):
            return False
        port = "done" if isinstance(stage.step, LoopStep) else OUT
        return not any(link.source == stage.name and link.port == port for link in self._org.flows())

    # -- stages -------------------------------------------------------------------------------------

    def _stage(self, stage: Stage) -> bool:
        """One stage; whether what follows can be reached."""
        match stage.step:
            case None:
                self._agent(stage.name)
            case EndStep() as step:
                self._end(step)
                return False
            case TransformStep() as step:
                self._transform(step)
            case BranchStep() as step:
                return self._branch(step, stage.blocks)
            case ApprovalStep() as step:
                return self._approval(step, stage.blocks)
            case LoopStep() as step:
                self._loop(step, stage.blocks["body"])
            case ParallelStep() as step:
                self._parallel(step, stage)
            case MapStep() as step:
                self._map(step, stage)
            case JoinStep() as step:
                self._join(step)
        return True

    def _agent(self, name: str) -> None:
        spec = self._org.agent(name)
        assert spec is not None, "a stage without a step is an agent"
        told = "output"
        if spec.task:
            told = self._template("task", spec.task)
        conversation = [("conversation", "True")] if spec.sees_conversation else []
        agent = f"agents.{self._frame.agents[name]}"
        self._line(f"output = await {call('here.run', agent, told, keywords=conversation, apart=False)}")

    def _end(self, step: EndStep) -> None:
        output = self._template("output", step.output) if step.output else "output"
        outcome = [("outcome", quoted(step.outcome))] if step.outcome != "completed" else []
        self._line(f"return {call('here.finish', quoted(step.name), output, keywords=outcome, apart=False)}")

    def _transform(self, step: TransformStep) -> None:
        self._at(step.name)
        if step.expression:
            value = self._expression("value", step.expression)
            if not step.assign:
                self._line(f"output = here.gives({value})")
                return
            self._line(f"value = {value}")
        if step.assign:
            pairs = [
                f"{quoted(name)}: {self._expression(f'state.{name}', text)}" for name, text in step.assign.items()
            ]
            self._line(f"here.state.update({{{', '.join(pairs)},}})")
        if step.expression:
            self._line("output = here.gives(value)")

    def _branch(self, step: BranchStep, blocks: Mapping[str, Block]) -> bool:
        self._at(step.name)
        reached = False
        word = "if"
        for case in step.cases:
            condition = self._expressions.condition(case.condition, case.name, step.name)
            self._remarks(condition.remarks)
            self._line(f"{word} {condition.code}:")
            reached = self._way(blocks, case.name) or reached
            word = "elif"
        if word == "if":
            return self._block(blocks[DEFAULT]) if DEFAULT in blocks else self._over()
        if blocks.get(DEFAULT) == ():
            return True
        self._line("else:")
        return self._way(blocks, DEFAULT) or reached

    def _approval(self, step: ApprovalStep, blocks: Mapping[str, Block]) -> bool:
        self._at(step.name)
        question = self._template("question", step.question)
        self._line(f"if await here.approved({quoted(step.name)}, {question}):")
        reached = self._way(blocks, "approved")
        if blocks.get("rejected") == ():
            return True
        self._line("else:")
        return self._way(blocks, "rejected") or reached

    def _way(self, blocks: Mapping[str, Block], port: str) -> bool:
        if port in blocks:
            return self._inner(blocks[port])
        with self._deeper():
            return self._over()

    def _over(self) -> bool:
        """The way is not drawn: the run ends here."""
        self._line("return output")
        return False

    def _loop(self, step: LoopStep, body: Block) -> None:
        self._at(step.name)
        self._loops += 1
        count = "count" if self._loops == 1 else f"count_{self._loops}"
        self._counts.append(count)
        # Round 0 only asks.
        self._line(f"for {count} in range({0 if step.check_first else 1}, {step.limit + 1}):")
        with self._deeper():
            until = self._expressions.condition(step.until, "until", step.name)
            if step.check_first:
                self._line(f"if {count} > 0:")
                self._inner(body)
            else:
                self._block(body)
            self._remarks(until.remarks)
            self._line(f"if {until.code}:")
            self._line("    break")
        if step.on_limit == "fail":
            self._line("else:")
            self._line(f"    here.limit_reached({quoted(step.name)}, {step.limit})")
        self._line(f"here.left({quoted(step.name)}, output)")
        self._counts.pop()
        self._loops -= 1

    # -- forks and joins ----------------------------------------------------------------------------

    def _parallel(self, step: ParallelStep, stage: Stage) -> None:
        self._at(step.name)
        functions = []
        names = _branch_names([branch[0].name if branch else "Input" for branch in stage.branches])
        for name, branch in zip(names, stage.branches, strict=True):
            function = free_identifier(f"{name} branch", "branch", self._taken)
            self._line(f"async def {function}(here: Scope, output: Any) -> Any:")
            self._body(branch)
            functions.append(f"{quoted(name)}: {function}")
        keywords = self._fork_keywords(step, stage.join, usual_limit=None)
        branches = f"{{{', '.join(functions)}}}"
        asked = call("here.parallel", quoted(step.name), "output", branches, keywords=keywords, apart=False)
        self._line(f"results = await {asked}")

    def _map(self, step: MapStep, stage: Stage) -> None:
        self._at(step.name)
        function = free_identifier(f"each of {step.name}", "each", self._taken)
        self._line(f"items = {self._expression('items', step.items)}")
        self._line(f"async def {function}(here: Scope, item: Any, index: int) -> Any:")
        with self._deeper():
            self._line("output = item")
        self._maps += 1
        self._body(stage.blocks["each"])
        self._maps -= 1
        keywords = self._fork_keywords(step, stage.join, usual_limit=4)
        asked = call("here.for_each", quoted(step.name), "items", function, keywords=keywords, apart=False)
        self._line(f"results = await {asked}")

    def _body(self, block: Block) -> None:
        """What runs beside others ends with its value."""
        with self._deeper():
            if self._block(block):
                self._line("return output")

    def _fork_keywords(
        self, step: ParallelStep | MapStep, join: str, *, usual_limit: int | None
    ) -> list[tuple[str, str]]:
        keywords = []
        if step.limit != usual_limit:
            keywords.append(("limit", literal(step.limit)))
        if step.on_failure != "fail_all":
            keywords.append(("on_failure", quoted(step.on_failure)))
        if step.retries != 2:
            keywords.append(("retries", literal(step.retries)))
        meeting = self._org.step(join)
        if isinstance(meeting, JoinStep) and isinstance(meeting.by, FirstGoodJoin):
            keywords.append(("until", self._good(meeting, meeting.by)))
        return keywords

    def _good(self, join: JoinStep, by: FirstGoodJoin) -> str:
        """The function that says whether an output will do."""
        function = free_identifier(f"good for {join.name}", "good", self._taken)
        self._line(f"async def {function}(here: Scope, output: Any) -> bool:")
        with self._deeper():
            condition = self._expressions.condition(by.condition, "condition", join.name)
            self._remarks(condition.remarks)
            self._line(f"return {condition.code}")
        return function

    def _join(self, step: JoinStep) -> None:
        self._line(f"here.at({quoted(step.name)}, results)")
        match step.by:
            case ConcatenateJoin(separator=separator):
                value = call("concatenate", "results", keywords=[("separator", quoted(separator))], apart=False)
            case ListJoin():
                value = "list(results)"
            case VoteJoin(by=by):
                value = self._vote(by)
            case FirstGoodJoin():
                value = "results[0]"
            case AgentJoin() as by:
                value = self._agent_join(by)
        self._line(f"output = here.gives({value})")

    def _vote(self, by: str) -> str:
        if not by:
            return "vote(results)"
        function = free_identifier("vote of", "vote_of", self._taken)
        self._line(f"def {function}(output: Any) -> Any:")
        with self._deeper():
            self._line(f"return {self._expression('by', by)}")
        return call("vote", "results", keywords=[("by", function)], apart=False)

    def _agent_join(self, by: AgentJoin) -> str:
        told = "labelled(results)"
        if by.task:
            told = self._template("task", by.task, output="list(results)")
        agent = self._frame.agents[by.agent]
        return f"await here.run(agents.{agent}, {told})"

    # -- lines --------------------------------------------------------------------------------------

    def _at(self, name: str) -> None:
        self._line(f"here.at({quoted(name)}, output)")

    @property
    def _expressions(self) -> Expressions:
        return self._expressions_on("output")

    def _expressions_on(self, output: str) -> Expressions:
        count = self._counts[-1] if self._counts else None
        return Expressions(count, in_map=self._maps > 0, output=output)

    def _expression(self, key: str, text: str) -> str:
        """The code of an expression, whose original is written above."""
        self._remarks([remark(key, text)])
        return self._expressions.value(text)

    def _template(self, key: str, text: str, *, output: str = "output") -> str:
        self._remarks([remark(key, text)])
        return self._expressions_on(output).template(text)

    def _remarks(self, remarks: Sequence[str]) -> None:
        for text in remarks:
            self._line(f"# {text}")

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    def _line(self, text: str) -> None:
        # A literal of several lines keeps them as they are.
        self.lines.append("    " * self._depth + text)


def _branch_names(wanted: Sequence[str]) -> list[str]:
    """Names that differ: of equal ones the second is called `name 2`."""
    seen: Counter[str] = Counter()
    names = []
    for name in wanted:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names
