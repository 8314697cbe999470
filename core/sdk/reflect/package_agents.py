"""The agents of a package that the studio wrote, and their links."""

from __future__ import annotations

import ast
from typing import Any

from pydantic import ValidationError

from core.organization.names import as_tool_name
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    GuardrailSpec,
    GuardsLink,
    HandoffLink,
    Link,
    ModelSettingsSpec,
    Organization,
    ToolSpec,
    UsesLink,
)
from core.sdk.reflect.package_module import (
    PackageModule,
    UnreadableError,
    arguments,
    called,
    items,
    keywords,
    last_name,
)
from core.sdk.reflect.package_parts import read_approval

_TEXTS = ("name", "handoff_description", "instructions", "model")
_LISTS = ("tools", "mcp_servers", "input_guardrails", "output_guardrails", "handoffs")
_HISTORIES = {"remove_all_tools": "without_tools", "last_message": "last_message"}


class AgentsReader:
    """Reads `agents.py`."""

    def __init__(
        self,
        module: PackageModule,
        base: Organization,
        tools: dict[str, ToolSpec],
        guardrails: dict[str, GuardrailSpec],
    ) -> None:
        self._module = module
        self._base = base
        self._tools = tools
        self._guardrails = guardrails
        self.specs: dict[str, AgentSpec] = {}
        """By the names that they have in the code."""
        self.links: list[Link] = []
        self.entry = ""
        self._lists: list[tuple[str, str, list[ast.expr]]] = []
        for statement in module.module.tree.body:
            self._statement(statement)
        for variable, field, values in self._lists:
            for node in values:
                self._link(variable, field, node)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id="ENTRY")], value=ast.Name(id=variable)):
                self.entry = self.specs[variable].name if variable in self.specs else ""
            case ast.Assign(targets=[ast.Name(id=variable)], value=value) if called(value) == "Agent":
                self._agent(variable, value)
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=variable), attr=field)], value=value) if (
                field in _LISTS
            ):
                self._lists = [each for each in self._lists if each[:2] != (variable, field)]
                self._lists.append((variable, field, items(value)))
            case ast.AugAssign(
                target=ast.Attribute(value=ast.Name(id=variable), attr=field), op=ast.Add(), value=value
            ) if field in _LISTS:
                self._lists.append((variable, field, items(value)))
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                return
            case _:
                self._module.left(node)

    def _agent(self, variable: str, node: ast.expr) -> None:
        given = keywords(node)
        fields: dict[str, Any] = {}
        for name in _TEXTS:
            self._take(fields, name, given.get(name))
        if "model_settings" in given:
            fields["settings"] = self._settings(given["model_settings"])
        if called(given.get("output_type")) == "JsonOutput":
            schema = arguments(given["output_type"])
            self._take(fields, "output_schema", schema[0] if schema else None)
        elif "output_type" in given:
            self._module.left(given["output_type"], "An output type is read as `JsonOutput({…schema…})`.")
        self._take(fields, "tool_use", given.get("tool_use_behavior"))
        known = self._base.agent(str(fields.get("name")))
        kept = {"task": known.task, "sees_conversation": known.sees_conversation} if known else {}
        extra = dict(known.model_extra or {}) if known else {}
        if fields.get("tool_use") == "run_llm_again":
            del fields["tool_use"]
        try:
            self.specs[variable] = AgentSpec.model_validate({**extra, **kept, **fields})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            self._module.report.not_carried(
                f"agent `{variable}`", self._module.where(node), f"{place}: {first['msg']}."
            )
            return
        self._module.report.carried(f"agent '{self.specs[variable].name}'", self._module.where(node))
        for field in _LISTS:
            if field in given:
                self._lists.append((variable, field, items(given[field])))

    def _take(self, fields: dict[str, Any], name: str, node: ast.expr | None) -> None:
        if node is None:
            return
        try:
            fields[name] = self._module.value(node)
        except UnreadableError:
            # Better as it stands in the code than not at all.
            self._module.left(node, f"Only running tells this {name.replace('_', ' ')}.")
            if name in {"name", "instructions"}:
                fields[name] = self._module.module.source(node)

    def _settings(self, node: ast.expr) -> ModelSettingsSpec:
        fields: dict[str, Any] = {}
        for name, value in keywords(node).items():
            if name == "reasoning" and called(value) == "Reasoning":
                self._take(fields, "reasoning_effort", keywords(value).get("effort"))
            elif name == "timeout":
                self._take(fields, "timeout_seconds", value)
            elif name in ModelSettingsSpec.model_fields:
                self._take(fields, name, value)
            else:
                self._module.left(value, f"The model setting {name} is not in the spec.")
        try:
            return ModelSettingsSpec.model_validate(fields)
        except ValidationError as error:
            self._module.left(node, f"{error.errors(include_url=False)[0]['msg']}.")
            return ModelSettingsSpec()

    # -- links ----------------------------------------------------------------------------------

    def _link(self, variable: str, field: str, node: ast.expr) -> None:
        spec = self.specs.get(variable)
        if spec is None:
            return
        name = last_name(node)
        try:
            if field in {"tools", "mcp_servers"} and called(node) == "as_tool":
                self.links.append(self._as_tool(spec, node))
            elif field in {"tools", "mcp_servers"} and name in self._tools:
                self.links.append(UsesLink(source=spec.name, target=self._tools[name].name))
            elif field.endswith("guardrails") and name in self._guardrails:
                self.links.append(GuardsLink(source=self._guardrails[name].name, target=spec.name))
            elif field == "handoffs":
                self.links.append(self._handoff(spec, node))
            else:
                self._module.left(node, f"It is among the {field.replace('_', ' ')} of '{spec.name}'.")
        except (UnreadableError, ValidationError, KeyError, IndexError):
            self._module.left(node, f"It is among the {field.replace('_', ' ')} of '{spec.name}'.")

    def _as_tool(self, spec: AgentSpec, node: ast.expr) -> AsToolLink:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            raise UnreadableError(node)
        target = self.specs[last_name(node.func.value)]
        given = keywords(node)
        link = AsToolLink(
            source=spec.name,
            target=target.name,
            approval=read_approval(self._module, given.get("needs_approval")),
        )
        known = self._known(link)
        name = self._module.value(given["tool_name"]) if "tool_name" in given else None
        told = self._module.value(given["tool_description"]) if "tool_description" in given else ""
        usual = target.handoff_description or f"Ask {target.name}."
        # What the code says may be said by leaving it out, too; the export knows which it was.
        if isinstance(known, AsToolLink) and (as_tool_name(known), known.description or usual) == (name, told):
            return link.model_copy(update={"tool_name": known.tool_name, "description": known.description})
        own = AsToolLink.model_validate(
            {**link.model_dump(), "tool_name": name, "description": "" if told == usual else told}
        )
        return own.model_copy(update={"tool_name": None}) if name == as_tool_name(link) else own

    def _handoff(self, spec: AgentSpec, node: ast.expr) -> HandoffLink:
        if called(node) != "handoff":
            return HandoffLink(source=spec.name, target=self.specs[last_name(node)].name)
        target = self.specs[last_name(arguments(node)[0])]
        given = keywords(node)
        chosen = given.get("input_filter")
        history = _HISTORIES[last_name(chosen)] if chosen is not None else "all"
        told = (
            self._module.value(given["tool_description_override"]) if "tool_description_override" in given else ""
        )
        lead = f"Hand off to {target.name}."
        description = told.removeprefix(f"{lead} ") if told.startswith(f"{lead} ") else told
        link = HandoffLink.model_validate(
            {
                "source": spec.name,
                "target": target.name,
                "history": history,
                "description": ""
                if told in (lead, f"{lead} {target.handoff_description}".strip())
                else description,
            }
        )
        known = self._known(link)
        if isinstance(known, HandoffLink) and known.description == description:
            return link.model_copy(update={"description": known.description})
        return link

    def _known(self, link: Link) -> Link | None:
        return next((each for each in reversed(self._base.links) if each.key == link.key), None)
