"""The workflow of a package that the studio wrote: its statements, walked in their order."""

from __future__ import annotations

import ast
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.organization.spec import AgentSpec
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    Step,
)
from core.sdk.reflect.flow_graph import START, FlowGraph, Way
from core.sdk.reflect.names import Names
from core.sdk.reflect.package_expressions import ExpressionReader
from core.sdk.reflect.package_forks import Fork, fork_step, join_by
from core.sdk.reflect.package_module import (
    PackageModule,
    UnreadableError,
    arguments,
    called,
    keywords,
    last_name,
)

_STEP: TypeAdapter[Step] = TypeAdapter(Step)


class PackageWorkflow:
    """Reads `workflow.py`."""

    def __init__(self, module: PackageModule, agents: dict[str, AgentSpec]) -> None:
        self._module = module
        self._agents = agents
        self._expressions = ExpressionReader(module)
        self.graph = FlowGraph(Names())
        self.tasks: dict[str, tuple[str, bool]] = {}
        """Task and sight of the conversation by agent."""
        self._at = ""
        """The step that `here.at` has named and nothing has told the kind of yet."""
        self._forks: list[list[Way]] = []
        """The ways that ended in the branches of the forks around."""
        self._functions: dict[str, ast.AsyncFunctionDef | ast.FunctionDef] = {}
        self._fork: Fork | None = None
        self._value: ast.expr | None = None
        self._value_line = 0
        self._items = "output"
        self._assign: dict[str, str] = {}

    def read(self) -> None:
        """Read the function `work`."""
        for node in self._module.module.tree.body:
            if isinstance(node, ast.AsyncFunctionDef) and node.name == "work":
                self._block(node.body, [START])
                return
        self._module.report.not_carried(
            "workflow", self._module.module.path, "There is no `async def work(here, output)`."
        )

    # -- blocks ---------------------------------------------------------------------------------

    def _block(self, statements: list[ast.stmt], ways: list[Way]) -> list[Way]:
        for statement in statements:
            try:
                ways = self._statement(statement, ways)
            except (UnreadableError, IndexError):
                self._module.left(statement, "It is not as the studio writes it.")
        return self._plain_transform(ways)

    def _statement(self, node: ast.stmt, ways: list[Way]) -> list[Way]:
        match node:
            case ast.Expr(value=value):
                return self._told(node, value, ways)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return self._assigned(name, value, node, ways)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                return self._assigned(name, value, node, ways)
            case ast.Assign(targets=[ast.Attribute(attr="error")]):
                return ways
            case ast.If():
                return self._if(node, ways)
            case ast.For():
                return self._loop(node, ways)
            case ast.Try():
                return self._guarded(node, ways)
            case ast.Return(value=value):
                return self._return(node, value, ways)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._functions[node.name] = node
                return ways
            case ast.Pass():
                return ways
            case _:
                self._module.left(node)
                return ways

    def _told(self, node: ast.stmt, value: ast.expr, ways: list[Way]) -> list[Way]:
        match called(value):
            case "at":
                ways = self._plain_transform(ways)
                self._at = self._text(arguments(value)[0], "a step")
                return ways
            case "update" if self._at:
                self._state(value, node)
                return ways
            case "left" | "limit_reached":
                return ways
            case _ if isinstance(value, ast.Constant):
                return ways
            case _:
                self._module.left(node)
                return ways

    def _assigned(self, name: str, value: ast.expr, node: ast.stmt, ways: list[Way]) -> list[Way]:
        match name, called(value):
            case "output", "run":
                return self._run(value, node, self._plain_transform(ways))
            case "output", "gives" if self._fork is not None:
                return self._join(arguments(value)[0], node, ways)
            case "output", "gives" if self._at:
                given = arguments(value)[0]
                if self._value is None or not (isinstance(given, ast.Name) and given.id == "value"):
                    self._value, self._value_line = given, node.lineno
                return self._plain_transform(ways)
            case "value", _ if self._at:
                self._value, self._value_line = value, node.lineno
                return ways
            case "items", _ if self._at:
                self._items = self._expressions.value(value, self._remark(node, "items"))
                return ways
            case "results", "parallel" | "for_each":
                return self._forked(value, node, ways)
            case (("before" | "output"), "") if isinstance(value, ast.Name):
                return ways
            case _:
                self._module.left(node)
                return ways

    def _remark(self, node: ast.AST, key: str) -> str | None:
        return self._module.remarks(getattr(node, "lineno", 0)).get(key)

    def _text(self, node: ast.expr, what: str) -> str:
        try:
            return str(self._module.value(node))
        except UnreadableError:
            self._module.left(node, f"It should name {what}.")
            return ""

    # -- agents, transforms, ends -----------------------------------------------------------------

    def _run(self, value: ast.expr, node: ast.stmt, ways: list[Way]) -> list[Way]:
        given = arguments(value)
        spec = self._agents.get(last_name(given[0])) if given else None
        if spec is None:
            self._module.left(node, "It runs no agent of this package.")
            return ways
        task = ""
        if len(given) > 1 and not (isinstance(given[1], ast.Name) and given[1].id == "output"):
            task = self._expressions.template(given[1], self._remark(node, "task"))
        sees = isinstance(keywords(value).get("conversation"), ast.Constant)
        self.tasks[spec.name] = (task, sees)
        return self.graph.agent(ways, spec.name)

    def _plain_transform(self, ways: list[Way]) -> list[Way]:
        """What `here.at` has named was a transform: nothing after it says otherwise."""
        if not self._at:
            return ways
        name, value, assign = self._at, self._value, self._assign
        self._at, self._value, self._assign = "", None, {}
        expression = ""
        if value is not None:
            original = self._module.remarks(self._value_line).get("value")
            expression = self._expressions.value(value, original)
        return self._step(ways, {"kind": "transform", "name": name, "expression": expression, "assign": assign})

    def _state(self, value: ast.expr, node: ast.stmt) -> None:
        given = arguments(value)
        pairs = given[0] if given else None
        if not isinstance(pairs, ast.Dict):
            self._module.left(node)
            return
        remarks = self._module.remarks(node.lineno)
        for key, part in zip(pairs.keys, pairs.values, strict=True):
            name = self._text(key, "a variable") if key is not None else ""
            self._assign[name] = self._expressions.value(part, remarks.get(f"state.{name}"))

    def _return(self, node: ast.Return, value: ast.expr | None, ways: list[Way]) -> list[Way]:
        ways = self._plain_transform(ways)
        if called(value) == "finish" and value is not None:
            given = arguments(value)
            output = ""
            if len(given) > 1 and not (isinstance(given[1], ast.Name) and given[1].id == "output"):
                output = self._expressions.template(given[1], self._remark(node, "output"))
            outcome = keywords(value).get("outcome")
            data = {"kind": "end", "name": self._text(given[0], "an end"), "output": output}
            self._step(ways, data | ({"outcome": self._text(outcome, "an outcome")} if outcome else {}))
        elif self._forks:
            self._forks[-1] += ways
        return []

    def _step(self, ways: list[Way], data: dict[str, Any]) -> list[Way]:
        """Add a step, or come back to it where two ways share what follows."""
        try:
            step = _STEP.validate_python(data)
        except ValidationError as error:
            what = f"step '{data.get('name')}'"
            self._module.report.not_carried(
                what, self._module.module.path, error.errors(include_url=False)[0]["msg"]
            )
            return ways
        if any(each.name == step.name for each in self.graph.steps):
            self.graph.lead(ways, step.name)
            return self.graph.ways_from(step)
        return self.graph.step(ways, step)

    # -- branches and approvals -------------------------------------------------------------------

    def _if(self, node: ast.If, ways: list[Way]) -> list[Way]:
        name, self._at = self._at, ""
        if not name:
            self._module.left(node, "No `here.at` names the step.")
            return ways
        if called(node.test) == "approved":
            question = self._expressions.template(arguments(node.test)[1], self._remark(node, "question"))
            self._step(ways, ApprovalStep(name=name, question=question).model_dump())
            return [
                *self._block(node.body, [(name, "approved")]),
                *self._block(node.orelse, [(name, "rejected")]),
            ]
        return self._branch(node, name, ways)

    def _branch(self, node: ast.If, name: str, ways: list[Way]) -> list[Way]:
        cases: list[tuple[BranchCase, list[ast.stmt]]] = []
        branch, rest = node, list(node.orelse)
        while True:
            keys = self._module.keys(branch.lineno)
            key = keys[-1] if keys else f"case_{len(cases) + 1}"
            original = self._module.remarks(branch.lineno).get(key)
            condition = self._expressions.condition(branch.test, original)
            cases.append((BranchCase(name=key, condition=condition), branch.body))
            rest = list(branch.orelse)
            if not (len(rest) == 1 and isinstance(rest[0], ast.If) and _is_elif(rest[0], branch)):
                break
            branch = rest[0]
        self._step(ways, BranchStep(name=name, cases=[case for case, _ in cases]).model_dump())
        after = [way for case, body in cases for way in self._block(body, [(name, case.name)])]
        return [*after, *self._block(rest, [(name, "default")])]

    # -- loops and errors -------------------------------------------------------------------------

    def _loop(self, node: ast.For, ways: list[Way]) -> list[Way]:
        name, self._at = self._at, ""
        bounds = arguments(node.iter)
        test = next((each for each in reversed(node.body) if isinstance(each, ast.If)), None)
        if not name or called(node.iter) != "range" or len(bounds) != 2 or test is None:
            self._module.left(node, "It is no loop as the studio writes them.")
            return ways
        first, beyond = (self._module.value(each) for each in bounds)
        if not isinstance(first, int) or not isinstance(beyond, int):
            raise UnreadableError(node)
        self._expressions.counts.append(last_name(node.target))
        until = self._expressions.condition(test.test, self._remark(test, "until"))
        step = {
            "kind": "loop",
            "name": name,
            "until": until.model_dump(),
            "limit": beyond - 1,
            "check_first": first == 0,
            "on_limit": "fail" if node.orelse else "go_on",
        }
        self._step(ways, step)
        body = [each for each in node.body if each is not test]
        if first == 0 and body and isinstance(body[0], ast.If):
            body = body[0].body
        self.graph.lead(self._block(body, [(name, "body")]), name)
        self._expressions.counts.pop()
        return [(name, "done")]

    def _guarded(self, node: ast.Try, ways: list[Way]) -> list[Way]:
        went_on = self._block(node.body, ways)
        recovered: list[Way] = []
        for handler in node.handlers:
            failure = next((each for each in handler.body if _is_failure(each)), None)
            if not isinstance(failure, ast.Assign):
                self._module.left(handler, "It is no error edge as the studio writes them.")
                continue
            name = self._text(arguments(failure.value)[0], "the step that failed")
            body = [each for each in handler.body if each is not failure]
            recovered += self._block(body, [(name, "error")])
        return [*self._block(node.orelse, went_on), *recovered]

    # -- forks and joins --------------------------------------------------------------------------

    def _forked(self, value: ast.expr, node: ast.stmt, ways: list[Way]) -> list[Way]:
        name, self._at = self._at, ""
        try:
            step, functions = fork_step(self._module, name, value, self._items)
        except (UnreadableError, IndexError, ValidationError):
            self._module.left(node, "It is no fork as the studio writes them.")
            return ways
        self._step(ways, step.model_dump())
        self._forks.append([])
        port = "each" if step.kind == "map" else "branch"
        self._expressions.maps += port == "each"
        for function in functions:
            found = self._functions.get(function)
            if found is not None:
                self._forks[-1] += self._block(found.body, [(name, port)])
        self._expressions.maps -= port == "each"
        until = keywords(value).get("until")
        good = self._functions.get(last_name(until)) if until is not None else None
        self._fork = Fork(name, good)
        return self._forks.pop()

    def _join(self, value: ast.expr, node: ast.stmt, ways: list[Way]) -> list[Way]:
        assert self._fork is not None
        name, fork = self._at, self._fork
        self._at, self._fork = "", None
        by = join_by(self._module, self._expressions, value, fork, self._functions, self._agents, node.lineno)
        return self._step(ways, {"kind": "join", "name": name, "by": by})


def _is_elif(inner: ast.If, outer: ast.If) -> bool:
    return inner.col_offset == outer.col_offset


def _is_failure(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and called(node.value) == "failure"
