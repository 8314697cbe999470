"""What steps ask of people while the run works, and what people have said."""

import asyncio
from collections.abc import Iterable

from core.engine.conclude import Waiting, approval_row, call_of, doubt, tell_request
from core.engine.decisions import tell_decision
from core.engine.events import ApprovalWithdrawn
from core.engine.place import RunContext, current_step
from core.engine.plan import Plan
from core.engine.workflow.signals import StepWaits
from core.ids import utc_now
from core.records import ApprovalRecord
from core.store import approvals, run_work
from core.store.database import Database


class Desk:
    """The approvals of one run. Questions are decided, and decisions carried out, while other steps go on."""

    def __init__(self, plan: Plan, context: RunContext, database: Database) -> None:
        self._database = database
        self._plan = plan
        self._context = context
        self._known: dict[tuple[str, str], ApprovalRecord] = {
            (approval.kind, approval.call_id): approval for approval in plan.approvals
        }
        self._asked: dict[str, tuple[str, Waiting]] = {}
        """What waits in this segment, by approval: the step's path and the question."""
        self._ids: dict[tuple[str, str], str] = {key: approval.id for key, approval in self._known.items()}

        self.news = asyncio.Event()
        """Set at the next decision; then there is another one for the decision after that."""

    def look(self) -> None:
        """Take up what was decided since. Calls in doubt are left for the next segment, which settles them."""
        run_id, segment = self._plan.run.id, self._plan.run.segment
        with self._database.session() as db:
            if not run_work.is_at_work(db, run_id, self._plan.epoch):
                return
            decided = [each for each, _ in approvals.unapplied(db, run_id) if each.kind != "in_doubt"]
            approvals.mark_applied(db, [approval.id for approval in decided], segment)
        for approval in decided:
            self._known[approval.kind, approval.call_id] = approval
            tell_decision(self._context, approval)
        if decided:
            news, self.news = self.news, asyncio.Event()
            news.set()

    def is_decided(self, approval_ids: Iterable[str]) -> bool:
        """Whether somebody has decided about one of these while this segment was at work."""
        decided = {each.id for each in self._known.values() if each.status in ("approved", "rejected")}
        return any(approval_id in decided for approval_id in approval_ids)

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
            self._context.writer.emit(ApprovalWithdrawn(approval_id, call_of(waiting.call_id), waiting.tool))
            self._context.recorder.approval_withdrawn(approval_id, waiting.tool)
        if gone:
            self._context.writer.withdraw_approvals(list(gone))
