"""Undo and redo: what an organization was, is, and was before it was taken back."""

from dataclasses import dataclass, field, replace
from typing import Self

from core.organization.spec import Organization

LIMIT = 200
"""How many steps can be taken back."""


@dataclass(frozen=True, slots=True)
class History:
    """A present organization between past ones (oldest first) and undone ones (next first)."""

    present: Organization
    past: tuple[Organization, ...] = field(default=(), repr=False)
    future: tuple[Organization, ...] = field(default=(), repr=False)

    @property
    def can_undo(self) -> bool:
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        return bool(self.future)

    def push(self, org: Organization) -> Self:
        """With `org` as the present; what was undone is forgotten. Nothing happens when nothing has changed,
        neither in what it means nor in where its nodes stand."""
        if org == self.present:
            return self
        return replace(self, present=org, past=(*self.past, self.present)[-LIMIT:], future=())

    def undo(self) -> Self:
        """One step back; the same when there is none."""
        if not self.past:
            return self
        *past, present = self.past
        return replace(self, present=present, past=tuple(past), future=(self.present, *self.future))

    def redo(self) -> Self:
        """One undone step forward; the same when there is none."""
        if not self.future:
            return self
        present, *future = self.future
        return replace(self, present=present, past=(*self.past, self.present), future=tuple(future))
