"""Packages that the studio wrote, read back: the code says what is meant, `studio.json` what code cannot say."""

from __future__ import annotations

from collections.abc import Sequence

from core.organization.flow import Block, flow_faults, flow_tree
from core.organization.spec import AgentSpec, FlowLink, Link, Organization
from core.organization.steps import Step
from core.sdk.reflect.calls import evaluator_of
from core.sdk.reflect.package_agents import AgentsReader
from core.sdk.reflect.package_files import PackageFiles
from core.sdk.reflect.package_module import PackageModule
from core.sdk.reflect.package_parts import read_guardrails, read_settings, read_tools
from core.sdk.reflect.package_workflow import PackageWorkflow
from core.sdk.reflect.project import Project
from core.sdk.reflect.report import Imported, ImportProblemError, Report

SOURCE = "Package that the studio wrote"


def import_package(found: PackageFiles, report: Report, *, name: str = "") -> Imported:
    """The organization of a package. Raises ImportProblemError when its agents cannot be read."""
    modules = _modules(found, report)
    if "agents" not in modules:
        raise ImportProblemError(
            f"'{found.modules['agents'].path}' is no valid Python.", hint="Mend it, or restore the exported file."
        )
    base = found.base or Organization(name=name or found.package.replace("_", " "))
    org = read_settings(modules["settings"], base) if "settings" in modules else base
    tools = read_tools(modules["tools"], found.package, base) if "tools" in modules else {}
    guardrails = read_guardrails(modules["guardrails"], base) if "guardrails" in modules else {}
    agents = AgentsReader(modules["agents"], base, tools, guardrails)
    walked = PackageWorkflow(modules["workflow"], agents.specs) if "workflow" in modules else None
    if walked is not None:
        walked.read()
    steps, flows, entry = _flow(base, walked, agents.entry)
    org = org.model_copy(
        update={
            "agents": [_with_task(spec, walked) for spec in agents.specs.values()],
            "tools": list(tools.values()),
            "guardrails": list(guardrails.values()),
            "steps": steps,
            "links": _ordered(base.links, [*agents.links, *flows]),
            "entry": entry,
        }
    )
    if name:
        org = org.model_copy(update={"name": name})
    return Imported(org, report.finished(), SOURCE)


def _modules(found: PackageFiles, report: Report) -> dict[str, PackageModule]:
    # Each on its own: what they import from each other is read by its name.
    modules: dict[str, PackageModule] = {}
    for name, file in found.modules.items():
        project = Project([file], report)
        for module in project.modules:
            modules[name] = PackageModule(module, evaluator_of(project), report)
    return modules


def _with_task(spec: AgentSpec, walked: PackageWorkflow | None) -> AgentSpec:
    if walked is None or spec.name not in walked.tasks:
        return spec
    task, sees = walked.tasks[spec.name]
    return spec.model_copy(update={"task": task, "sees_conversation": sees})


def _flow(
    base: Organization, walked: PackageWorkflow | None, entry: str
) -> tuple[list[Step], list[FlowLink], str]:
    """The steps and flow links, with those that nothing leads to, which are in no code."""
    if walked is None:
        return [], [], entry
    reached = _names(flow_tree(base)) if base.has_workflow and not flow_faults(base) else set()
    read = {step.name: step for step in walked.graph.steps}
    extras = {step.name: step.model_extra or {} for step in base.steps}
    for name, step in read.items():
        read[name] = type(step).model_validate({**extras.get(name, {}), **step.model_dump()})
    steps: list[Step] = []
    for step in base.steps:
        if step.name in read:
            steps.append(read.pop(step.name))
        elif step.name not in reached:
            steps.append(step)
    loose = [link for link in base.flows() if link.source not in reached]
    keys = {link.key for link in walked.graph.links}
    flows = [*walked.graph.links, *(link for link in loose if link.key not in keys)]
    return [*steps, *read.values()], flows, walked.graph.entry


def _names(block: Block) -> set[str]:
    found: set[str] = set()
    for stage in block:
        inner: Sequence[Block] = [
            *stage.blocks.values(),
            *stage.branches,
            *([stage.on_error] if stage.on_error else []),
        ]
        found |= {stage.name} | {name for each in inner for name in _names(each)}
    return found


def _ordered(before: list[Link], now: list[Link]) -> list[Link]:
    """The links in the order that they had, then those that are new."""
    waiting: dict[str, Link] = {}
    for link in now:
        waiting.setdefault(link.key, link)
    kept: list[Link] = []
    for known in before:
        if known.key in waiting:
            found = waiting.pop(known.key)
            extra = known.model_extra or {}
            kept.append(type(found).model_validate({**extra, **found.model_dump()}) if extra else found)
    return [*kept, *waiting.values()]
