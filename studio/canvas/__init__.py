"""The canvas: a Streamlit component in which an organization is drawn and edited."""

from studio.canvas.canvas import canvas, take_change
from studio.canvas.changes import (
    AddNode,
    CanvasChange,
    Connect,
    Copy,
    Delete,
    Duplicate,
    Layout,
    Move,
    Paste,
    Redo,
    Select,
    Undo,
)

__all__ = [
    "AddNode",
    "CanvasChange",
    "Connect",
    "Copy",
    "Delete",
    "Duplicate",
    "Layout",
    "Move",
    "Paste",
    "Redo",
    "Select",
    "Undo",
    "canvas",
    "take_change",
]
