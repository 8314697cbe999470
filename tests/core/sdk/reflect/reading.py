"""What the tests of importing share: code in, organization and report out."""

import textwrap

from core.sdk.reflect.python_code import import_python
from core.sdk.reflect.report import Entry, Imported, Report
from core.sdk.reflect.sources import SourceFile


def files_of(**texts: str) -> list[SourceFile]:
    """Files by their names, in which `__` stands for a slash: `shop__agents` is `shop/agents.py`."""
    return [
        SourceFile(f"{name.replace('__', '/')}.py", textwrap.dedent(text).encode()) for name, text in texts.items()
    ]


def imported(text: str = "", **more: str) -> Imported:
    """What the static import makes of one file `app.py`, or of several."""
    texts = {"app": text, **more} if text else more
    return import_python(files_of(**texts), Report())


def told(found: Imported, fate: str, *words: str) -> list[Entry]:
    """The entries of a fate in which all the words occur."""
    return [
        entry
        for entry in found.report
        if entry.fate == fate and all(word in f"{entry.what} {entry.where} {entry.note}" for word in words)
    ]
