"""The process of a reflective import: imports the module, and writes what it found to a file."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import orjson

_SHOWN = 600


def main(reference: str, folder: str, result: str, ours: str) -> None:
    """Write the organization, or what is in the way of it, to a file; `ours` is the folder of the studio."""
    sys.path[:] = [folder, *(path for path in sys.path if path not in ("", folder))]
    told = _told(reference, ours)
    Path(result).write_bytes(orjson.dumps(told, default=str))
    # Threads and clients that the module has started are no reason to wait.
    os._exit(0)


def _told(reference: str, ours: str) -> dict[str, Any]:
    module_name, _, object_name = reference.partition(":")
    try:
        module = importlib.import_module(module_name)
    # A module may raise anything when it is imported, or end the program.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        last = traceback.extract_tb(error.__traceback__)[-1]
        return {
            "problem": f"Module '{module_name}' cannot be imported: {type(error).__name__}: {error}"[:_SHOWN],
            "hint": f"It happened in {last.filename}, line {last.lineno}.",
        }
    _make_way(ours)
    from core.sdk.reflect.live_objects import agents_in, organization_of

    roots = agents_in(module, object_name)
    if not roots:
        made = ", ".join(sorted(name for name in vars(module) if agents_in(module, name))[:12])
        where = (
            f"'{object_name}' of '{module_name}' is no agent" if object_name else f"'{module_name}' has no agents"
        )
        hint = f"It has: {made}." if made else "Name an object that is an `Agent` once the module is imported."
        return {"problem": f"{where}.", "hint": hint}
    org, entries = organization_of(roots, name=object_name or module_name)
    return {
        "organization": org.model_dump(mode="json"),
        "report": [
            {"fate": each.fate, "what": each.what, "where": each.where, "note": each.note} for each in entries
        ],
    }


def _make_way(ours: str) -> None:
    """Let `core` be ours from now on: theirs may have a package of that name, and has been imported by now."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "core"]:
        del sys.modules[name]
    sys.path.insert(0, ours)


if __name__ == "__main__":
    main(*sys.argv[1:5])
