"""Revisions and their differences as the Design page words them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from core.organization.diff import FieldChanged, Statement, Weight
from core.records import RevisionRecord
from studio.view_models.relative_time import relative

DRAFT = "draft"
"""Stands for what is on the canvas."""
NOTHING = "nothing"

GROUPS = {
    Weight.APPROVAL: ":material/pan_tool: Approvals",
    Weight.EFFECT: ":material/edit_square: Side effects",
    Weight.GUARDRAIL: ":material/gpp_maybe: Guardrails",
    Weight.SECRET: ":material/key: Secrets and stored data",
    Weight.BEHAVIOUR: ":material/account_tree: How it works",
    Weight.TEXT: ":material/notes: Texts and names",
    Weight.REMARK: ":material/label: Descriptions and samples",
}
HIDDEN_TEXTS = ("headers", "environment", "arguments", "url")
"""Fields whose values are never shown as text: they may hold secrets."""


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of the same consequence."""

    title: str
    statements: list[Statement]


def revision_title(revision: RevisionRecord) -> str:
    """`Revision 3 · Launch`."""
    return f"Revision {revision.number}" + (f" · {revision.name}" if revision.name else "")


def revision_caption(revision: RevisionRecord, now: datetime) -> str:
    """When it was saved, and its note."""
    return relative(revision.created_at, now) + (f" · {revision.note}" if revision.note else "")


def grouped(statements: Sequence[Statement]) -> list[Group]:
    """Statements, which come in the order of their weight, under headings."""
    return [Group(GROUPS[weight], list(each)) for weight, each in groupby(statements, lambda one: one.weight)]


def long_text(statement: Statement) -> tuple[str, str] | None:
    """Both versions of a text that is best read as a diff, or None."""
    change = statement.change
    if not isinstance(change, FieldChanged) or change.path.startswith(HIDDEN_TEXTS):
        return None
    before, after = change.before, change.after
    if not isinstance(before, str) or not isinstance(after, str):
        return None
    return (before, after) if max(len(before), len(after)) > 60 or "\n" in before + after else None


def short_list(statements: Sequence[Statement], *, most: int = 6) -> list[str]:
    """The first sentences, and how many more there are."""
    words = [statement.words for statement in statements[:most]]
    more = len(statements) - len(words)
    return words + ([f"And {more} more."] if more else [])
