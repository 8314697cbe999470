"""Edits of notes and groups: each takes an organization and gives back another."""

from collections.abc import Collection, Mapping

from core.errors import InvalidInputError
from core.organization.drawing import Group, Note, Position
from core.organization.names import fresh_name
from core.organization.spec import Organization
from core.organization.wording import with_fields


def add_note(org: Organization, position: Position, text: str = "") -> tuple[Organization, str]:
    """With a new note there, and its id."""
    taken = {note.id for note in org.notes}
    number = next(number for number in range(1, len(taken) + 2) if f"note-{number}" not in taken)
    note = Note(id=f"note-{number}", text=text, x=position.x, y=position.y)
    return org.model_copy(update={"notes": [*org.notes, note]}), note.id


def change_note(org: Organization, note_id: str, **fields: object) -> Organization:
    """With other fields of a note; InvalidInputError when it is gone or a value cannot be."""
    _note(org, note_id)
    notes = [with_fields(note, **fields) if note.id == note_id else note for note in org.notes]
    return org.model_copy(update={"notes": notes})


def delete_notes(org: Organization, note_ids: Collection[str]) -> Organization:
    """Without these notes."""
    return org.model_copy(update={"notes": [note for note in org.notes if note.id not in note_ids]})


def group(org: Organization, members: Collection[str], name: str = "Group") -> tuple[Organization, str]:
    """With a new group of these nodes, which leave the groups that they were in, and its name."""
    known = [member for member in dict.fromkeys(members) if member in set(org.node_names())]
    if len(known) < 2:
        raise InvalidInputError("A group has two nodes or more.", hint="Select several nodes first.")
    left = _without_members(org.groups, set(known))
    fresh = fresh_name(name, [other.name for other in left])
    return org.model_copy(update={"groups": [*left, Group(name=fresh, members=known)]}), fresh


def ungroup(org: Organization, name: str) -> Organization:
    """Without the group; its nodes stay."""
    _group(org, name)
    return org.model_copy(update={"groups": [other for other in org.groups if other.name != name]})


def change_group(org: Organization, which: str, **fields: object) -> Organization:
    """With another name or state of a group; InvalidInputError when it is gone or a value cannot be."""
    changed = with_fields(_group(org, which), **fields)
    if changed.name != which and any(other.name == changed.name for other in org.groups):
        raise InvalidInputError(f"There is a group '{changed.name}' already.", hint="Choose another name.")
    return org.model_copy(update={"groups": [changed if other.name == which else other for other in org.groups]})


def groups_after(groups: list[Group], names: Mapping[str, str | None]) -> list[Group]:
    """The groups after nodes were renamed, or deleted (None); one that is left with a single node ends."""
    changed = []
    for old in groups:
        members = [new for member in old.members if (new := names.get(member, member)) is not None]
        if len(members) >= 2 or members == old.members:
            changed.append(old.model_copy(update={"members": members}))
    return changed


def _without_members(groups: list[Group], gone: set[str]) -> list[Group]:
    return groups_after(groups, dict.fromkeys(gone))


def _note(org: Organization, note_id: str) -> Note:
    found = next((note for note in org.notes if note.id == note_id), None)
    if found is None:
        raise InvalidInputError("There is no such note.", hint="It may have been deleted meanwhile.")
    return found


def _group(org: Organization, name: str) -> Group:
    found = next((group for group in org.groups if group.name == name), None)
    if found is None:
        raise InvalidInputError(f"There is no group '{name}'.", hint="It may have been dissolved meanwhile.")
    return found
