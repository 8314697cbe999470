"""Organizations: compose, save revisions, find."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import BrokenOrganizationError, ConflictError, InvalidInputError, NotFoundError
from core.organization.check import check
from core.organization.files import import_text, parse, spec_hash
from core.organization.lint import lint
from core.organization.problems import Problem
from core.organization.spec import Organization
from core.patterns.catalogue import pattern
from core.patterns.compose import composed
from core.patterns.guide import Answers, recommend
from core.records import OrganizationRecord, RevisionRecord
from core.services.texts import storable
from core.store import organizations as store
from core.store.database import Database, Session
from core.toolbox.references import function_problem


@dataclass(frozen=True, slots=True)
class Draft:
    """What is on the canvas of an organization."""

    organization_id: str
    spec: Organization
    version: int
    """Counts up with each write; `save_draft` refuses to overwrite a version that it was not based on."""
    revision: RevisionRecord | None
    """The newest saved revision."""
    changed: bool
    """Whether the canvas differs in meaning from that revision."""

    @property
    def problems(self) -> list[Problem]:
        """What the linter finds, errors first."""
        return problems_of(self.spec)


@dataclass(frozen=True, slots=True)
class Imported:
    """An organization that came from a file; `notes` are what a person should know about what was in it."""

    organization_id: str
    notes: list[str]


def problems_of(spec: Organization) -> list[Problem]:
    """All problems of a spec, errors first; nothing of a user's code is run."""
    found = [*check(spec, known_function=function_problem), *lint(spec)]
    return sorted(found, key=lambda problem: problem.severity != "error")


