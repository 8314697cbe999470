"""Sessions: conversations that go on over several runs."""

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.records import Page, RunRecord, SessionRecord
from core.services.session_export import ExportedSession
from core.services.texts import storable
from core.store import runs as run_store
from core.store import sessions as store
from core.store.database import Database


class SessionService:
    """Find, name and delete conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, organization_id: str) -> list[SessionRecord]:
        """The conversations of an organization that were used last, newest first."""
        return self.page(organization_id).rows

    def page(
        self, organization_id: str, *, text: str = "", number: int = 1, size: int = 50
    ) -> Page[SessionRecord]:
        """Conversations of an organization, last used first; `text` is a part of the name or of what was asked.
        Pages count from 1."""
        with self._database.read() as db:
            return store.session_page(db, organization_id, text=text.strip(), number=number, size=size)

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
        """The runs of a conversation in the order they were started, with those that it took over when it was
        forked."""
        with self._database.read() as db:
            return run_store.runs_of_session(db, session_id)

    def forks(self, session_id: str) -> list[SessionRecord]:
        """The conversations that were forked from it, oldest first."""
        with self._database.read() as db:
            return store.children(db, session_id)

    def fork(self, session_id: str, run_id: str, *, name: str = "") -> str:
        """A new conversation that goes on after the turn of that run; the other one stays as it is. Returns the
        id. Raises NotFoundError, or ConflictError when the turn is not over."""
        session = self.get(session_id)
        runs = self.runs(session_id)
        taken = [run.id for run in runs]
        if run_id not in taken:
            raise NotFoundError("turn", run_id)
        at = taken.index(run_id)
        if not runs[at].ended:
            raise ConflictError("This turn is not over.", hint="Wait until it is, or fork after an earlier one.")
        with self._database.session() as db:
            return store.fork(db, session_id, taken[: at + 1], _clean(name or f"{session.name[:72]} (fork)"))

    def export(self, session_id: str) -> ExportedSession:
        """All that was said and done, with the run of each turn. Raises NotFoundError."""
        session = self.get(session_id)
        with self._database.read() as db:
            return ExportedSession(session, store.turns(db, session_id), store.summary(db, session_id))

    def rename(self, session_id: str, name: str) -> None:
        """Give a conversation another name."""
        with self._database.session() as db:
            store.rename(db, session_id, _clean(name))

    def delete(self, session_id: str) -> None:
        """Delete a conversation and its history; its runs and their traces stay, and so do its forks."""
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
