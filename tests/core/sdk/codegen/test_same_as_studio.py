"""Exported packages do what the studio does: of one model over real HTTP they ask the very same, in a process that
knows nothing of the studio, and come to the same end."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Core
from core.organization.spec import (
    AgentSpec,
    ApproveWhen,
    HandoffLink,
    McpHttpToolSpec,
    McpStdioToolSpec,
    NeverApprove,
    Organization,
    UsesLink,
)
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    ConcatenateJoin,
    EndStep,
    FieldCondition,
    FirstGoodJoin,
    JoinStep,
    JudgeCondition,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    TransformStep,
    VoteJoin,
)
from core.patterns.catalogue import Pattern, catalogue
from core.records import RunRecord
from core.sdk.codegen import generate_package
from core.settings import Settings
from tests.core.organization.flows import workflow
from tests.core.sdk.codegen.checking import write
from tests.support import run_exported
from tests.support.rehearsal_server import RehearsalServer, rehearsal_server
from tests.support.studio import until, wait_for_run
from tests.support.tool_http_server import serving
from tests.support.tool_mcp_server import server as shop_server

Run = dict[str, Any]
ROOT = Path(__file__).parents[4]
MODEL = "gpt-5.6-luna"
ALONE = {"OPENAI_DEFAULT_MODEL": MODEL, "OPENAI_AGENTS_DISABLE_TRACING": "1", "PYTHONPATH": ""}
PATTERNS = [one for one in catalogue() if one.organization.samples]


def every_kind_of_step() -> Organization:
    """A workflow in which each kind of step and join has something to do."""
    org = workflow(
        """
        Start → Add → Size
        Size.small → Sorry → Stop
        Size.default → Ask
        Ask.rejected → Stop
        Ask.approved → Views
        Views.branch → Pro → Views met
        Views.branch → Con → Views met
        Views met → Words
        Words.each → Echo → Listed
        Listed → Race
        Race.branch → Fast → Won
        Race.branch → Slow → Won
        Won → Poll
        Poll.branch → One → Counted
        Poll.branch → Two → Counted
        Counted → Polish
        Polish.body → Writer → Polish
        Polish.done → Broken
        Broken.error → Mended → Done
        """,
        TransformStep(name="Add", expression="{'n': state.n + 1, 'text': output}", assign={"n": "state.n + 1"}),
        BranchStep(
            name="Size",
            cases=[BranchCase(name="small", condition=FieldCondition(field="n", operator="lt", value=1))],
        ),
        ApprovalStep(name="Ask", question="Go on with {{ output.text }}?"),
        ParallelStep(name="Views", on_failure="go_on"),
        JoinStep(name="Views met", by=ConcatenateJoin()),
        MapStep(name="Words", items="['a', 'b', 'c']", limit=2),
        JoinStep(name="Listed", by=ListJoin()),
        ParallelStep(name="Race", limit=1),
        JoinStep(name="Won", by=FirstGoodJoin(condition=CelCondition(expression="size(output) > 0"))),
        ParallelStep(name="Poll"),
        JoinStep(name="Counted", by=VoteJoin(by="size(output) > 0")),
        LoopStep(
            name="Polish",
            until=CelCondition(expression="count >= 2 && !(state.n > 5)"),
            limit=3,
            check_first=True,
        ),
        TransformStep(name="Broken", expression="output.missing"),
        EndStep(
            name="Done", output='{{ error.code }} of {{ error.step }}, {{ steps["Ask"].approved }}: {{ output }}'
        ),
        EndStep(name="Stop", outcome="failed"),
    )
    told: dict[str, dict[str, Any]] = {
        "Echo": {"task": "Say {{ item }} ({{ index }})"},
        "Con": {"sees_conversation": True},
        "Mended": {"task": "{{ error.code }} of {{ error.step }} after {{ steps['Ask'].reason }}"},
    }
    agents = [agent.model_copy(update=told.get(agent.name, {})) for agent in org.agents]
    judge = BranchStep(
        name="Judge", cases=[BranchCase(name="yes", condition=JudgeCondition(statement="The text is angry."))]
    )
    links = [link.model_copy(update={"target": "Judge"}) if link.source == "Start" else link for link in org.links]
    more = workflow("Judge.yes → Add\nJudge.default → Add", judge).links
    return org.model_copy(
        update={
            "name": "Every step",
            "agents": agents,
            "steps": [*org.steps, judge],
            "links": [*links, *more],
            "state": {"n": 0},
            "samples": ["Write about trees in the city"],
        }
    )


def with_servers(address: str) -> Organization:
    """Agents that use real MCP servers, one over HTTP and one that is a process, with rules for approval."""
    module = {"command": sys.executable, "arguments": ["-m", "tests.support.tool_mcp_server"]}
    place = {"environment": {"PYTHONPATH": str(ROOT)}}
    shop = McpStdioToolSpec(
        name="shop",
        **module,
        **place,
        allowed_tools=["refund"],
        approval=ApproveWhen(argument="amount", operator="gt", value=20),
        failure_message="The shop says no.",
    )
    desk = McpHttpToolSpec(name="desk", url=address, allowed_tools=["look_up", "shop.label"])
    return Organization(
        name="Two servers",
        entry="Orders",
        agents=[
            AgentSpec(name="Orders", instructions="Look up the order. Hand off to Refunds for a refund."),
            AgentSpec(name="Refunds", instructions="Refund the order.", handoff_description="Refunds orders."),
        ],
        tools=[shop, desk],
        links=[
            UsesLink(source="Orders", target="desk"),
            UsesLink(source="Refunds", target="shop"),
            HandoffLink(source="Orders", target="Refunds"),
        ],
        samples=[
            "Look up order A1001.",
            "Please refund order A1001, amount 5.00.",
            "Please refund order A1001, amount 50.00.",
            "Please refund order A1001, amount 500.00.",
        ],
    )


def with_servers_alike(address: str) -> Organization:
    """Two servers whose tools are called alike, used together by one agent and one of them alone by another. Only
    refunds of the desk wait for a person."""
    org = with_servers(address)
    shop, desk = (tool.model_copy(update={"allowed_tools": ["look_up", "refund"]}) for tool in org.tools)
    rule = {"approval": shop.approval, "approval_tools": ["refund"]}
    shop, desk = shop.model_copy(update={"approval": NeverApprove()}), desk.model_copy(update=rule)
    both = [UsesLink(source="Refunds", target=name) for name in ("desk", "shop")]
    return org.model_copy(
        update={
            "name": "Servers alike",
            "tools": [shop, desk],
            "links": [UsesLink(source="Orders", target="shop"), *both, org.links[-1]],
            "samples": ["Look up order A1001.", "Please refund order A1001, amount 50.00."],
        }
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(shop_server.streamable_http_app()) as base:
        yield f"{base}/mcp"


@pytest.fixture(scope="module")
def server() -> Iterator[RehearsalServer]:
    with rehearsal_server() as running:
        yield running


@pytest.fixture(scope="module")
def exported(
    server: RehearsalServer, address: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Run]]:
    """How all packages ran, in one process that is given nothing but their folders."""
    home = tmp_path_factory.mktemp("exported")
    organizations = {one.id: one.organization for one in PATTERNS} | {
        "steps": every_kind_of_step(),
        "servers": with_servers(address),
        "alike": with_servers_alike(address),
    }
    for name, org in organizations.items():
        folder = write(generate_package(org), home / name)
        (folder / "inputs.json").write_text(json.dumps(org.samples), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, run_exported.__file__, server.base_url, *(str(home / name) for name in organizations)],
        cwd=home,
        env={**os.environ, **_environment(server), **ALONE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    *told, last = [json.loads(line) for line in ran.stdout.splitlines()]
    assert last == {"imported": []}
    return {each["package"]: each["runs"] for each in told}


@pytest.mark.parametrize("one", PATTERNS, ids=lambda one: one.id)
def test_a_pattern_runs_as_in_the_studio(
    one: Pattern,
    exported: dict[str, list[Run]],
    server: RehearsalServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = _in_studio(one.organization, server, tmp_path, monkeypatch)

    assert [_told(run) for run in exported[one.id]] == [_told(run) for run in here]


def test_every_kind_of_step_works_as_in_the_studio(
    exported: dict[str, list[Run]],
    server: RehearsalServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (here,) = _in_studio(every_kind_of_step(), server, tmp_path, monkeypatch)
    (there,) = exported["steps"]

    assert _told(there) == _told(here)
    assert here["status"] == "completed"
    assert here["waited"] == 1
    assert here["output"].startswith("expression of Broken, true:")


def test_servers_of_tools_work_as_in_the_studio(
    exported: dict[str, list[Run]],
    server: RehearsalServer,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = _in_studio(with_servers(address), server, tmp_path, monkeypatch)

    assert [_told(run) for run in exported["servers"]] == [_told(run) for run in here]
    assert [run["waited"] for run in here] == [0, 0, 1, 1]
    assert "The shop says no. Error executing tool refund: 500 is more" in json.dumps(here[3]["asked"])


def test_servers_whose_tools_are_called_alike_work_as_in_the_studio(
    exported: dict[str, list[Run]],
    server: RehearsalServer,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = _in_studio(with_servers_alike(address), server, tmp_path, monkeypatch)

    assert [_told(run) for run in exported["alike"]] == [_told(run) for run in here]
    offered = [[name for name, _ in asked["tools"]] for asked in here[1]["asked"]]
    assert offered[0] == ["look_up", "refund", "transfer_to_refunds"]
    assert offered[-1] == ["desk_look_up", "desk_refund", "shop_look_up", "shop_refund"]
    assert [run["waited"] for run in here] == [0, 1]


def _in_studio(
    org: Organization, server: RehearsalServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Run]:
    for name, value in _environment(server).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STUDIO_DEFAULT_MODEL", f"openai/{MODEL}")
    server.take()
    core = Core(Settings(data_dir=folder))
    try:
        organization = core.organizations.create(org)
        return [_run(core, organization, text, server) for text in org.samples]
    finally:
        core.close()


def _run(core: Core, organization: str, text: str, server: RehearsalServer) -> Run:
    run = wait_for_run(core, core.runs.start(organization, text))
    waited = 0
    while run.status == "waiting":
        waited += 1
        core.approvals.approve(core.approvals.pending()[0].id, by="ada")
        run = _next_stop(core, run)
    output = run.output if run.output is not None else run.error_message
    return {"status": run.status, "output": output, "waited": waited, "asked": server.take()}


def _next_stop(core: Core, run: RunRecord) -> RunRecord:
    """Where the run stops next: it goes on when its approval is not pending any more."""
    until(lambda: core.runs.get(run.id).segment > run.segment or core.runs.get(run.id).status != "waiting")
    return wait_for_run(core, run.id)


def _environment(server: RehearsalServer) -> dict[str, str]:
    address = server.base_url.removesuffix("/v1")
    return {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "any", "LEGACY_API_URL": address}


def _told(run: Run) -> tuple[str, int, Any, list[str]]:
    """What must be equal. What runs beside each other may be asked in any order."""
    asked = sorted(json.dumps(each, sort_keys=True, ensure_ascii=False) for each in run["asked"])
    return run["status"], run["waited"], _as_data(run["output"]), asked


def _as_data(output: Any) -> Any:
    if not isinstance(output, str):
        return output
    try:
        return json.loads(output)
    except ValueError:
        return output
