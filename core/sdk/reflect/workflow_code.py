"""Rebuilds a workflow from the code that runs it: chained runs, if, while, approvals, state, transforms, ends."""

from __future__ import annotations

import ast
import re
from typing import Any

from core.organization.spec import AgentSpec
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    EndStep,
    LoopStep,
    TransformStep,
)
from core.sdk.reflect.cel_parts import UntranslatableError
from core.sdk.reflect.flow_graph import START, FlowGraph, Way
from core.sdk.reflect.hosted_guardrails import HostedGuardrails
from core.sdk.reflect.meanings import (
    Cel,
    Given,
    Meaning,
    RunOf,
    State,
    Unknown,
    hole,
    quoted,
)
from core.sdk.reflect.python_code import PythonReader
from core.sdk.reflect.run_inputs import RunInput, read_input
from core.sdk.reflect.values import Frame, Made, Mapping, plain
from core.sdk.reflect.workflow_names import CodeNames

ROUNDS = 25
"""The limit of a loop that had none."""
_QUIET = ("print", "logger", "logging", "log", "conversation_history", "emit", "asyncio")


class WorkflowReader:
    """Walks the statements of a function that runs agents."""

    def __init__(self, reader: PythonReader, frame: Frame) -> None:
        self._reader = reader
        self._report = reader.report
        self._frame = frame
        self._module = frame.module
        self.graph = FlowGraph(reader.node_names)
        self.state: dict[str, Any] = {}
        self.tasks: dict[str, tuple[str, bool]] = {}
        """Task and sight of the conversation by agent."""
        self.copies: list[tuple[AgentSpec, str]] = []
        """Agents that stand in the code more than once: the copy, and the name of the first."""
        self.guardrails = HostedGuardrails(reader, frame)
        self._code = CodeNames(reader, frame, self.guardrails)
        self._used: set[str] = set()
        self._loops = 0

    def read(self) -> bool:
        """Read the function; whether there is a workflow in it."""
        node = self._frame.scope.node
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for argument in (*node.args.posonlyargs, *node.args.args)[:1]:
            self._code.names[argument.arg] = Given()
        left = self._body(node.body, [START])
        forgotten = [way for way in left if way[0] and not self._may_just_end(way)]
        if forgotten:
            self.graph.step(forgotten, EndStep(name=self._name("End")))
        return bool(self.graph.entry)

    # -- statements -----------------------------------------------------------------------------

    def _body(self, statements: list[ast.stmt], ways: list[Way]) -> list[Way]:
        for statement in statements:
            if not ways:
                self._code.left(statement, "It comes after the end.")
                return []
            ways = self._statement(statement, ways)
        return ways

    def _statement(self, node: ast.stmt, ways: list[Way]) -> list[Way]:
        match node:
            case ast.With(body=body) | ast.AsyncWith(body=body):
                return self._body(body, ways)
            case ast.If():
                return self._if(node, ways)
            case ast.While():
                return self._while(node, ways)
            case ast.Try(body=body, handlers=handlers, finalbody=final):
                for handler in handlers:
                    self._code.left(handler, "What is done on errors is not read.")
                return self._body([*body, *node.orelse, *final], ways)
            case ast.Return(value=value):
                return self._return(node, value, ways)
            case ast.Assign(targets=[target], value=value):
                return self._assign(target, value, node, ways)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                return self._assign(target, value, node, ways)
            case ast.AugAssign(target=ast.Subscript() as target, op=op, value=value):
                changed = ast.copy_location(ast.BinOp(target, op, value), node)
                return self._assign(target, changed, node, ways)
            case ast.Expr(value=value):
                return self._expression(node, value, ways)
            case ast.Pass() | ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef():
                return ways
            case ast.Raise():
                return self.graph.step(ways, EndStep(name=self._name("Failed"), outcome="failed"))
            case _:
                self._code.left(node)
                return ways

    def _expression(self, node: ast.Expr, value: ast.expr, ways: list[Way]) -> list[Way]:
        run = self._code.run_of(value)
        if run is not None:
            return self._run(run, ways)[1]
        quiet = isinstance(value, ast.Constant) or self._module.source(value).startswith(_QUIET)
        if not quiet:
            self._code.left(node)
        return ways

    def _assign(self, target: ast.expr, value: ast.expr, node: ast.stmt, ways: list[Way]) -> list[Way]:
        run = self._code.run_of(value)
        if run is not None and isinstance(target, ast.Name):
            result, ways = self._run(run, ways)
            self._code.names[target.id] = result
            return ways
        match target:
            case ast.Name(id="state") if isinstance(value, ast.Dict):
                return self._first_state(value, ways)
            case ast.Name(id="conversation_history"):
                self._code.names["conversation_history"] = self._code.history(value)
            case ast.Name(id=name) if name.startswith("transform_result") and isinstance(value, ast.Dict):
                return self._transform(name, value, ways)
            case ast.Name(id=name):
                self._code.names[name] = self._code.meant(value)
                self._code.texts[name] = value
                if (
                    isinstance(self._code.names[name], Unknown)
                    and _does_something(value)
                    and "guardrail" not in name
                ):
                    self._code.left(node)
            case ast.Subscript(value=ast.Name(id="state"), slice=ast.Constant(value=str() as name)):
                return self._set_state(name, value, node, ways)
            case _:
                self._code.left(node)
        return ways

    # -- runs -----------------------------------------------------------------------------------

    def _run(self, call: ast.Call, ways: list[Way]) -> tuple[Meaning, list[Way]]:
        made = self._reader.finder.evaluator.value(call, self._frame)
        assert isinstance(made, Made)
        agent = self._reader.finder.agent(self._reader.finder.option(made, "starting_agent", 0))
        if agent is None:
            self._code.left(call, "Only running tells which agent.")
            return Unknown(self._module.source(call)), ways
        first = self._reader.specs[id(agent)]
        name = self._place(first)
        node = next((each.value for each in call.keywords if each.arg == "input"), None)
        if node is None and len(call.args) > 1:
            node = call.args[1]
        given = read_input(node, self._code.translator, self._module.source) if node is not None else RunInput()
        self.tasks[name] = (self._task(given, name, call, first=ways == [START]), given.sees_conversation)
        self.guardrails.attach(name)
        result = RunOf(name, first.output_schema)
        self._code.value = result.output
        self._report.carried(f"run of '{name}'", self._module.where(call))
        return result, self.graph.agent(ways, name)

    def _place(self, spec: AgentSpec) -> str:
        """The agent as a node of the flow: itself, or a copy where it is one already."""
        if spec.name not in self._used:
            self._used.add(spec.name)
            return spec.name
        name = self._reader.node_names.node(spec.name, "Agent")
        self.copies.append((spec.model_copy(update={"name": name}), spec.name))
        self._used.add(name)
        return name

    def _task(self, given: RunInput, name: str, call: ast.Call, *, first: bool) -> str:
        where = self._module.where(call)
        if given.unknown:
            note = (
                f"Parts that are not known stand there as code: {', '.join(f'`{each}`' for each in given.unknown)}"
            )
            self._report.approximated(f"input of '{name}'", where, note[:300])
        if given.roles:
            note = (
                f"A message of another role ({', '.join(sorted(given.roles))}) is part of what the user says now."
            )
            self._report.approximated(f"input of '{name}'", where, note)
        start = given.start if given.sees_conversation else ""
        if not given.texts and first and start in ("", hole("input")):
            return ""
        texts = given.texts or ([start] if start else [])
        return "\n\n".join(texts)

    # -- branches and approvals -------------------------------------------------------------------

    def _if(self, node: ast.If, ways: list[Way]) -> list[Way]:
        asked = self._code.approval_of(node.test)
        if asked is not None:
            return self._approval(node, asked, ways)
        if self._code.is_tripped(node.test):
            self.guardrails.stops(node.body, self._module)
            return self._body(node.orelse, ways)
        cases: list[tuple[BranchCase, list[ast.stmt]]] = []
        rest: list[ast.stmt] = [node]
        taken = {"default", "error"}
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            branch = rest[0]
            if cases and (self._code.approval_of(branch.test) is not None or self._code.is_tripped(branch.test)):
                break
            name = _case_name(branch.test, taken)
            cases.append(
                (
                    BranchCase(name=name, condition=CelCondition(expression=self._code.asked(branch.test))),
                    branch.body,
                )
            )
            rest = branch.orelse
        step = BranchStep(name=self._name("Branch"), cases=[case for case, _ in cases])
        self.graph.step(ways, step)
        self._report.carried(f"branch '{step.name}'", self._module.where(node))
        bodies = [([(step.name, case.name)], body) for case, body in cases]
        return self._sides([*bodies, ([(step.name, "default")], rest)])

    def _sides(self, sides: list[tuple[list[Way], list[ast.stmt]]]) -> list[Way]:
        """Walk what is done on each side; variables keep what they mean on all of them."""
        before, value = dict(self._code.names), self._code.value
        after: list[Way] = []
        ends: list[tuple[dict[str, Meaning], Cel]] = []
        for ways, body in sides:
            self._code.names, self._code.value = dict(before), value
            left = self._body(body, list(ways))
            if left:
                after += left
                ends.append((self._code.names, self._code.value))
        self._code.names = _common([names for names, _ in ends]) if ends else before
        values = {each.text for _, each in ends}
        self._code.value = ends[0][1] if len(values) == 1 else Cel("output")
        return after

    def _approval(self, node: ast.If, asked: tuple[ast.Call, bool], ways: list[Way]) -> list[Way]:
        call, refused = asked
        where = self._module.where(call)
        question = ""
        if call.args:
            told = call.args[0]
            told = self._code.texts.get(told.id, told) if isinstance(told, ast.Name) else told
            question, unknown = self._code.translator.template(told)
            if unknown:
                self._report.approximated(
                    "question of an approval", where, f"`{unknown[0]}` is kept as it is written."
                )
        question = question if question.strip() else "May this go on?"
        step = ApprovalStep(name=self._name("Approval"), question=question)
        self.graph.step(ways, step)
        note = "The code said yes to everything; now a person decides."
        self._report.carried(f"approval '{step.name}'", where, note)
        yes, no = (node.orelse, node.body) if refused else (node.body, node.orelse)
        return self._sides([([(step.name, "approved")], yes), ([(step.name, "rejected")], no)])

    # -- loops ------------------------------------------------------------------------------------

    def _while(self, node: ast.While, ways: list[Way]) -> list[Way]:
        where = self._module.where(node)
        until, body, first = self._until(node)
        step = LoopStep(
            name=self._name("Loop"),
            until=CelCondition(expression=until),
            limit=ROUNDS,
            check_first=first,
            on_limit="fail",
        )
        self.graph.step(ways, step)
        self._loops += 1
        before, value = dict(self._code.names), self._code.value
        left = self._body(body, [(step.name, "body")])
        self._loops -= 1
        if left == [(step.name, "body")]:
            self.graph.drop(step.name)
            self._code.names, self._code.value = before, value
            self._code.left(node, "Its body does nothing that is carried.")
            return ways
        self.graph.lead(left, step.name)
        self._code.value = Cel("output")
        self._report.approximated(
            f"loop '{step.name}'", where, f"It had no limit; now it fails after {ROUNDS} rounds."
        )
        return [(step.name, "done")]

    def _until(self, node: ast.While) -> tuple[str, list[ast.stmt], bool]:
        """When a loop is done, what its body is, and whether the condition is asked before the first round."""
        if not (isinstance(node.test, ast.Constant) and node.test.value):
            return self._code.asked(node.test, negated=True), node.body, True
        last = node.body[-1]
        if isinstance(last, ast.If) and len(last.body) == 1 and isinstance(last.body[0], ast.Break):
            # Names that the body binds are asked after it, so they must be known by then.
            names = dict(self._code.names)
            self._code.bind_ahead(node.body[:-1])
            until = self._code.asked(last.test)
            self._code.names = names
            return until, [*node.body[:-1], *last.orelse], False
        self._report.not_carried("end of a loop", self._module.where(node), "Where it breaks off is not read.")
        return "false", node.body, False

    # -- values -----------------------------------------------------------------------------------

    def _first_state(self, value: ast.Dict, ways: list[Way]) -> list[Way]:
        self._code.names["state"] = State()
        known = self._reader.finder.evaluator.value(value, self._frame)
        later: dict[str, str] = {}
        for key, part in known.names().items() if isinstance(known, Mapping) else ():
            try:
                self.state[key] = plain(part)
            except ValueError:
                self.state[key] = None
                node = next(
                    each
                    for name, each in zip(value.keys, value.values, strict=True)
                    if isinstance(name, ast.Constant) and name.value == key
                )
                later |= self._code.assigned(key, node)
        if later:
            return self.graph.step(ways, TransformStep(name=self._name("Set state"), assign=later))
        return ways

    def _set_state(self, name: str, value: ast.expr, node: ast.stmt, ways: list[Way]) -> list[Way]:
        assigned = self._code.assigned(name, value)
        self.state.setdefault(name, None)
        if not assigned or assigned == {name: f"state.{name}"}:
            return ways
        self._report.carried(f"state '{name}'", self._module.where(node))
        return self.graph.step(ways, TransformStep(name=self._name("Set state"), assign=assigned))

    def _transform(self, name: str, value: ast.Dict, ways: list[Way]) -> list[Way]:
        where = self._module.where(value)
        try:
            expression = self._code.translator.expression(value)
        except UntranslatableError:
            note = f"`{self._module.source(value)[:200]}` has no form in CEL; the value passes as it is."
            self._report.not_carried("transform", where, note)
            expression = ""
        step = TransformStep(name=self._name("Transform"), expression=expression)
        self._report.carried(f"transform '{step.name}'", where)
        self._code.value = Cel(f"steps[{quoted(step.name)}]", "object")
        self._code.names[name] = self._code.value
        return self.graph.step(ways, step)

    def _return(self, node: ast.Return, value: ast.expr | None, ways: list[Way]) -> list[Way]:
        """An end; where the value that arrives is what is returned, the way just ends."""
        output, same = "", True
        if value is not None:
            meaning = self._code.meant(value)
            output, same = self._code.ending(meaning, value)
        if same and not self._loops and all(self._may_just_end(way) for way in ways):
            return []
        step = EndStep(name=self._name("End"), output="" if same else output)
        return self.graph.step(ways, step)

    def _may_just_end(self, way: Way) -> bool:
        """Whether it is plain that the run ends there: a branch that leads nowhere looks like one forgotten."""
        source, _ = way
        return bool(source) and not any(
            isinstance(step, BranchStep | ApprovalStep) for step in self.graph.steps if step.name == source
        )

    def _name(self, wanted: str) -> str:
        return self._reader.node_names.node(wanted, wanted)


def _common(sides: list[dict[str, Meaning]]) -> dict[str, Meaning]:
    """The names that mean the same on all sides."""
    first, *others = sides
    return {name: meaning for name, meaning in first.items() if all(side.get(name) == meaning for side in others)}


def _case_name(test: ast.expr, taken: set[str]) -> str:
    """A name for a way out: the word that is compared with, else `case`."""
    compared = [each.comparators[0] for each in ast.walk(test) if isinstance(each, ast.Compare)]
    words = [side.value for side in compared if isinstance(side, ast.Constant) and isinstance(side.value, str)]
    word = words[0] if words else ""
    stem = re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")[:40]
    stem = stem if stem and not stem[0].isdigit() else "case"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name)
    return name


def _does_something(value: ast.expr) -> bool:
    """Whether an expression calls something, so that leaving it out is worth a word."""
    return any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(value))
