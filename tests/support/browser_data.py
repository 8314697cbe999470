"""A studio in which a lot has happened, for pages with data on them."""

from dataclasses import dataclass
from pathlib import Path

from core.bootstrap import Core
from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    McpStdioToolSpec,
    Organization,
    UsesLink,
)
from core.services.comparisons import Variant
from tests.support.providers import compatible
from tests.support.studio import open_studio, until, wait_for_run
from tests.support.triggers import event_reaching, webhook

REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
INVOICE = "Is the invoice for order A1003 paid, and when is it due?"


@dataclass(frozen=True, slots=True)
class Examples:
    """Ids of what there is to be seen."""

    organization: str
    """It has runs."""
    session: str
    """Its last run completed."""
    run: str
    broken: str
    """An organization with a node of each kind, and problems."""
    refunds: str
    waiting_session: str
    """Its run waits for a person."""
    waiting: str
    failed_session: str
    failed: str
    comparison: str
    batch: str
    """One of its rows has failed."""
    trigger: str
    """It has an event that is done."""
    event: str
    """One that is dead."""
    test: str
    """Another revision has changed what it recorded."""
    replay: str
    """A replay of `run`."""


def fill(folder: Path) -> Examples:
    """Make it all happen, without a browser."""
    with open_studio(folder) as core:
        core.providers.save(compatible(id="dead", title="Dead endpoint"), key=None)
        organization = core.organizations.create_from_pattern("specialist")
        session = core.sessions.create(organization, "About an invoice")
        run = core.runs.start(organization, INVOICE, session_id=session)
        refunds = core.organizations.create_from_pattern("human-in-the-loop")
        failed_session = core.sessions.create(organization, "Hello?")
        failed = core.runs.start(organization, "Hello?", model="dead/llama", session_id=failed_session)
        for done in (run, failed):
            wait_for_run(core, done, "completed", "failed")
        waiting_session, waiting = _refunds(core, refunds)
        trigger, event = _trigger(core, organization)
        return Examples(
            organization=organization,
            session=session,
            run=run,
            broken=core.organizations.create(_broken()),
            refunds=refunds,
            waiting_session=waiting_session,
            waiting=waiting,
            failed_session=failed_session,
            failed=failed,
            comparison=_comparison(core, organization),
            batch=_batch(core, organization),
            trigger=trigger,
            event=event,
            test=_test(core, run),
            replay=_replay(core, run),
        )


def _refunds(core: Core, organization: str) -> tuple[str, str]:
    """One refund is rejected, one waits; gives the latter's session and run."""
    rejected = core.runs.start(organization, REFUND)
    wait_for_run(core, rejected, "waiting")
    core.approvals.reject(core.approvals.of_run(rejected)[0].id, reason="It did arrive.", by="Ada")
    wait_for_run(core, rejected, "completed")
    session = core.sessions.create(organization, "A filing cabinet")
    waiting = core.runs.start(organization, REFUND, session_id=session)
    wait_for_run(core, waiting, "waiting")
    return session, waiting


def _comparison(core: Core, organization: str) -> str:
    other = core.organizations.create_from_pattern("single")
    comparison = core.comparisons.start(INVOICE, [Variant(organization), Variant(other)])
    until(lambda: all(run.ended for run in core.comparisons.get(comparison).runs))
    return comparison


def _batch(core: Core, organization: str) -> str:
    rows = [{"input": INVOICE}, {"input": ""}]
    batch = core.batches.start(organization, core.datasets.add_rows(rows, columns=["input"], name="Invoices").id)
    until(lambda: core.batches.get(batch).status == "completed")
    return batch


def _trigger(core: Core, organization: str) -> tuple[str, str]:
    core.engine.start()
    trigger, _ = webhook(core, organization)
    core.trigger_inbox.accept(trigger, "msg_1", {"text": INVOICE})
    core.trigger_inbox.accept(trigger, "msg_2", {}, error="There is no organization to deal with it.")
    event_reaching(core, trigger, "msg_1", "done")
    return trigger, event_reaching(core, trigger, "msg_2", "dead").id


def _test(core: Core, run: str) -> str:
    """One test has passed, another differs."""
    for name in ("Invoice", "Another invoice"):
        test = core.replays.save(run, name)
        wait_for_run(core, core.replays.run_test(test))
    organization = core.runs.get(run).organization_id
    draft = core.organizations.draft(organization)
    agents = [agent.model_copy(update={"instructions": "Be brief."}) for agent in draft.spec.agents]
    core.organizations.save_draft(
        organization, draft.spec.model_copy(update={"agents": agents}), based_on=draft.version
    )
    core.organizations.save(organization)
    wait_for_run(core, core.replays.run_test(test))
    return test


def _replay(core: Core, run: str) -> str:
    return wait_for_run(core, core.replays.replay(run)).id


def _broken() -> Organization:
    return Organization(
        name="Work in progress",
        entry="Clerk",
        agents=[AgentSpec(name="Clerk", instructions="Be brief."), AgentSpec(name="Silent")],
        tools=[
            FunctionToolSpec(name="look", function="core.toolbox.billing:look_up_invoice"),
            HttpToolSpec(name="call", url=""),
            McpStdioToolSpec(name="files", command=""),
        ],
        guardrails=[JudgeGuardrailSpec(name="Judge", instructions="Is it polite?")],
        links=[
            HandoffLink(source="Clerk", target="Silent"),
            UsesLink(source="Clerk", target="look"),
            UsesLink(source="Clerk", target="call"),
            GuardsLink(source="Judge", target="Clerk"),
        ],
    )
