"""What is kept of a run on disk: one JSON file, so that a run can wait for a person and go on in another process.

The file of a run that a process works on is called `ID.working.json`. To take a run up, a process renames its
file, which only one can do; so nothing is done twice.
"""

import getpass
import json
import os
import uuid
from pathlib import Path
from typing import Any, Literal

Verdict = Literal["approved", "rejected"]


class RecordError(Exception):
    """What was asked for cannot be done with the run as it is."""


class Record:
    """One run. Every change is on disk when the method returns."""

    def __init__(self, folder: Path, data: dict[str, Any]) -> None:
        self._folder = folder
        self.data = data

    @classmethod
    def start(cls, folder: Path, text: str, *, session: str | None = None) -> "Record":
        """A new run, on which this process works."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {"id": uuid.uuid4().hex[:8], "input": text, "session": session, "status": "working"}
        record = cls(folder, {**data, "output": None, "results": {}, "paused": {}, "approvals": []})
        record.save()
        return record

    @classmethod
    def take(cls, folder: Path, run: str) -> "Record":
        """A run that waits, from now on worked on by this process."""
        try:
            os.rename(folder / f"{run}.json", folder / f"{run}.working.json")
        except FileNotFoundError:
            raise RecordError(_why_not(folder, run)) from None
        return cls.take_again(folder, run)

    @classmethod
    def take_again(cls, folder: Path, run: str) -> "Record":
        """A run whose process has ended without finishing it."""
        try:
            text = (folder / f"{run}.working.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise RecordError(f"Run '{run}' was not cut off.") from None
        return cls(folder, json.loads(text))

    def save(self) -> None:
        """Write all of it; a reader sees the old file or the new one, never a part."""
        target = self._folder / f"{self.id}.working.json"
        draft = target.with_suffix(".part")
        draft.write_text(json.dumps(self.data, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(draft, target)

    def let_go(self, status: str, output: Any = None) -> None:
        """This process is done with the run."""
        self.data |= {"status": status, "output": output}
        self.save()
        os.rename(self._folder / f"{self.id}.working.json", self._folder / f"{self.id}.json")

    @property
    def id(self) -> str:
        return str(self.data["id"])

    # -- finished steps -----------------------------------------------------------------------------

    def result(self, key: str) -> dict[str, Any] | None:
        """What was kept of a finished step."""
        found: dict[str, Any] | None = self.data["results"].get(key)
        return found

    def finish(self, key: str, result: dict[str, Any]) -> None:
        """Keep what a step gave; it will not be repeated."""
        self.data["results"][key] = result
        self.data["paused"].pop(key, None)
        self.save()

    # -- what waits ---------------------------------------------------------------------------------

    def paused(self, key: str) -> str | None:
        """The SDK's state of an agent that waits."""
        found: str | None = self.data["paused"].get(key)
        return found

    def pause(self, key: str, state: str, calls: list[dict[str, Any]]) -> None:
        """An agent waits for a person, because of these calls."""
        self.data["paused"][key] = state
        known = {approval["call_id"] for approval in self.data["approvals"] if approval["key"] == key}
        for call in calls:
            if call["call_id"] not in known:
                self._ask({"key": key, **call})
        self.save()

    def resuming(self, key: str) -> None:
        """The agent goes on; from now until it waits again or ends, nobody knows how far it got."""
        self.data["in_doubt"] = key
        self.save()

    def settled(self) -> None:
        """It is known again how far the agent got."""
        self.data.pop("in_doubt", None)

    def approval(self, key: str, question: str, facts: dict[str, Any]) -> dict[str, Any]:
        """What a person is asked at a step of the workflow; asked now if that has not happened."""
        for approval in self.data["approvals"]:
            if approval["key"] == key:
                found: dict[str, Any] = approval
                return found
        asked = self._ask({"key": key, "call_id": "", "question": question, **facts})
        self.save()
        return asked

    def decision(self, key: str, call_id: str) -> dict[str, Any] | None:
        """What a person decided about a call; None while it waits."""
        for approval in self.data["approvals"]:
            if approval["key"] == key and approval["call_id"] == call_id and approval["status"] != "waiting":
                found: dict[str, Any] = approval
                return found
        return None

    def decide(self, approval_id: str, verdict: Verdict, reason: str) -> None:
        """Keep what a person decided."""
        for approval in self.data["approvals"]:
            if approval["id"] == approval_id and approval["status"] == "waiting":
                approval |= {"status": verdict, "reason": reason, "by": getpass.getuser()}
                self.save()
                return
        raise RecordError(f"Nothing with the id '{approval_id}' waits for a decision.")

    def withdraw(self, path: str) -> None:
        """Nobody needs to decide any more about what waits below `path`."""
        for approval in self.data["approvals"]:
            if approval["key"].startswith(path) and approval["status"] == "waiting":
                approval["status"] = "withdrawn"
        for key in [key for key in self.data["paused"] if key.startswith(path)]:
            del self.data["paused"][key]

    def waiting(self) -> list[dict[str, Any]]:
        """All that waits for a person."""
        return [approval for approval in self.data["approvals"] if approval["status"] == "waiting"]

    def _ask(self, about: dict[str, Any]) -> dict[str, Any]:
        number = len(self.data["approvals"]) + 1
        asked = {"id": f"{self.id}-{number}", "status": "waiting", "reason": "", **about}
        self.data["approvals"].append(asked)
        return asked


def waiting_records(folder: Path) -> list[Record]:
    """The runs that wait for a person and that nobody works on."""
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files if "working" not in file.name]
    return [Record(folder, data) for data in found if data["status"] == "waiting"]


def _why_not(folder: Path, run: str) -> str:
    if (folder / f"{run}.working.json").exists():
        return f"Run '{run}' is being worked on. If its process is gone, use `resume {run}`."
    return f"There is no run '{run}' in {folder}."
