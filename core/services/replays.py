"""Replays: recorded runs are played again for nothing, and kept as tests of later revisions."""

from dataclasses import dataclass
from functools import lru_cache

from core.cassettes.cassette import Cassette, CassetteFile, RecordedFact, read_file
from core.cassettes.differences import Difference, differences
from core.engine.host import Engine
from core.engine.journal import ANY
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.ids import new_id
from core.records import ReplayOrigin, RunRecord, Standing, StoredTest, TestOutcome
from core.services.recording import cassette_of
from core.services.runs import RunService, new_trace_id
from core.services.texts import storable
from core.store import cassettes as store
from core.store import events as event_store
from core.store import runs as run_store
from core.store import sessions as session_store
from core.store import spans as span_store
from core.store.database import Database, Session
from core.store.run_copies import JournalCopy, add_recordings, read_run
from core.store.runs import NewRun

MAX_NAME = 80
MAX_FILE = 50_000_000
"""Characters of a file with a test."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a test went the last time: `never` run, `running`, `passed`, `differs`, or `stopped` by a person."""

    outcome: TestOutcome
    run: RunRecord | None
    differences: list[Difference]


class ReplayService:
    """Play recorded runs. A replay asks no models and calls no tools: it costs nothing and changes nothing."""

    def __init__(self, database: Database, engine: Engine, runs: RunService) -> None:
        self._database = database
        self._engine = engine
        self._runs = runs
        # A run that is over, and what it played, stay as they are; only so many numbers are remembered.
        self._counted = lru_cache(maxsize=4_000)(self._count)

    def replay(self, run_id: str) -> str:
        """Start a run that does once more what a run that is over did, of the same revision; returns its id.
        Raises NotFoundError, or ConflictError while the run is not over."""
        run = self._ended(run_id)
        with self._database.session() as db:
            if run.cassette_id is not None:
                # A replay of a replay: what was recorded is what that one played.
                cassette_id, cassette = run.cassette_id, store.document(db, run.cassette_id)
            else:
                cassette_id = store.of_run(db, run_id) or store.add(db, run.organization_id, self._record(db, run))
                cassette = store.document(db, cassette_id)
            started = self._start(db, run.organization_id, cassette_id, cassette, run.revision_id, parent=run.id)
        self._engine.wake(started)
        return started

    def origin(self, run: RunRecord) -> ReplayOrigin | None:
        """What a run plays; None when it is no replay."""
        if run.cassette_id is None:
            return None
        with self._database.read() as db:
            run_id, _ = store.about(db, run.cassette_id)
            return ReplayOrigin(run_id, run_store.run(db, run_id) is not None, store.one_test(db, run.cassette_id))

    def play_file(self, organization_id: str, text: str, *, revision_id: str | None = None) -> str:
        """Start a run that plays a test which was exported, with a revision (the newest by default), and keep it
        as no test; returns the run's id, for `compare`. Raises NotFoundError, InvalidInputError, ConflictError or
        BrokenOrganizationError."""
        file = _checked_file(text)
        with self._database.session() as db:
            # A file may say anything of a run that is stored here: it is no recording of that.
            unknown = file.cassette.model_copy(update={"run_id": ""})
            cassette_id = store.add(db, organization_id, unknown, same_questions=file.same_questions)
            started = self._start(db, organization_id, cassette_id, file.cassette, revision_id)
        self._engine.wake(started)
        return started

    def compare(self, run_id: str) -> Report:
        """How a replay went, measured by what it plays, be that a test or not. Raises NotFoundError, or
        ConflictError for a run that is no replay."""
        run = self._runs.get(run_id)
        if run.cassette_id is None:
            raise ConflictError("This run is no replay.", hint="Start one with “Replay for free”.")
        with self._database.read() as db:
            _, same_questions = store.about(db, run.cassette_id)
        return self._report(run.cassette_id, run, same_questions=same_questions)

    # -- tests ------------------------------------------------------------------------------------

    def save(self, run_id: str, name: str, *, same_questions: bool = True, replace: bool = False) -> str:
        """Keep a run that is over as a test of its organization; returns the test's id. With `replace` it takes
        the place of one with that name. Raises NotFoundError, InvalidInputError, or ConflictError while the run is
        not over, when it was stopped or is a replay itself, or when there is such a test already."""
        run = self._ended(run_id)
        if run.status == "cancelled":
            raise ConflictError(
                "This run was stopped, so nobody knows how it would have ended.", hint="Choose another run."
            )
        if run.cassette_id is not None:
            raise ConflictError(
                "This run is a replay itself.", hint="Save the run that it was recorded from, or run it for real."
            )
        name = _checked_name(name)
        with self._database.session() as db:
            self._make_room(db, run.organization_id, name, replace=replace)
            return store.add(
                db, run.organization_id, self._record(db, run), name=name, same_questions=same_questions
            )

    def tests(self, organization_id: str | None = None) -> list[StoredTest]:
        """All tests, or those of an organization, by their names."""
        with self._database.read() as db:
            return store.all_tests(db, organization_id)

    def standings(self, organization_id: str | None = None) -> list[Standing]:
        """The same with how each went the last time, without the differences themselves. Cheap to ask again."""
        with self._database.read() as db:
            tests = store.all_tests(db, organization_id)
            newest = run_store.newest_of_cassettes(db, [test.id for test in tests])
        return [self._standing(test, newest.get(test.id)) for test in tests]

    def test(self, test_id: str) -> StoredTest:
        """One test. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.one_test(db, test_id)
        if found is None:
            raise NotFoundError("test", test_id)
        return found

    def cassette(self, test_id: str) -> Cassette:
        """What a test recorded. Raises NotFoundError."""
        self.test(test_id)
        with self._database.read() as db:
            return store.document(db, test_id)

    def run_test(self, test_id: str, *, revision_id: str | None = None) -> str:
        """Start a run that plays the test with a revision, the newest by default; returns its id. Raises
        NotFoundError, ConflictError or BrokenOrganizationError."""
        test = self.test(test_id)
        with self._database.session() as db:
            cassette = store.document(db, test_id)
            started = self._start(db, test.organization_id, test_id, cassette, revision_id)
        self._engine.wake(started)
        return started

    def report(self, test_id: str) -> Report:
        """How the test went when it was run last. Raises NotFoundError."""
        test = self.test(test_id)
        with self._database.read() as db:
            newest = run_store.newest_of_cassettes(db, [test_id]).get(test_id)
        if newest is None:
            return Report("never", None, [])
        return self._report(test.id, newest, same_questions=test.same_questions)

    def change(self, test_id: str, *, name: str | None = None, same_questions: bool | None = None) -> None:
        """Give a test another name or strictness. Raises NotFoundError, InvalidInputError, or ConflictError when
        the organization has another test with that name."""
        test = self.test(test_id)
        new_name = test.name if name is None else _checked_name(name)
        strict = test.same_questions if same_questions is None else same_questions
        with self._database.session() as db:
            if store.named(db, test.organization_id, new_name) not in (None, test_id):
                raise _name_taken(new_name)
            store.change(db, test_id, name=new_name, same_questions=strict)

    def delete(self, test_id: str) -> None:
        """Delete a test; runs that played it stay. Raises NotFoundError."""
        test = self.test(test_id)
        with self._database.session() as db:
            store.change(db, test_id, name=None, same_questions=test.same_questions)
            store.remove_unused(db)

    def export(self, test_id: str) -> str:
        """The test as JSON that `import_test` reads. Raises NotFoundError."""
        test = self.test(test_id)
        file = CassetteFile(name=test.name, same_questions=test.same_questions, cassette=self.cassette(test_id))
        return file.model_dump_json(indent=1)

    def import_test(self, organization_id: str, text: str, *, replace: bool = False) -> str:
        """Add a test that was exported to an organization; returns its id. Raises NotFoundError,
        InvalidInputError, or ConflictError when there is a test with that name."""
        file = _checked_file(text)
        name = _checked_name(file.name)
        self._runs.revision_to_run(organization_id)
        with self._database.session() as db:
            self._make_room(db, organization_id, name, replace=replace)
            return store.add(db, organization_id, file.cassette, name=name, same_questions=file.same_questions)

    # -- the parts --------------------------------------------------------------------------------

    def _ended(self, run_id: str) -> RunRecord:
        run = self._runs.get(run_id)
        if not run.ended:
            raise ConflictError(
                f"This run is {run.status}, not over.", hint="Wait until it has ended, or stop it."
            )
        return run

    def _record(self, db: Session, run: RunRecord) -> Cassette:
        rows = read_run(db, run.id)
        assert rows is not None, "the run was just read"
        before = session_store.turns_before(db, run.session_id, run.id) if run.session_id else []
        return cassette_of(run, rows, before, lambda span_id: span_store.payload(db, span_id))

    def _start(
        self,
        db: Session,
        organization_id: str,
        cassette_id: str,
        cassette: Cassette,
        revision_id: str | None,
        *,
        parent: str | None = None,
    ) -> str:
        revision, spec = self._runs.revision_to_run(organization_id, revision_id)
        new = NewRun(
            id=new_id("run"),
            organization_id=organization_id,
            organization_name=spec.name,
            revision_id=revision.id,
            revision_number=revision.number,
            input=cassette.input,
            trace_id=new_trace_id(),
            model=cassette.model,
            overrides=cassette.overrides,
            changes=cassette.changes,
            parent_id=parent,
            cassette_id=cassette_id,
            epoch=1,
        )
        self._engine.enqueue(db, new)
        facts = [each for each in cassette.recorded if isinstance(each, RecordedFact)]
        add_recordings(
            db, new.id, [JournalCopy(each.key, place, ANY, each.data) for place, each in enumerate(facts, start=1)]
        )
        return new.id

    def _standing(self, test: StoredTest, run: RunRecord | None) -> Standing:
        if run is None:
            return Standing(test, "never", None, 0)
        outcome = _unfinished(run)
        if outcome is not None:
            return Standing(test, outcome, run, 0)
        found = self._counted(test.id, run.id, f"{run.status} {run.ended_at}", same_questions=test.same_questions)
        return Standing(test, "differs" if found else "passed", run, found)

    def _count(self, cassette_id: str, run_id: str, _end: str, *, same_questions: bool) -> int:
        run = self._runs.get(run_id)
        return len(self._report(cassette_id, run, same_questions=same_questions).differences)

    def _report(self, cassette_id: str, run: RunRecord, *, same_questions: bool) -> Report:
        outcome = _unfinished(run)
        if outcome is not None:
            return Report(outcome, run, [])
        with self._database.read() as db:
            cassette, events = store.document(db, cassette_id), event_store.events(db, run.id)
        found = differences(cassette, run, events, same_questions=same_questions)
        return Report("differs" if found else "passed", run, found)

    def _make_room(self, db: Session, organization_id: str, name: str, *, replace: bool) -> None:
        old = store.named(db, organization_id, name)
        if old is not None and not replace:
            raise _name_taken(name)
        if old is not None:
            store.change(db, old, name=None, same_questions=True)
            store.remove_unused(db)


def _unfinished(run: RunRecord) -> TestOutcome | None:
    """The outcome of a run that came to no end of its own."""
    if run.status in ("queued", "running"):
        return "running"
    return "stopped" if run.status == "cancelled" else None


def _checked_file(text: str) -> CassetteFile:
    if len(text) > MAX_FILE:
        raise InvalidInputError(f"The file is larger than {MAX_FILE // 1_000_000} MB.")
    return read_file(text)


def _checked_name(name: str) -> str:
    name = storable(" ".join(name.split()))
    if not name:
        raise InvalidInputError("The test has no name.", hint="Say in a few words what should stay as it is.")
    if len(name) > MAX_NAME:
        raise InvalidInputError(f"The name has {len(name)} characters.", hint=f"{MAX_NAME} are the most.")
    return name


def _name_taken(name: str) -> ConflictError:
    return ConflictError(
        f"There is a test called '{name}' already.", hint="Choose another name, or let this one take its place."
    )
