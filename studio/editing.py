"""One tab's work on an organization: each edit is a step that can be taken back, and is kept as the draft."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import ConflictError, InvalidInputError, TroupeError
from core.organization.files import parse, spec_hash
from core.organization.history import History
from core.organization.layout import auto_layout
from core.organization.names import fresh_name
from core.organization.problems import Problem
from core.organization.spec import Organization
from core.organization.wording import with_fields
from core.records import RevisionRecord
from core.services.organizations import Draft, OrganizationService, problems_of
from studio.canvas.orders import Order, OrderKind, next_order
from studio.view_models.design_parts import part_of


@dataclass(frozen=True, slots=True)
class Rejected:
    """What a person typed into a field that the organization cannot take, and the value it has instead."""

    typed: Any
    instead_of: Any
    error: InvalidInputError


@dataclass(frozen=True, slots=True)
class Shown:
    """What a field shows, and how many times that was replaced by something that was not typed into it."""

    value: Any
    times: int = 0
    replaced: Any = None
    """What it showed before that."""


@dataclass(slots=True)
class Desk:
    """What one tab holds of an organization; `problems`, `hash` belong to the present of `history`."""

    organizations: OrganizationService
    organization_id: str
    history: History
    version: int
    """The version of the stored draft that the present is, or is based on while there is a conflict."""
    base: Organization
    """What this tab last had in common with what is stored: before a conflict, what both tabs started from."""
    saved: RevisionRecord | None
    problems: list[Problem]
    hash: str
    selected: str = ""
    """A node's name or a link's key; empty for the organization itself."""
    several: list[str] = field(default_factory=list)
    """Nodes that were made together: the canvas selects them all, the inspector shows the organization."""
    drawn: int = 1
    """Counts up whenever the canvas must be drawn anew."""
    fit: int = 0
    order: Order | None = None
    """What the canvas is to do once."""
    conflict: ConflictError | None = None
    """Set while another tab's edits stand in the store and this tab's last edits do not."""
    refused: TroupeError | None = None
    """Why the last change on the canvas was not made."""
    rejected: dict[str, Rejected] = field(default_factory=dict)
    """By field: typed, and not part of the organization yet."""
    shown: dict[str, Shown] = field(default_factory=dict)
    """By field: what its widget shows."""
    listed: dict[str, Any] = field(default_factory=dict)
    """By node: what an MCP server was last found to offer, or the error."""
    _tokens: dict[str, str] = field(default_factory=dict)
    _given: int = 0

    @property
    def organization(self) -> Organization:
        return self.history.present

    @property
    def changed(self) -> bool:
        """Whether the present differs in meaning from the newest revision."""
        return self.saved is None or self.saved.spec_hash != self.hash

    @property
    def errors(self) -> int:
        """How many problems keep this from being saved or run."""
        return sum(problem.severity == "error" for problem in self.problems)

    def token(self, owner: str) -> str:
        """What fields of a node are called on the page; it stays the same when the node is renamed."""
        if owner not in self._tokens:
            self._given += 1
            self._tokens[owner] = f"f{self._given}"
        return self._tokens[owner]

    def owner_of(self, token: str) -> str | None:
        """The node, link or (empty) organization with that token, or None when it is gone."""
        owners = (owner for owner, given in self._tokens.items() if given == token)
        return next((owner for owner in owners if part_of(self.organization, owner) is not None), None)

    def carry_fields(self, old: str, new: str) -> None:
        """The fields of `old` are those of `new` from now on."""
        if old in self._tokens:
            self._tokens[new] = self._tokens.pop(old)

    def select(self, owner: str) -> None:
        """Show a node or link in the inspector; anything else selects the organization."""
        self.selected = owner if part_of(self.organization, owner) is not None else ""
        self.several = []

    def select_nodes(self, names: Sequence[str]) -> None:
        """Show one node in the inspector, or select several on the canvas."""
        self.select(names[0] if len(names) == 1 else "")
        self.several = list(names) if len(names) > 1 else []

    def change(self, organization: Organization) -> None:
        """Take a step to another organization and keep it as the draft."""
        self._step(self.history.push(organization))

    def tell(self, kind: OrderKind, text: str = "", *, note: str = "") -> None:
        """Have the canvas do something."""
        self.order = next_order(self.order, kind, text, note)

    def undo(self) -> None:
        self._step(self.history.undo())

    def redo(self) -> None:
        self._step(self.history.redo())

    def catch_up(self) -> bool:
        """Load what another tab has stored since; whether there was anything. Nothing happens in a conflict."""
        if self.conflict:
            return False
        draft = self.organizations.draft(self.organization_id)
        if draft.version == self.version:
            self.saved = draft.revision
            return False
        self._adopt(draft)
        return True

    def load_theirs(self) -> None:
        """End a conflict with what the other tab stored; undo brings this tab's edits back."""
        self.conflict = None
        self._adopt(self.organizations.draft(self.organization_id))

    def theirs(self) -> Organization:
        """What is stored at present: in a conflict, what the other tab made of `base`."""
        return self.organizations.draft(self.organization_id).spec

    def keep_mine(self) -> None:
        """End a conflict with this tab's edits as the draft; undo brings the other tab's back."""
        mine = self.organization
        self.load_theirs()
        self.change(mine)

    def keep_both(self) -> RevisionRecord:
        """End a conflict with the other tab's edits as a revision, and this tab's as the draft. Raises
        BrokenOrganizationError when theirs have errors."""
        theirs = self.organizations.draft(self.organization_id)
        kept = self.organizations.save(
            self.organization_id, based_on=theirs.version, note="Edits of another tab at the same time"
        )
        self.keep_mine()
        return kept

    def keep_as_copy(self) -> str:
        """End a conflict by making this tab's edits an organization of their own. Returns its id."""
        taken = {record.name for record in self.organizations.all()}
        name = fresh_name(f"{self.organization.name} copy"[:80], taken)
        copy_id = self.organizations.create(with_fields(self.organization, name=name))
        self.load_theirs()
        return copy_id

    def save(self, note: str = "", *, name: str = "") -> RevisionRecord:
        """Make the present a revision. Raises BrokenOrganizationError, or ConflictError when another tab edited
        meanwhile (its edits are on the canvas then, when nothing of this tab would be lost)."""
        if self.conflict:
            raise self.conflict
        if self.catch_up():
            raise ConflictError(
                "Another tab has edited this organization; its edits are on the canvas now.",
                hint="Look at them and save again, or undo to get back to yours.",
            )
        saved = self.organizations.save(self.organization_id, based_on=self.version, name=name, note=note)
        self.version = self.organizations.draft(self.organization_id).version
        self.saved = saved
        return saved

    def discard(self) -> None:
        """Go back to the newest revision; undo brings the discarded edits back. Raises ConflictError when another
        tab edited meanwhile."""
        self.organizations.discard_draft(self.organization_id, based_on=self.version)
        self.load_theirs()

    def restore(self, revision: RevisionRecord) -> None:
        """Put a revision on the canvas as the draft; undo brings back what was there."""
        self.change(placed(parse(revision.spec)))
        self.fit += 1

    def _adopt(self, draft: Draft) -> None:
        self.version, self.saved, self.base = draft.version, draft.revision, draft.spec
        self._present(self.history.push(placed(draft.spec)))
        self.fit += 1

    def _step(self, history: History) -> None:
        moved = history is not self.history
        self._present(history)
        if moved and not self.conflict:
            self._store()

    def _present(self, history: History) -> None:
        before, self.history = self.organization, history
        self.refused = None
        self._follow(before)
        if self.organization is not before:
            self.problems, self.hash = problems_of(self.organization), spec_hash(self.organization)
        self.drawn += 1

    def _store(self) -> None:
        try:
            self.version = self.organizations.save_draft(
                self.organization_id, self.organization, based_on=self.version
            )
        except ConflictError as error:
            self.conflict = error
        else:
            self.base = self.organization

    def _follow(self, before: Organization) -> None:
        """Keep selection and fields on a node that came to be called otherwise."""
        old, new = set(before.node_names()), set(self.organization.node_names())
        gone, came = old - new, new - old
        if len(gone) == len(came) == 1:
            (gone_name,), (new_name,) = gone, came
            self.carry_fields(gone_name, new_name)
            if self.selected == gone_name:
                self.selected = new_name
        together = [name for name in self.several if name in new]
        self.select(self.selected)
        self.several = together


def desk_for(organizations: OrganizationService, organization_id: str) -> Desk:
    """A desk with what is stored of an organization on it. Raises NotFoundError."""
    draft = organizations.draft(organization_id)
    return Desk(
        organizations=organizations,
        organization_id=organization_id,
        history=History(placed(draft.spec)),
        version=draft.version,
        base=draft.spec,
        saved=draft.revision,
        problems=problems_of(draft.spec),
        hash=spec_hash(draft.spec),
    )


def placed(org: Organization) -> Organization:
    """With a place for every node, so that none jumps when another is renamed or added."""
    return org.with_layout(auto_layout(org, only_missing=True))
