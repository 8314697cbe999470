"""What is drawn beside the organization itself: positions, notes and groups. None of it changes a run."""

from pydantic import Field

from core.organization.base import Name, Spec


class Position(Spec):
    """Where a node stands on the canvas, in pixels of the unzoomed canvas (top left corner)."""

    x: float
    y: float


class Note(Spec):
    """A text for people on the canvas; sizes in pixels of the unzoomed canvas."""

    id: str = Field(pattern=r"^note-[0-9]+$")
    text: str = ""
    x: float
    y: float
    width: float = Field(default=220, ge=80, le=4000)
    height: float = Field(default=100, ge=40, le=4000)


class Group(Spec):
    """Nodes that belong together; collapsed, they are drawn as one box. A node is in one group at most."""

    name: Name
    members: list[Name]
    collapsed: bool = False
