"""Rows of runs without anything that happened, for tests of the store alone."""

from core.ids import new_id
from core.store import organizations, runs
from core.store.database import Database
from core.store.runs import NewRun


def add_run_rows(database: Database, how_many: int, *, owner: str = "somebody") -> list[str]:
    """Queue so many runs of one revision; returns their ids."""
    spec = {"name": "Shop", "entry": "clerk", "agents": [{"name": "clerk"}]}
    with database.session() as db:
        organization_id = organizations.add_organization(db, name="Shop", description="", draft=None)
        revision = organizations.add_revision(db, organization_id, spec=spec, spec_hash="abc", note="")
        ids = [new_id("run") for _ in range(how_many)]
        for run_id in ids:
            new = NewRun(
                id=run_id,
                organization_id=organization_id,
                organization_name="Shop",
                revision_id=revision.id,
                revision_number=revision.number,
                input="Hello",
                trace_id=f"trace_{run_id}",
            )
            runs.add_run(db, new, owner=owner)
    return ids
