"""`studio runs fork`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.bootstrap import Core
from core.errors import InvalidInputError, NotFoundError
from core.records import EventRecord, ForkChanges
from studio.commands.control import watch
from studio.commands.opened import opened
from studio.commands.output import one_line, print_json, print_table, tell
from studio.commands.target import file_text
from studio.view_models.fork_calls import ForkCall, fork_calls

HOW = "Fork before one of them with --at, by its key or its number."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say goes another way; names and values as they were given."""

    instructions: Sequence[str] = ()
    models: Sequence[str] = ()
    input: str | None = None
    outputs: Sequence[str] = ()
    message: str = ""

    def changes(self) -> ForkChanges:
        """The same, taken apart; files are read. Raises InvalidInputError and NotFoundError."""
        everyone = [model for model in self.models if "=" not in model]
        if len(everyone) > 1:
            raise InvalidInputError("--model names more than one model for all agents.", hint="Give one of them.")
        return ForkChanges(
            input=self.input,
            instructions=_pairs(self.instructions, "--instructions", "AGENT"),
            models=_pairs([model for model in self.models if "=" in model], "--model", "AGENT"),
            model=everyone[0] if everyone else None,
            tool_outputs=_pairs(self.outputs, "--output", "CALL_ID"),
            message=self.message,
        )


def fork(run_id: str, *, at: str | None, wanted: Wanted, data_dir: Path | None, as_json: bool) -> int:
    """Fork a run and follow the new one; without `at` list the model calls that it can be forked before. Returns
    the exit code."""
    changes = wanted.changes()
    with opened(data_dir) as core:
        calls = fork_calls(core.traces.spans(run_id)[0], _events(core, run_id))
        if at is None:
            _refuse_changes(changes)
            _list(calls, as_json=as_json)
            return 0
        fresh = core.control.fork(run_id, at=_key(calls, at), changes=changes)
        return watch(core, fresh, after=_forked_at(core.runs.events(fresh)), as_json=as_json)


def _events(core: Core, run_id: str) -> list[EventRecord]:
    core.runs.get(run_id)
    return core.runs.events(run_id)


def _key(calls: Sequence[ForkCall], at: str) -> str:
    found = next((call.key for call in calls if at in (call.key, str(call.number))), None)
    if found is None:
        raise NotFoundError("model call", at, known=[call.key for call in calls])
    return found


def _forked_at(told: Iterable[EventRecord]) -> int:
    """What was taken over from the other run is not told again."""
    return max(event.seq for event in told if event.kind == "run_forked") - 1


def _refuse_changes(changes: ForkChanges) -> None:
    if changes.words():
        raise InvalidInputError(
            "It is not said which model call to fork before.",
            hint="Add --at; without other options the command lists the model calls.",
        )


def _list(calls: Sequence[ForkCall], *, as_json: bool) -> None:
    if as_json:
        for call in calls:
            print_json(call.data())
        return
    rows = ((str(each.number), each.key, each.agent, each.model, one_line(each.answer)) for each in calls)
    print_table(("NUMBER", "CALL", "AGENT", "MODEL", "ANSWER"), rows)
    tell(HOW if calls else "This run made no model call that it could be forked before.")


def _pairs(given: Iterable[str], option: str, name: str) -> dict[str, str]:
    found = {}
    for each in given:
        key, separator, value = each.partition("=")
        if not separator or not key:
            raise InvalidInputError(
                f"{option} '{one_line(each, 40)}' names no {name}.", hint=f"Write {option} {name}=TEXT."
            )
        found[key] = file_text(value[1:]) if value.startswith("@") else value
    return found
