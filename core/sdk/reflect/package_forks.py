"""Parallel steps, maps and joins in the workflow of a package that the studio wrote."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.organization.spec import AgentSpec
from core.organization.steps import MapStep, ParallelStep
from core.sdk.reflect.package_expressions import ExpressionReader
from core.sdk.reflect.package_module import PackageModule, arguments, called, keywords, last_name

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Fork:
    """A fork whose join comes next."""

    name: str
    good: Definition | None
    """The function that says whether an output will do, of a join that takes the first good one."""


def fork_step(
    module: PackageModule, name: str, value: ast.expr, items: str
) -> tuple[ParallelStep | MapStep, list[str]]:
    """The step of `here.parallel(…)` or `here.for_each(…)`, and the functions that it runs."""
    given, named = arguments(value), keywords(value)
    options: dict[str, Any] = {key: module.value(node) for key, node in named.items() if key != "until"}
    if called(value) == "for_each":
        return MapStep.model_validate({"name": name, "items": items, **options}), [last_name(given[2])]
    branches = given[2]
    functions = branches.values if isinstance(branches, ast.Dict) else []
    return ParallelStep.model_validate({"name": name, **options}), [last_name(each) for each in functions]


def join_by(
    module: PackageModule,
    expressions: ExpressionReader,
    value: ast.expr,
    fork: Fork,
    functions: Mapping[str, Definition],
    agents: Mapping[str, AgentSpec],
    line: int,
) -> dict[str, Any]:
    """How a join makes one value, as data of the spec."""
    match called(value):
        case "concatenate":
            separator = keywords(value).get("separator")
            return {"kind": "concatenate", **({"separator": module.value(separator)} if separator else {})}
        case "vote":
            by = keywords(value).get("by")
            return {
                "kind": "vote",
                "by": _returned(module, expressions, functions.get(last_name(by)), "by") if by else "",
            }
        case "run":
            told = arguments(value)[1]
            task = ""
            if called(told) != "labelled":
                task = expressions.template(told, module.remarks(line).get("task"), output="list(results)")
            spec = agents.get(last_name(arguments(value)[0]))
            return {"kind": "agent", "agent": spec.name if spec else "", "task": task}
        case "list":
            return {"kind": "list"}
        case _ if isinstance(value, ast.Subscript) and fork.good is not None:
            result = _last_return(fork.good)
            condition = expressions.condition(result, module.remarks(_line(fork.good)).get("condition"))
            return {"kind": "first_good", "condition": condition.model_dump()}
        case _:
            module.left(value, "It is no join as the studio writes them; the outputs are put together.")
            return {"kind": "concatenate"}


def _returned(module: PackageModule, expressions: ExpressionReader, function: Definition | None, key: str) -> str:
    if function is None:
        return ""
    return expressions.value(_last_return(function), module.remarks(_line(function)).get(key))


def _last_return(function: Definition) -> ast.expr:
    last = function.body[-1]
    return last.value if isinstance(last, ast.Return) and last.value is not None else ast.Constant(None)


def _line(function: Definition) -> int:
    return function.body[-1].lineno
