"""What an exported package consists of, and that it is clean Python whatever the organization is called."""

import ast
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from core.errors import InvalidSpecError
from core.organization.files import parse
from core.organization.flow import flow_faults
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FunctionToolSpec,
    HandoffLink,
    HttpToolSpec,
    McpStdioToolSpec,
    Organization,
    UsesLink,
)
from core.patterns.catalogue import Pattern, catalogue, pattern
from core.sdk.codegen import STUDIO_FILE, Provider, generate_package
from tests.core.sdk.codegen.checking import faults, write
from tests.core.sdk.codegen.organizations import organizations, workflows

few = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_a_pattern_becomes_clean_code(one: Pattern, tmp_path: Path) -> None:
    files = generate_package(one.organization)

    assert faults(write(files, tmp_path)) == ""
    ours = re.compile(r"^\s*(from|import) (core|studio)\b", re.MULTILINE)
    assert not [path for path, text in files.items() if ours.search(text)]


def test_any_organization_becomes_clean_code(tmp_path: Path) -> None:
    @few
    @given(organizations())
    def generate(org: Organization) -> None:
        keep(org, tmp_path)

    generate()

    assert faults(tmp_path) == ""


def test_any_workflow_becomes_clean_code(tmp_path: Path) -> None:
    @few
    @given(workflows())
    def generate(org: Organization) -> None:
        assert flow_faults(org) == []
        keep(org, tmp_path)

    generate()

    assert faults(tmp_path) == ""


def keep(org: Organization, folder: Path) -> None:
    """Write what was made for this organization alone, so that one look of the linter is enough for all."""
    fixed = re.compile(r"/(support|toolbox)/")
    files = {path: text for path, text in generate_package(org).items() if not fixed.search(path)}
    number = len(list(folder.iterdir()))
    write(files, folder / f"example_{number}")


