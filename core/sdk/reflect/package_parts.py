"""Tools, guardrails and settings of a package that the studio wrote."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from core.organization.spec import (
    AlwaysApprove,
    ApprovalRule,
    ApproveWhen,
    GuardrailSpec,
    NeverApprove,
    Organization,
    RunSettings,
    Spec,
    ToolSpec,
)
from core.sdk.reflect.package_module import PackageModule, UnreadableError, arguments, called, keywords

SpecT = TypeVar("SpecT", bound=Spec)
_TOOL: TypeAdapter[ToolSpec] = TypeAdapter(ToolSpec)
_GUARDRAIL: TypeAdapter[GuardrailSpec] = TypeAdapter(GuardrailSpec)
_TOOL_KINDS = {"tool": "function", "http_tool": "http", "StdioServer": "mcp_stdio", "HttpServer": "mcp_http"}
_SETTINGS = {
    "MAX_TURNS": "max_turns",
    "TIMEOUT_SECONDS": "timeout_seconds",
    "STORE_PAYLOADS": "store_payloads",
    "BUDGET_TOKENS": "budget_tokens",
    "MEMORY": "memory",
    "BUDGET_USD": "budget_usd",
}


def read_settings(module: PackageModule, base: Organization) -> Organization:
    """The organization with its name, limits and state as the settings say."""
    given = dict(module.assignments())
    changed: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for name, node in given.items():
        try:
            if name in _SETTINGS:
                limits[_SETTINGS[name]] = module.value(node)
            elif name in {"NAME", "STATE"}:
                changed[name.lower()] = module.value(node)
        except UnreadableError as error:
            module.left(error.node, "The setting stays as it was.")
    try:
        run = RunSettings.model_validate({**base.run.model_dump(), **limits})
        return Organization.model_validate({**base.model_dump(), **changed, "run": run.model_dump()})
    except ValidationError as error:
        note = f"They stay as they were: {error.errors(include_url=False)[0]['msg']}."
        module.report.not_carried("settings", module.module.path, note)
        return base


def read_tools(module: PackageModule, package: str, base: Organization) -> dict[str, ToolSpec]:
    """The tools by the names that they have in the code."""
    found: dict[str, ToolSpec] = {}
    for name, node in module.assignments():
        kind = _TOOL_KINDS.get(called(node))
        if kind is None:
            module.left(node, "It is no tool.")
            continue
        try:
            fields = _fields(module, node)
            if kind == "function":
                fields["function"] = _function(module, arguments(node)[0], package)
            known = base.tool(str(fields.get("name")))
            extra = dict(known.model_extra or {}) if known is not None else {}
            found[name] = _TOOL.validate_python({**extra, **fields, "kind": kind})
        except (UnreadableError, IndexError, ValidationError) as error:
            _refused(module, node, f"tool '{name}'", error)
    return found


def read_guardrails(module: PackageModule, base: Organization) -> dict[str, GuardrailSpec]:
    """The guardrails by the names that they have in the code."""
    found: dict[str, GuardrailSpec] = {}
    for name, node in module.assignments():
        stage = called(node).removesuffix("_guardrail")
        check = keywords(node).get("check")
        kind = {"regex": "regex", "keywords": "keyword", "judge": "judge"}.get(called(check))
        if check is None or kind is None or stage not in {"input", "output"}:
            module.left(node, "It is no guardrail.")
            continue
        try:
            fields = {key: module.value(each) for key, each in keywords(node).items() if key != "check"}
            subject = {"regex": "pattern", "keyword": "keywords", "judge": "instructions"}[kind]
            fields[subject] = module.value(arguments(check)[0])
            fields |= {key: module.value(each) for key, each in keywords(check).items()}
            known = base.guardrail(str(fields.get("name")))
            extra = dict(known.model_extra or {}) if known is not None else {}
            found[name] = _GUARDRAIL.validate_python({**extra, **fields, "stage": stage, "kind": kind})
        except (UnreadableError, IndexError, ValidationError) as error:
            _refused(module, node, f"guardrail '{name}'", error)
    return found


def read_approval(module: PackageModule, node: ast.expr | None) -> ApprovalRule:
    """The approval rule that `needs_approval` is. Raises UnreadableError."""
    if node is None:
        return NeverApprove()
    if called(node) == "when" and len(arguments(node)) == 3:
        argument, operator, value = (module.value(each) for each in arguments(node))
        return ApproveWhen(argument=argument, operator=operator, value=value)
    known = module.value(node)
    if isinstance(known, bool):
        return AlwaysApprove() if known else NeverApprove()
    raise UnreadableError(node)


def _fields(module: PackageModule, node: ast.expr) -> dict[str, Any]:
    given = keywords(node)
    fields = {key: module.value(each) for key, each in given.items() if key != "needs_approval"}
    if "needs_approval" in given:
        fields["approval"] = read_approval(module, given["needs_approval"])
    return fields


def _function(module: PackageModule, node: ast.expr, package: str) -> str:
    """`module:function` of what a tool wraps."""
    if called(node) == "import_function":
        return str(module.value(arguments(node)[0]))
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in module.imports:
            found = module.imports[owner]
        case ast.Name(id=local) if local in module.imports:
            found, _, name = module.imports[local].rpartition(".")
        case _:
            raise UnreadableError(node)
    vendored = f"{package}.toolbox."
    if found.startswith(vendored):
        found = f"core.toolbox.{found.removeprefix(vendored)}"
    return f"{found}:{name}"


def _refused(module: PackageModule, node: ast.expr, what: str, error: Exception) -> None:
    reason = "A part of it is known only while it runs."
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."
    module.report.not_carried(what, module.where(node), reason)
