"""`studio approvals`."""

from dataclasses import asdict
from pathlib import Path

from core.records import ApprovalRecord
from studio.commands.follow import follow
from studio.commands.opened import opened
from studio.commands.output import one_line, print_json, print_table, say
from studio.commands.person import person


def list_pending(*, data_dir: Path | None, as_json: bool) -> None:
    """Print what waits for a person, longest waiting first."""
    with opened(data_dir) as core:
        pending = core.approvals.pending()
    if as_json:
        for approval in pending:
            print_json(asdict(approval))
    elif not pending:
        say("Nothing waits for a person.")
    else:
        print_table(("ID", "ORGANIZATION", "AGENT", "TOOL", "ARGUMENTS", "SINCE"), map(_row, pending))


def decide(approval_id: str, verdict: str, *, reason: str, data_dir: Path | None, as_json: bool) -> int:
    """Decide, and go on with the run here. Returns the exit code."""
    with opened(data_dir) as core:
        approval = core.approvals.get(approval_id)
        seen = core.runs.events(approval.run_id)
        if verdict == "approved":
            core.approvals.approve(approval_id, reason=reason, by=person())
        else:
            core.approvals.reject(approval_id, reason=reason, by=person())
        return follow(core, approval.run_id, after=seen[-1].seq, decided=approval_id, as_json=as_json)


def _row(approval: ApprovalRecord) -> tuple[str, ...]:
    return (
        approval.id,
        one_line(approval.organization_name, 24),
        one_line(approval.agent, 20) or "-",
        approval.tool,
        one_line(approval.arguments["question"] if approval.kind == "step" else str(approval.arguments), 50),
        f"{approval.requested_at:%Y-%m-%d %H:%M}",
    )
