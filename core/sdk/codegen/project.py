"""Generates what stands around the code: requirements, README, the example environment, and tests."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from core.organization.names import as_tool_name, handoff_tool_name
from core.organization.spec import (
    AsToolLink,
    FunctionToolSpec,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    NeverApprove,
    Organization,
    UsesLink,
)
from core.organization.steps import (
    ApprovalStep,
    BranchStep,
    Condition,
    FirstGoodJoin,
    JoinStep,
    JudgeCondition,
    LoopStep,
    Step,
)
from core.sdk.codegen.examples import example
from core.sdk.codegen.frame import Frame, is_server
from core.sdk.codegen.identifiers import distribution_name
from core.sdk.codegen.rendering import render
from core.sdk.codegen.toolbox import toolbox_module
from core.sdk.environment import variables_in

_NEEDED_BY = {
    "httpx": "httpx",
    "jsonschema": "jsonschema",
    "regex": "regex",
    "yaml": "pyyaml",
    "cel": "common-expression-language",
}
"""Distributions by the modules that the code imports."""
_STUBS = {"jsonschema": "types-jsonschema", "regex": "types-regex", "yaml": "types-pyyaml"}
_DEV = ("mypy", "pytest", "pytest-asyncio", "ruff")
_DEV_VERSIONS = {
    "mypy": "2.4.1",
    "pytest": "9.2.0",
    "pytest-asyncio": "1.5.0",
    "types-jsonschema": "4.26.0.20261006",
    "types-pyyaml": "6.0.12.20261113",
    "types-regex": "2026.11.8.20261109",
}
"""Of what is not installed with the studio."""
_LINE = re.compile(r"\s+")
_NO_LETTER = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Provider:
    """Where models of `name/…` come from, for those who run the code."""

    name: str
    base_url: str = ""
    api: str = "chat"


def project_files(frame: Frame, modules: Mapping[str, str], providers: Sequence[Provider]) -> dict[str, str]:
    """pyproject.toml, README.md, the example environment and what version control leaves out."""
    org, package = frame.org, frame.package
    imported = {module for module in _NEEDED_BY if _imports(modules, module)}
    common = {
        "org": org,
        "package": package,
        "distribution": distribution_name(package),
        "samples": f"{package}/toolbox/sample_data.py" in modules,
        "default_model": any(model is None for model in models_of(org)),
    }
    return {
        "pyproject.toml": render(
            "pyproject.toml",
            **common,
            description=_one_line(org.description) or _one_line(org.name),
            requirements=[_pinned(name) for name in sorted({"openai-agents", *_distributions(imported)})],
            dev_requirements=[
                _pinned(name) for name in sorted([*_DEV, *(_STUBS[each] for each in imported if each in _STUBS)])
            ],
            untyped=sorted({f"{reference.split(':')[0].split('.')[0]}.*" for reference in own_functions(org)}),
        ),
        "README.md": _readme(frame, modules, common),
        ".env.example": render(
            "env", **common, providers=_provider_values(org, providers), variables=variables(org)
        ).rstrip()
        + "\n",
        ".gitignore": render("gitignore", **common),
    }


def test_files(frame: Frame) -> dict[str, str]:
    """Tests that need no key."""
    answers = {spec.name: _answer(spec.output_schema) for spec in frame.agent_specs}
    known = {name: answer for name, answer in answers.items() if answer is not None}
    files = {
        "tests/__init__.py": '"""Tests of this package."""\n',
        "tests/test_agents.py": render(
            "test_agents.py",
            package=frame.package,
            cases=[(frame.agents[name], _as_text(answer)) for name, answer in known.items()],
            handoffs=_handoffs(frame),
            approvals=_approvals(frame),
        ),
    }
    if frame.org.has_workflow:
        files["tests/test_workflow.py"] = render(
            "test_workflow.py", package=frame.package, answers=known, first=frame.org.entry
        )
    return files


def models_of(org: Organization) -> list[str | None]:
    """The model references of agents and judges."""
    judges = [rail.model for rail in org.guardrails if isinstance(rail, JudgeGuardrailSpec)]
    conditions = [condition for step in org.steps for condition in _conditions(step)]
    asked = [condition.model for condition in conditions if isinstance(condition, JudgeCondition)]
    return [*(agent.model for agent in org.agents), *judges, *asked]


def own_functions(org: Organization) -> list[str]:
    """The functions that are not in the package."""
    references = [tool.function for tool in org.tools if isinstance(tool, FunctionToolSpec)]
    return [each for each in dict.fromkeys(references) if toolbox_module(each.partition(":")[0]) is None]


def variables(org: Organization) -> list[str]:
    """The environment variables that tools name."""
    texts: list[str] = []
    for tool in org.tools:
        match tool:
            case HttpToolSpec() | McpHttpToolSpec():
                texts += [tool.url, *tool.headers.values()]
            case McpStdioToolSpec():
                texts += [*tool.arguments, *tool.environment.values()]
            case FunctionToolSpec():
                continue
    return list(dict.fromkeys(name for text in texts for name in variables_in(text)))


def _readme(frame: Frame, modules: Mapping[str, str], common: dict[str, Any]) -> str:
    org = frame.org
    what = {
        "workflow.py": "what comes after what",
        "tools.py": "the tools",
        "guardrails.py": "what must not be told and not be said",
        "toolbox/": "functions that the tools call, on a database of samples",
    }
    parts = [
        (file, text)
        for file, text in what.items()
        if any(path.startswith(f"{frame.package}/{file}") for path in modules)
    ]
    approval_steps = any(isinstance(step, ApprovalStep) for step in org.steps)
    sample = _one_line(org.samples[0]) if org.samples else "Hello"
    return (
        render(
            "README.md",
            **common,
            title=_prose(org.name),
            description=_prose(org.description),
            sample=json.dumps(sample, ensure_ascii=False).replace("$", "\\$").replace("`", "\\`"),
            approvals=bool(_waits(org)) or approval_steps,
            approval_steps=approval_steps,
            parts=parts,
            functions=own_functions(org),
            left_out=frame.left_out,
        ).rstrip()
        + "\n"
    )


def _conditions(step: Step) -> list[Condition]:
    match step:
        case BranchStep(cases=cases):
            return [case.condition for case in cases]
        case LoopStep(until=until):
            return [until]
        case JoinStep(by=FirstGoodJoin(condition=condition)):
            return [condition]
        case _:
            return []


def _waits(org: Organization) -> bool:
    rules = [tool.approval for tool in org.tools]
    rules += [link.approval for link in org.links if isinstance(link, AsToolLink)]
    return any(not isinstance(rule, NeverApprove) for rule in rules)


def _handoffs(frame: Frame) -> list[tuple[str, str, str]]:
    links = [link for spec in frame.agent_specs for link in frame.links_of(spec.name)]
    return [
        (frame.agents[link.source], handoff_tool_name(link.target), frame.agents[link.target])
        for link in links
        if isinstance(link, HandoffLink)
    ]


def _approvals(frame: Frame) -> list[tuple[str, str]]:
    """Agents, and the tools whose calls wait when they say nothing."""
    found = []
    for spec in frame.agent_specs:
        for link in frame.links_of(spec.name):
            tool = frame.org.tool(link.target) if isinstance(link, UsesLink) else None
            if tool is not None and not is_server(tool) and not isinstance(tool.approval, NeverApprove):
                found.append((frame.agents[spec.name], tool.name))
            if isinstance(link, AsToolLink) and not isinstance(link.approval, NeverApprove):
                found.append((frame.agents[spec.name], as_tool_name(link)))
    return found


def _answer(schema: dict[str, Any] | None) -> Any:
    return "Fine." if schema is None else example(schema)


def _as_text(answer: Any) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def _imports(modules: Mapping[str, str], module: str) -> bool:
    pattern = re.compile(rf"^(?:import|from) {module}\b", re.MULTILINE)
    return any(pattern.search(text) for path, text in modules.items() if path.endswith(".py"))


def _distributions(imported: set[str]) -> list[str]:
    return [_NEEDED_BY[module] for module in imported]


def _pinned(distribution: str) -> str:
    return f"{distribution}=={_DEV_VERSIONS.get(distribution) or version(distribution)}"


def _provider_values(org: Organization, providers: Sequence[Provider]) -> list[dict[str, str]]:
    known = {provider.name: provider for provider in providers}
    names = [model.partition("/")[0] for model in models_of(org) if model is not None and "/" in model]
    return [
        {
            "name": name,
            "prefix": _NO_LETTER.sub("_", name).upper(),
            "base_url": known[name].base_url if name in known else "",
            "api": known[name].api if name in known else "chat",
        }
        for name in dict.fromkeys(names)
        if name.isprintable() and name not in {"openai", "rehearsal", ""}
    ]


def _one_line(text: str) -> str:
    return _LINE.sub(" ", "".join(letter if letter.isprintable() else " " for letter in text)).strip()


def _prose(text: str) -> str:
    return "\n\n".join(_one_line(part) for part in text.split("\n\n")).strip()
