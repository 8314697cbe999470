"""What a person did on the canvas, done to the organization on a desk."""

from typing import assert_never

from core.errors import InvalidInputError, InvalidSpecError
from core.organization import edits
from core.organization.annotations import add_note, change_group, change_note, delete_notes, group, ungroup
from core.organization.arrange import aligned
from core.organization.clipboard import copied, pasted
from core.organization.layout import auto_layout
from core.organization.spec import Organization
from studio.canvas.changes import (
    AddNode,
    AddNote,
    Align,
    CanvasChange,
    ChangeGroup,
    ChangeNote,
    Connect,
    Copy,
    Delete,
    Duplicate,
    GroupNodes,
    Layout,
    Move,
    Paste,
    Present,
    Redo,
    Select,
    Undo,
)
from studio.clips import LEFT_OUT, clips
from studio.editing import Desk, placed

FIRST_GUARDRAIL: edits.NewNode = "keyword"
"""The palette offers one guardrail; its kind is chosen in the inspector."""


def apply_canvas_change(desk: Desk, change: CanvasChange) -> None:
    """Do what a person did on the canvas; when it cannot be done, `desk.refused` says why."""
    desk.refused = None
    try:
        _apply(desk, change)
    except (InvalidInputError, InvalidSpecError) as error:
        desk.refused = error
        # The browser may show the refused change already.
        desk.drawn += 1


def _apply(desk: Desk, change: CanvasChange) -> None:
    org = desk.organization
    match change:
        case Select():
            desk.select(change.node or change.edge or "")
        case AddNode():
            _add(desk, change)
        case Connect():
            connected = edits.connect(org, change.kind, change.source, change.target, port=change.port)
            desk.change(connected)
            desk.select(connected.links[-1].key)
        case Layout(positions=positions) if not positions:
            desk.change(org.with_layout(auto_layout(org)))
            desk.fit += 1
        case Layout():
            desk.change(edits.move(org, change.positions))
        case Move():
            desk.change(_moved(org, change))
        case Delete():
            desk.change(_without(org, change))
        case AddNote():
            desk.change(add_note(org, change.position)[0])
        case ChangeNote():
            desk.change(change_note(org, change.id, **change.model_dump(exclude={"op", "id"})))
        case GroupNodes():
            desk.change(group(org, change.nodes)[0])
        case ChangeGroup():
            desk.change(change_group(org, change.group, name=change.name, collapsed=change.collapsed))
        case Align():
            desk.change(edits.move(org, aligned(org, change.nodes, change.how, change.sizes)))
        case Duplicate():
            doubled, names = edits.duplicate(org, change.nodes)
            desk.change(doubled)
            desk.select_nodes(list(names.values()))
        case Copy():
            text, lacks_secrets = clips.keep(copied(org, change.nodes))
            desk.tell("copy", text, note=LEFT_OUT if lacks_secrets else "")
        case Paste():
            _paste(desk, change)
        case Present():
            # The page shows itself otherwise; the organization stays as it is.
            pass
        case Undo():
            desk.undo()
        case Redo():
            desk.redo()
        case _:
            assert_never(change)


def _add(desk: Desk, change: AddNode) -> None:
    kind = FIRST_GUARDRAIL if change.kind == "guardrail" else change.kind
    before = edits.move(desk.organization, change.positions)
    added, name = edits.add_node(before, kind, change.position)
    desk.change(added)
    desk.select(name)


def _paste(desk: Desk, change: Paste) -> None:
    before = edits.move(desk.organization, change.positions)
    joined, names = pasted(before, clips.whole(change.text), change.position)
    desk.change(placed(joined))
    desk.select_nodes(names)


def _moved(org: Organization, change: Move) -> Organization:
    moved = edits.move(org, change.positions)
    notes = [
        note.model_copy(update={"x": place.x, "y": place.y}) if (place := change.notes.get(note.id)) else note
        for note in moved.notes
    ]
    return moved.model_copy(update={"notes": notes})


def _without(org: Organization, change: Delete) -> Organization:
    for name in change.groups:
        org = ungroup(org, name)
    return delete_notes(edits.delete(org, change.nodes, change.edges), change.notes)
