"""An organization as a Python package on the Agents SDK that stands on its own."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

from core.errors import InvalidSpecError
from core.organization.files import spec_hash, to_json
from core.organization.secrets import without_secrets
from core.organization.spec import Organization, ToolSpec
from core.sdk.codegen.agents import agents_module
from core.sdk.codegen.frame import Frame, frame, is_server
from core.sdk.codegen.guardrails import guardrails_module
from core.sdk.codegen.identifiers import distribution_name
from core.sdk.codegen.left_out import left_out
from core.sdk.codegen.project import Provider, project_files, test_files, variables
from core.sdk.codegen.rendering import formatted, render
from core.sdk.codegen.toolbox import toolbox_files
from core.sdk.codegen.tools import tools_module
from core.sdk.codegen.workflow import workflow_module

STUDIO_FILE = "studio.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Package:
    """An organization as code."""

    name: str
    """What it is imported as."""
    distribution: str
    """What it is installed as."""
    files: dict[str, str]
    """Texts by path."""
    left_out: tuple[str, ...]
    """What the code does not carry, in sentences."""


def generate_package(
    org: Organization, *, providers: Sequence[Provider] = (), name: str | None = None
) -> dict[str, str]:
    """The files of the package, text by path. The organization must be free of errors; parts that nothing leads to
    are kept, links that lead nowhere are not."""
    return package_of(org, providers=providers, name=name).files


def package_of(org: Organization, *, providers: Sequence[Provider] = (), name: str | None = None) -> Package:
    """The same with what there is to say about it."""
    shareable = without_secrets(org)
    org = shareable.organization
    parts = frame(org, package=name)
    if not org.has_workflow and org.entry not in parts.agents:
        raise InvalidSpecError(
            f"Nobody starts a run: there is no agent '{org.entry}'.", hint="Choose the agent that starts."
        )
    parts.left_out.extend([*(hidden.words for hidden in shareable.hidden), *left_out(parts)])
    modules = _modules(parts)
    project = project_files(parts, modules, providers)
    # The formatter reads the line length from the project's own settings.
    clean = formatted({**modules, **test_files(parts), "pyproject.toml": project["pyproject.toml"]})
    clean |= _support(clean, parts.package)
    # What a package needs is known once imports that are not needed are gone.
    files = {**clean, **project_files(parts, clean, providers)}
    files[STUDIO_FILE] = _studio_file(parts, files, providers)
    return Package(parts.package, distribution_name(parts.package), files, tuple(parts.left_out))


def _modules(parts: Frame) -> dict[str, str]:
    org, package = parts.org, parts.package
    servers = [f"tools.{parts.tools[tool.name]}" for tool in _used_servers(parts)]
    files = {
        f"{package}/__init__.py": '"""Agents on the OpenAI Agents SDK."""\n',
        f"{package}/settings.py": render("settings.py", org=org),
        f"{package}/agents.py": agents_module(parts),
        f"{package}/main.py": render(
            "main.py", org=org, package=package, servers=servers, environment=variables(org)
        ),
        **toolbox_files(org, package),
    }
    if org.tools:
        files[f"{package}/tools.py"] = tools_module(parts)
    if org.guardrails:
        files[f"{package}/guardrails.py"] = guardrails_module(parts)
    if org.has_workflow:
        files[f"{package}/workflow.py"] = workflow_module(parts)
    return files


def _used_servers(parts: Frame) -> list[ToolSpec]:
    used = {link.target for link in parts.org.links if link.kind == "uses"}
    return [tool for tool in parts.tool_specs if is_server(tool) and tool.name in used]


def _support(files: Mapping[str, str], package: str) -> dict[str, str]:
    """The helpers that the code imports, and those that these import."""
    texts = [text for path, text in files.items() if path.endswith(".py")]
    imported = re.compile(rf"^from {package}\.support\.(\w+) import", re.MULTILINE)
    waiting = sorted({name for text in texts for name in imported.findall(text)})
    found: dict[str, str] = {f"{package}/support/__init__.py": _helper("__init__")}
    while waiting:
        name = waiting.pop()
        path = f"{package}/support/{name}.py"
        if path not in found:
            found[path] = _helper(name)
            waiting += re.findall(r"^(?:    )?from \.(\w+) import", found[path], re.MULTILINE)
    return dict(sorted(found.items()))


@cache
def _helper(name: str) -> str:
    return resources.files("core.sdk.codegen.support").joinpath(f"{name}.py").read_text(encoding="utf-8")


def _studio_file(parts: Frame, files: Mapping[str, str], providers: Sequence[Provider]) -> str:
    """What code cannot say, and what a later export needs to keep the changes of others."""
    data = {
        "format": FORMAT,
        "package": parts.package,
        "hash": spec_hash(parts.org),
        "providers": [[each.name, each.base_url, each.api] for each in providers],
        "files": {path: fingerprint(text) for path, text in sorted(files.items())},
        "spec": json.loads(to_json(parts.org)),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def fingerprint(text: str) -> str:
    """A short hash of a file's text, the same for all ends of lines."""
    return sha256(text.replace("\r\n", "\n").encode(errors="surrogatepass")).hexdigest()[:16]
