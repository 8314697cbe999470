"""Approvals: what waits for a person, and the decisions."""

from core.engine.host import Engine
from core.errors import InvalidInputError, NotFoundError
from core.records import ApprovalRecord, Page
from core.services.texts import storable
from core.store import approvals as store
from core.store import run_control
from core.store import runs as run_store
from core.store.database import Database


class ApprovalService:
    """The inbox."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine

    def pending(self) -> list[ApprovalRecord]:
        """What waits, longest waiting first."""
        with self._database.read() as db:
            return store.pending(db)

    def pending_count(self) -> int:
        """How many wait."""
        with self._database.read() as db:
            return store.pending_count(db)

    def decided(self, *, number: int = 1, size: int = 50) -> Page[ApprovalRecord]:
        """What was decided or expired, newest first."""
        with self._database.read() as db:
            return store.decided_page(db, number=number, size=size)

    def of_run(self, run_id: str) -> list[ApprovalRecord]:
        """All approvals of a run, oldest first."""
        with self._database.read() as db:
            return store.approvals_of_run(db, run_id)

    def get(self, approval_id: str) -> ApprovalRecord:
        """One approval. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.approval(db, approval_id)
        if found is None:
            raise NotFoundError("approval", approval_id)
        return found

    def approve(self, approval_id: str, *, reason: str = "", by: str = "") -> ApprovalRecord:
        """Let the call run (for a call in doubt: run it again). Raises ConflictError when decided already."""
        return self._decide(approval_id, "approved", reason.strip(), by)

    def reject(self, approval_id: str, *, reason: str, by: str = "") -> ApprovalRecord:
        """Refuse the call (for a call in doubt: do not run it again); the model is told the reason."""
        if not reason.strip():
            raise InvalidInputError("A rejection needs a reason.", hint="Say why; the agent is told.")
        return self._decide(approval_id, "rejected", reason.strip(), by)

    def _decide(self, approval_id: str, verdict: str, reason: str, by: str) -> ApprovalRecord:
        approval = self.get(approval_id)
        with self._database.session() as db:
            # The segment that is about to end must find this decision, or this must find it ended.
            run_store.lock(db, approval.run_id)
            store.decide(db, approval_id, verdict=verdict, reason=storable(reason), by=by)
            # A run that is at work meanwhile (on another decision) finds this one when its segment ends.
            if run_control.requeue(db, approval.run_id, owner=self._engine.owner):
                self._engine.queued(db, approval.run_id)
        self._engine.decided(approval.run_id)
        self._engine.wake()
        return self.get(approval_id)
