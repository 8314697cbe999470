"""What steps ask of people while the run works, and what people have said."""

from collections.abc import Iterable

from core.engine.conclude import Waiting, approval_row, doubt, tell_request
from core.engine.events import ApprovalWithdrawn
from core.engine.place import RunContext, current_step
from core.engine.plan import Plan
from core.engine.workflow.signals import StepWaits
from core.ids import utc_now
from core.records import ApprovalRecord


class Desk:
    """The approvals of one run. A question is stored, and can be decided, while other steps go on."""

    def __init__(self, plan: Plan, context: RunContext) -> None:
        self._plan = plan
        self._context = context
        self._known: dict[tuple[str, str], ApprovalRecord] = {
            (approval.kind, approval.call_id): approval for approval in plan.approvals
        }
        self._asked: dict[str, tuple[str, Waiting]] = {}
        """What waits in this segment, by approval: the step's path and the question."""
        self._ids: dict[tuple[str, str], str] = {key: approval.id for key, approval in self._known.items()}

    def decision(self, kind: str, call_id: str) -> ApprovalRecord | None:
        """What a person decided, or None while nobody has."""
        approval = self._known.get((kind, call_id))
        return approval if approval is not None and approval.status in ("approved", "rejected") else None

    def wait_for(self, questions: Iterable[Waiting]) -> StepWaits:
        """Ask what was not asked yet; the caller raises what this gives."""
        path, asked = current_step(), []
        rows = []
        for waiting in questions:
            key = (waiting.kind, waiting.call_id)
            if key not in self._ids:
                row = approval_row(self._plan, waiting)
                tell_request(self._plan, self._context, row)
                rows.append({"requested_at": utc_now(), "status": "pending", **row})
                self._ids[key] = row["id"]
            self._asked[self._ids[key]] = path, waiting
            asked.append(self._ids[key])
        if rows:
            self._context.writer.approvals(rows)
        return StepWaits(asked)

    def doubts(self) -> list[Waiting]:
        """Calls of this step of which nobody knows whether they ran."""
        place = f"{current_step()}/"
        return [doubt(self._plan, key) for key in self._plan.doubtful if key.startswith(place)]

    def withdraw(self, path: str) -> None:
        """Nobody needs to decide any more what steps below this path asked."""
        place = f"{path}/"
        gone = {key: waiting for key, (where, waiting) in self._asked.items() if f"{where}/".startswith(place)}
        for approval_id, waiting in gone.items():
            del self._asked[approval_id]
            self._context.writer.emit(ApprovalWithdrawn(approval_id, waiting.call_id, waiting.tool))
            self._context.recorder.approval_withdrawn(approval_id, waiting.tool)
        if gone:
            self._context.writer.withdraw_approvals(list(gone))
