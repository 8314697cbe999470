"""Exports of OpenAI's Agent Builder: the agents, and the workflow that `run_workflow` runs."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from core.organization.spec import AgentSpec, Link, Organization
from core.sdk.reflect.finder import Finder
from core.sdk.reflect.objects import given
from core.sdk.reflect.python_code import PythonReader, no_agents, organization_name
from core.sdk.reflect.report import Imported, Report
from core.sdk.reflect.runs import trace_name
from core.sdk.reflect.sources import SourceFile
from core.sdk.reflect.values import Frame, Made, text_of
from core.sdk.reflect.workflow_code import WorkflowReader

SOURCE = "Agent Builder export"
ENTRY_POINT = "run_workflow"


def is_export(files: Sequence[SourceFile]) -> bool:
    """Whether one of the files looks like an export: the function that runs the workflow, and its input."""
    texts = (file.text() for file in files if file.kind == ".py")
    return any(f"def {ENTRY_POINT}" in text and "WorkflowInput" in text for text in texts)


def import_export(files: Sequence[SourceFile], report: Report, *, name: str = "") -> Imported:
    """The organization of an export, workflow included. Raises ImportProblemError when there is nothing in it."""
    reader = PythonReader(files, report)
    frame = _entry_point(reader.finder)
    title = name or (trace_name(reader.finder, frame) if frame else None) or organization_name(files)
    walked = WorkflowReader(reader, frame) if frame is not None else None
    if walked is None or not walked.read():
        if not reader.finder.agents:
            raise no_agents(files, report)
        return Imported(reader.organization(title[:80]), report.finished(), SOURCE)
    org = _with_workflow(reader.agents_only(title[:80] or "Workflow"), walked)
    org = org.model_copy(update={"samples": _samples(reader.finder)})
    return Imported(org, report.finished(), SOURCE)


def _entry_point(finder: Finder) -> Frame | None:
    for module in finder.project.modules:
        for event in module.scope.events.get(ENTRY_POINT, []):
            scope = module.scope.inner.get(id(event.node))
            if scope is not None and isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
                return finder.evaluator.frame(scope)
    return None


def _with_workflow(org: Organization, walked: WorkflowReader) -> Organization:
    agents = [_in_flow(agent, walked) for agent in [*org.agents, *(copy for copy, _ in walked.copies)]]
    links: list[Link] = [*org.links]
    for copy, first in walked.copies:
        links += [link.model_copy(update={"source": copy.name}) for link in org.links if link.source == first]
        links += [
            link.model_copy(update={"target": copy.name})
            for link in org.links
            if link.target == first and link.kind == "guards"
        ]
    return org.model_copy(
        update={
            "entry": walked.graph.entry,
            "agents": agents,
            "guardrails": [*org.guardrails, *walked.guardrails.specs],
            "steps": walked.graph.steps,
            "state": walked.state,
            "links": [*links, *walked.guardrails.links, *walked.graph.links],
        }
    )


def _in_flow(agent: AgentSpec, walked: WorkflowReader) -> AgentSpec:
    task, sees = walked.tasks.get(agent.name, ("", False))
    return agent.model_copy(update={"task": task, "sees_conversation": sees})


def _samples(finder: Finder) -> list[str]:
    """Inputs that the files give to the workflow: `WorkflowInput(input_as_text="…")`."""
    found: list[str] = []
    for module in finder.project.modules:
        frame = finder.evaluator.frame(module.scope)
        for call in ast.walk(module.tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "WorkflowInput":
                made = Made("WorkflowInput", call, frame)
                text = text_of(given(finder.evaluator, made, "input_as_text"))
                found += [text] if text and text.strip() else []
    return list(dict.fromkeys(found))[:8]
