"""What a person did on the canvas: one class per kind of change, as the browser reports it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.organization.arrange import Alignment
from core.organization.links import LinkKind
from core.organization.spec import Position
from core.organization.steps import StepKind

NewKind = Literal["agent", "function", "http", "mcp_stdio", "mcp_http", "guardrail"] | StepKind
Positions = dict[str, Position]


class Change(BaseModel):
    """Base of all changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AddNode(Change):
    """`positions` are those of all nodes that had none so far: keep them, so that nothing jumps."""

    op: Literal["add"] = "add"
    kind: NewKind
    position: Position
    positions: Positions = {}


class Connect(Change):
    """`port` is the way out that a flow link leaves from."""

    op: Literal["connect"] = "connect"
    kind: LinkKind
    source: str
    target: str
    port: str | None = None


class Move(Change):
    """The new positions of the moved nodes (and notes), and of all nodes that had none so far."""

    op: Literal["move"] = "move"
    positions: Positions
    notes: Positions = {}


class Layout(Change):
    """All nodes were arranged anew; without positions they are to be found here."""

    op: Literal["layout"] = "layout"
    positions: Positions


class Delete(Change):
    """`edges` are link keys; the links of deleted nodes go with them and are not listed. `groups` are dissolved:
    their nodes stay."""

    op: Literal["delete"] = "delete"
    nodes: list[str] = []
    edges: list[str] = []
    notes: list[str] = []
    groups: list[str] = []


class AddNote(Change):
    op: Literal["add_note"] = "add_note"
    position: Position


class ChangeNote(Change):
    """A note as it is now: another text, size or place."""

    op: Literal["change_note"] = "change_note"
    id: str
    text: str
    x: float
    y: float
    width: float
    height: float


class GroupNodes(Change):
    op: Literal["group"] = "group"
    nodes: list[str]


class ChangeGroup(Change):
    """`group` is its name until now."""

    op: Literal["change_group"] = "change_group"
    group: str
    name: str
    collapsed: bool


class Align(Change):
    """`sizes` are widths and heights by node, as they are drawn."""

    op: Literal["align"] = "align"
    nodes: list[str]
    how: Alignment
    sizes: dict[str, tuple[float, float]]


class Duplicate(Change):
    op: Literal["duplicate"] = "duplicate"
    nodes: list[str]


class Copy(Change):
    """The browser waits for an order that holds these nodes as text."""

    op: Literal["copy"] = "copy"
    nodes: list[str]


class Paste(Change):
    """A text of the clipboard; the top left corner of what it describes goes to `position`."""

    op: Literal["paste"] = "paste"
    text: str
    position: Position
    positions: Positions = {}


class Select(Change):
    """One node or one edge (a link key) is selected; both None when nothing is, or several are."""

    op: Literal["select"] = "select"
    node: str | None = None
    edge: str | None = None


class Present(Change):
    """Show the canvas alone, or the page again."""

    op: Literal["present"] = "present"
    on: bool


class Undo(Change):
    op: Literal["undo"] = "undo"


class Redo(Change):
    op: Literal["redo"] = "redo"


CanvasChange = (
    AddNode
    | Connect
    | Move
    | Layout
    | Delete
    | AddNote
    | ChangeNote
    | GroupNodes
    | ChangeGroup
    | Align
    | Duplicate
    | Copy
    | Paste
    | Select
    | Present
    | Undo
    | Redo
)


class Report(Change):
    """What the browser sends: a change, the revision it was made on, and a number that grows. A change that found
    no answer is sent again under the same number, as another attempt."""

    rev: int
    seq: int
    attempt: int = 1
    change: Annotated[CanvasChange, Field(discriminator="op")]
