"""The canvas: a Streamlit component in which an organization is drawn and edited."""

from studio.canvas.canvas import canvas, take_change
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
    Redo,
    Select,
    Undo,
)

__all__ = [
    "AddNode",
    "AddNote",
    "Align",
    "CanvasChange",
    "ChangeGroup",
    "ChangeNote",
    "Connect",
    "Copy",
    "Delete",
    "Duplicate",
    "GroupNodes",
    "Layout",
    "Move",
    "Paste",
    "Redo",
    "Select",
    "Undo",
    "canvas",
    "take_change",
]
