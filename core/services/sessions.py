"""Sessions: conversations that go on over several runs."""

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.records import RunRecord, SessionRecord
from core.services.texts import storable
from core.store import runs as run_store
from core.store import sessions as store
from core.store.database import Database


class SessionService:
    """Find, name and delete conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, organization_id: str) -> list[SessionRecord]:
        """The conversations of an organization, last used first."""
        with self._database.read() as db:
            return store.sessions(db, organization_id)

    def get(self, session_id: str) -> SessionRecord:
        """One conversation. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.session(db, session_id)
        if found is None:
            raise NotFoundError("session", session_id)
        return found

    def create(self, organization_id: str, name: str) -> str:
        """Start an empty conversation. Returns the id."""
        with self._database.session() as db:
            return store.add_session(db, organization_id, _clean(name))

    def open(self, organization_id: str, name: str) -> str:
        """The conversation of that name, started if there is none. Returns the id."""
        with self._database.read() as db:
            found = store.session_named(db, organization_id, _clean(name))
        return found or self.create(organization_id, name)

    def runs(self, session_id: str) -> list[RunRecord]:
        """The runs of a conversation in the order they were started."""
        with self._database.read() as db:
            return run_store.runs_of_session(db, session_id)

    def rename(self, session_id: str, name: str) -> None:
        """Give a conversation another name."""
        with self._database.session() as db:
            store.rename(db, session_id, _clean(name))

    def delete(self, session_id: str) -> None:
        """Delete a conversation and its history; its runs and their traces stay."""
        with self._database.session() as db:
            store.touch(db, session_id)
            if run_store.active_run_of_session(db, session_id):
                raise ConflictError(
                    "A run of this conversation is not over.", hint="Stop it or decide its approvals first."
                )
            store.remove(db, session_id)


def _clean(name: str) -> str:
    cleaned = storable(" ".join(name.split())[:80])
    if not cleaned:
        raise InvalidInputError("A conversation needs a name.", hint="Type at least one character.")
    return cleaned