class OrganizationService:
    """Compose organizations; every revision is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[OrganizationRecord]:
        """All organizations, last changed first."""
        with self._database.read() as db:
            return store.organizations(db)

    def get(self, organization_id: str) -> OrganizationRecord:
        """One organization. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.organization(db, organization_id)
        if found is None:
            raise NotFoundError("organization", organization_id)
        return found

    def find(self, reference: str) -> OrganizationRecord | None:
        """The organization with that id or, when it is the only one, that name (in any case)."""
        with self._database.read() as db:
            direct = store.organization(db, reference)
            if direct is not None:
                return direct
            ids = store.organizations_named(db, reference)
            if len(ids) > 1:
                raise InvalidInputError(
                    f"{len(ids)} organizations are named '{reference}'.", hint=f"Use an id: {', '.join(ids)}."
                )
            return store.organization(db, ids[0]) if ids else None

    def create(self, spec: Organization, *, note: str = "") -> str:
        """Add an organization; a sound spec becomes revision 1, one with errors a draft. Returns the id."""
        sound = not _errors(problems_of(spec))
        data = spec.model_dump(mode="json")
        with self._database.session() as db:
            organization_id = store.add_organization(
                db, name=spec.name, description=spec.description, draft=None if sound else data
            )
            if sound:
                store.add_revision(db, organization_id, spec=data, spec_hash=spec_hash(spec), note=note)
        return organization_id

    def create_from_pattern(self, pattern_id: str, variant_id: str = "") -> str:
        """Add an organization that starts as a pattern of the catalogue or a variant of it. Returns the id."""
        chosen = pattern(pattern_id)
        return self.create_named(chosen.variant(variant_id), note=f"From the pattern “{chosen.title}”")

    def create_from_guide(self, answers: Answers) -> str:
        """Add the organization that the guide makes of these answers. Returns the id."""
        return self.create_named(composed(recommend(answers)), note="From the guide")

    def import_text(self, text: str, *, source: str = "") -> Imported:
        """Add the organization that a YAML or JSON text describes, under a free name; `source` names the file.
        Raises InvalidSpecError, with the line."""
        found = import_text(text, source=source)
        note = f"Imported from {source}" if source else "Imported"
        return Imported(self.create_named(found.organization, note=note), found.notes)

    def create_empty(self) -> str:
        """Add an organization with nothing on its canvas. Returns the id."""
        names = {record.name for record in self.all()}
        return self.create(Organization(name=_fresh_name("New organization", names)))

    def draft(self, organization_id: str) -> Draft:
        """What is on the canvas: the unsaved edits, else the newest revision."""
        self.get(organization_id)
        with self._database.read() as db:
            data, version = store.draft(db, organization_id)
            revision = store.latest_revision(db, organization_id)
        if data is None:
            assert revision is not None, "an organization has a draft or a revision"
            return Draft(organization_id, parse(revision.spec), version, revision, changed=False)
        spec = parse(data)
        changed = revision is None or revision.spec_hash != spec_hash(spec)
        return Draft(organization_id, spec, version, revision, changed=changed)

    def save_draft(self, organization_id: str, spec: Organization, *, based_on: int) -> int:
        """Keep edits, sound or not. Raises ConflictError when the draft was written by someone else after
        version `based_on`. Returns the new version."""
        with self._database.session() as db:
            _refuse_other_edits(db, organization_id, based_on)
            return store.write_draft(
                db,
                organization_id,
                spec.model_dump(mode="json"),
                name=spec.name,
                description=spec.description,
            )

    def discard_draft(self, organization_id: str, *, based_on: int | None = None) -> None:
        """Go back to the newest revision. Raises ConflictError when the draft was written by someone else after
        version `based_on`."""
        with self._database.session() as db:
            store.lock(db, organization_id)
            if based_on is not None:
                _refuse_other_edits(db, organization_id, based_on)
            revision = store.latest_revision(db, organization_id)
            if revision is None:
                raise ConflictError(
                    "Nothing was saved yet, so there is nothing to go back to.",
                    hint="Delete the organization instead.",
                )
            spec = parse(revision.spec)
            store.write_draft(db, organization_id, None, name=spec.name, description=spec.description)

    def save(
        self, organization_id: str, *, based_on: int | None = None, name: str = "", note: str = ""
    ) -> RevisionRecord:
        """Make the draft a revision. Without changes of meaning the newest revision is kept, and a new layout goes
        on as draft. Raises BrokenOrganizationError when there are errors, and ConflictError when the draft was
        written by someone else after version `based_on`."""
        draft = self.draft(organization_id)
        refuse_errors(draft.problems)
        if draft.revision is not None and not draft.changed:
            return draft.revision
        spec = draft.spec
        with self._database.session() as db:
            _refuse_other_edits(db, organization_id, draft.version if based_on is None else based_on)
            data = spec.model_dump(mode="json")
            revision = store.add_revision(
                db, organization_id, spec=data, spec_hash=spec_hash(spec), note=note, name=name
            )
            store.write_draft(db, organization_id, None, name=spec.name, description=spec.description)
        return revision

    def revisions(self, organization_id: str) -> list[RevisionRecord]:
        """All saved versions, newest first."""
        with self._database.read() as db:
            return store.revisions(db, organization_id)

    def revision(self, revision_id: str) -> RevisionRecord:
        """One saved version. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.revision(db, revision_id)
        if found is None:
            raise NotFoundError("revision", revision_id)
        return found

    def describe_revision(self, revision_id: str, *, name: str, note: str) -> RevisionRecord:
        """Give a saved version another name and note; what it is never changes. Raises NotFoundError."""
        with self._database.session() as db:
            found = store.describe_revision(
                db, revision_id, name=storable(name).strip(), note=storable(note).strip()
            )
        if found is None:
            raise NotFoundError("revision", revision_id)
        return found

    def duplicate(self, organization_id: str) -> str:
        """Copy what is on the canvas into a new organization. Returns the id."""
        spec = self.draft(organization_id).spec
        names = {record.name for record in self.all()}
        return self.create(spec.model_copy(update={"name": _fresh_name(f"{spec.name} copy", names)}))

    def delete(self, organization_id: str) -> None:
        """Hide an organization; its runs stay, and `restore` brings it back."""
        self.get(organization_id)
        with self._database.session() as db:
            store.mark_deleted(db, organization_id, deleted=True)

    def restore(self, organization_id: str) -> None:
        """Bring a deleted organization back."""
        with self._database.session() as db:
            store.mark_deleted(db, organization_id, deleted=False)

    def create_named(self, spec: Organization, *, note: str) -> str:
        """Add an organization under its name, or one near it that is free."""
        names = {record.name for record in self.all()}
        if spec.name in names:
            spec = spec.model_copy(update={"name": _fresh_name(spec.name, names)})
        return self.create(spec, note=note)


def _refuse_other_edits(db: Session, organization_id: str, based_on: int) -> None:
    store.lock(db, organization_id)
    _, version = store.draft(db, organization_id)
    if version != based_on:
        raise ConflictError(
            "This organization was edited in another tab meanwhile.",
            hint="Reload to see the other edits; yours of the last moment are on this tab's canvas only.",
        )


def refuse_errors(problems: Sequence[Problem]) -> None:
    """Raise BrokenOrganizationError when a problem is an error."""
    errors = _errors(problems)
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise BrokenOrganizationError(f"{first.message}{more}", hint=first.hint)


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def _fresh_name(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted} {number}" in taken:
        number += 1
    return f"{wanted} {number}"