@few
@given(organizations())
def test_names_and_texts_stand_in_literals_as_they_are(org: Organization) -> None:
    files = generate_package(org)
    package = next(path for path in files if path.endswith("/agents.py"))
    found = {
        node.value
        for node in ast.walk(ast.parse(files[package]))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert {agent.name for agent in org.agents} <= found
    assert {agent.instructions for agent in org.agents} <= found


def test_the_same_organization_gives_the_same_files() -> None:
    org = pattern("human-in-the-loop").organization

    assert generate_package(org) == generate_package(org)


def test_there_are_only_files_that_are_needed() -> None:
    files = generate_package(Organization(name="Echo", entry="A", agents=[AgentSpec(name="A")]))

    assert sorted(path for path in files if not path.startswith("echo/support/")) == [
        *(".env.example", ".gitignore", "README.md"),
        *("echo/__init__.py", "echo/agents.py", "echo/main.py", "echo/settings.py"),
        *("pyproject.toml", "studio.json", "tests/__init__.py", "tests/test_agents.py"),
    ]
    assert not [
        path for path in files if path.endswith(("http_tools.py", "guardrails.py", "output.py", "joins.py"))
    ]


def test_requirements_are_pinned_and_only_those_that_are_needed() -> None:
    plain = generate_package(Organization(name="Echo", entry="A", agents=[AgentSpec(name="A")]))
    asking = HttpToolSpec(name="ask", url="https://example.com/{id}", headers={"X-Key": "${SHOP_KEY}"})
    org = Organization(
        name="Echo",
        entry="A",
        agents=[AgentSpec(name="A")],
        tools=[asking],
        links=[UsesLink(source="A", target="ask")],
    )
    calling = generate_package(org)

    assert re.findall(r'^    "([^"]+==[^"]+)",$', plain["pyproject.toml"].split("[dependency")[0], re.M) == [
        "openai-agents==0.24.0"
    ]
    assert "httpx==" in calling["pyproject.toml"]
    assert "SHOP_KEY=" in calling[".env.example"]
    assert "environment=['SHOP_KEY']" in calling["echo/main.py"].replace('"', "'")


def test_names_that_python_cannot_say_become_readable_ones() -> None:
    names = ["class", "Müller & Söhne", "müller söhne", "🦊", "日本", "1st line"]
    org = Organization(name="Email", entry="class", agents=[AgentSpec(name=name) for name in names])

    files = generate_package(org)

    tree = ast.parse(files["email_team/agents.py"])
    assigned = [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]  # type: ignore[attr-defined]
    assert assigned == ["class_2", "muller_sohne", "muller_sohne_2", "agent", "日本", "agent_1st_line", "ENTRY"]


def test_agents_that_hand_over_in_circles_and_call_each_other() -> None:
    agents = [AgentSpec(name="A", handoff_description="The first."), AgentSpec(name="B")]
    links = [
        HandoffLink(source="A", target="B", description="When asked.", history="last_message"),
        HandoffLink(source="B", target="A", history="without_tools"),
        AsToolLink(source="A", target="B", tool_name="ask_b"),
    ]
    org = Organization(name="Circle", entry="A", agents=agents, links=list(links))
    code = generate_package(org)["circle/agents.py"]

    assert "Hand off to B. When asked." in code
    assert "Hand off to A. The first." in code
    assert "input_filter=last_message" in code
    assert 'tool_name="ask_b"' in code


def test_functions_of_others_are_imported_and_named() -> None:
    tools = [
        FunctionToolSpec(name="a", function="acme.tools.crm:look_up"),
        FunctionToolSpec(name="b", function="other.crm:look_up"),
        FunctionToolSpec(name="c", function="helpers:help_me"),
        FunctionToolSpec(name="d", function="acme.class:f"),
        FunctionToolSpec(name="e", function="core.toolbox.research:count_words"),
    ]
    links = [UsesLink(source="A", target=tool.name) for tool in tools]
    org = Organization(name="Shop", entry="A", agents=[AgentSpec(name="A")], tools=list(tools), links=list(links))
    files = generate_package(org)

    code = files["shop/tools.py"]
    assert "from acme.tools import crm\n" in code
    assert "from other import crm as crm_2\n" in code
    assert "crm_2.look_up" in code
    assert "import helpers\n" in code
    assert 'import_function("acme.class:f")' in code
    assert "from shop.toolbox import research\n" in code
    assert "`acme.tools.crm:look_up`" in files["README.md"]
    assert "core.toolbox" not in files["README.md"]


def test_secrets_stay_here() -> None:
    key = "sk-proj-Abcdefgh1234567890Abcdefgh1234567890"
    server = McpStdioToolSpec(name="files", command="run", environment={"API_KEY": key})
    org = Organization(
        name="S",
        entry="A",
        agents=[AgentSpec(name="A")],
        tools=[server],
        links=[UsesLink(source="A", target="files")],
    )

    files = generate_package(org)

    assert not [path for path, text in files.items() if key in text]
    assert "API_KEY" in files[".env.example"]


def test_what_code_cannot_say_is_kept_beside_it() -> None:
    org = pattern("branching").organization

    kept = json.loads(generate_package(org)[STUDIO_FILE])

    assert parse(kept["spec"]) == org


def test_providers_are_explained() -> None:
    org = Organization(name="Local", entry="A", agents=[AgentSpec(name="A", model="ollama/llama3")])

    files = generate_package(org, providers=[Provider("ollama", "http://localhost:11434/v1", "chat")])

    assert "OLLAMA_BASE_URL=http://localhost:11434/v1\nOLLAMA_API_KEY=\nOLLAMA_API=chat\n" in files[".env.example"]


def test_a_simulated_model_is_named_as_not_carried() -> None:
    org = Organization(name="Local", entry="A", agents=[AgentSpec(name="A", model="rehearsal")])

    assert "only there in the studio" in generate_package(org)["README.md"]


def test_an_organization_without_an_entry_is_refused() -> None:
    with pytest.raises(InvalidSpecError, match="Nobody starts a run"):
        generate_package(Organization(name="X", entry="B", agents=[AgentSpec(name="A")]))
