"""A program that runs exported packages: `run_exported.py SERVER FOLDER…`, each folder with its `inputs.json`.

It prints one JSON object a line: package, and for each input how the run ended and what the server was asked. Runs
that wait are approved until they end, each time by a new reading of what is on disk.
"""

import asyncio
import io
import json
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.request import urlopen


def main() -> None:
    server, *folders = sys.argv[1:]
    # The SDK's connections belong to one event loop, so all runs share it.
    with asyncio.Runner() as loop:
        for folder in map(Path, folders):
            print(json.dumps({"package": folder.name, "runs": _runs(loop, server, folder)}), flush=True)
    ours = sorted({name.partition(".")[0] for name in sys.modules} & {"core", "studio", "pages"})
    print(json.dumps({"imported": ours}))


def _runs(loop: asyncio.Runner, server: str, folder: Path) -> list[dict[str, Any]]:
    sys.path.insert(0, str(folder))
    os.environ["SAMPLE_DATA"] = str(folder / "samples.sqlite3")
    package = next(each.parent.name for each in folder.glob("*/main.py"))
    inputs = json.loads((folder / "inputs.json").read_text(encoding="utf-8"))
    return [_run(loop, server, package, folder / "runs", text) for text in inputs]


def _run(loop: asyncio.Runner, server: str, package: str, runs: Path, text: str) -> dict[str, Any]:
    main = import_module(f"{package}.main")
    command_line = import_module(f"{package}.support.command_line")
    records = import_module(f"{package}.support.record")
    screens = import_module(f"{package}.support.screen")
    given = _given(main)
    record = records.Record.start(runs, text)
    waited = 0
    while True:
        screen = screens.Screen(io.StringIO(), io.StringIO())
        code = loop.run(command_line.run(record, main.work, main.LIMITS, **given, screen=screen))
        if code != command_line.WAITS:
            break
        waited += 1
        record = records.Record.take(runs, record.id)
        record.decide(record.waiting()[0]["id"], "approved", "")
    with urlopen(f"{server.removesuffix('/v1')}/taken") as answer:
        asked = json.load(answer)
    return {"status": record.data["status"], "output": record.data["output"], "waited": waited, "asked": asked}


def _given(main: Any) -> dict[str, Any]:
    """The state and the servers that the package's program gives to its command line."""
    given: dict[str, Any] = {}
    main.command_line = lambda _work, _limits, **options: given.update(options) or 0
    with suppress(SystemExit):
        main.main()
    return {"state": given.get("state"), "servers": given.get("servers", [])}


if __name__ == "__main__":
    main()
