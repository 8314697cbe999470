"""`studio test`."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from core.bootstrap import Core
from core.cassettes.cassette import read_file
from core.errors import InvalidInputError, NotFoundError
from core.records import TestOutcome
from core.services.replays import Report
from studio.commands.kept_tests import named_tests, organization_of_file
from studio.commands.opened import opened
from studio.commands.output import one_line, print_json, say, tell
from studio.commands.run import NOBODY_WORKS
from studio.commands.target import file_text, organization_id
from studio.view_models.revision_test_words import difference_lines, summary_words

LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tests to run (none named: all), of which organization, with which revision."""

    names: Sequence[str]
    organization: str | None
    revision: int | None


@dataclass(frozen=True, slots=True)
class _Case:
    """A test of an organization; one from a file has its text instead of an id."""

    name: str
    organization_id: str
    id: str | None
    text: str = ""


def run_tests(wanted: Wanted, *, data_dir: Path | None, as_json: bool) -> int:
    """Run tests and print how they went. Returns the exit code."""
    with opened(data_dir) as core:
        cases = _cases(core, wanted)
        if not cases:
            raise InvalidInputError(
                "There are no tests to run.", hint="Keep a run as one: studio tests save RUN --name NAME"
            )
        revisions = {each.organization_id: _revision(core, each, wanted.revision) for each in cases}
        if core.workers.nobody_works():
            tell(NOBODY_WORKS)
        started = [(case, _start(core, case, revisions[case.organization_id])) for case in cases]
        outcomes = _tell_all(core, started, as_json=as_json)
    if not as_json:
        tell(f"{summary_words(outcomes)}.")
    return 0 if set(outcomes) == {"passed"} else 1


def _cases(core: Core, wanted: Wanted) -> list[_Case]:
    only = organization_id(core, wanted.organization) if wanted.organization is not None else None
    stored = core.replays.tests(only)
    if not wanted.names:
        return [_Case(test.name, test.organization_id, test.id) for test in stored]
    cases: dict[str, _Case] = {}
    for name in wanted.names:
        if not any(name in (test.name, test.id) for test in stored) and Path(name).suffix.lower() == ".json":
            text = file_text(name)
            owner = organization_of_file(core, text, wanted.organization)
            cases[name] = _Case(read_file(text).name, owner, None, text)
            continue
        cases |= {test.id: _Case(test.name, test.organization_id, test.id) for test in named_tests(stored, name)}
    return list(cases.values())


def _revision(core: Core, case: _Case, number: int | None) -> str | None:
    if number is None:
        return None
    found = [each for each in core.organizations.revisions(case.organization_id) if each.number == number]
    if not found:
        name = core.organizations.get(case.organization_id).name
        raise NotFoundError(f"revision of '{name}'", str(number))
    return found[0].id


def _start(core: Core, case: _Case, revision_id: str | None) -> str:
    if case.id is None:
        return core.replays.play_file(case.organization_id, case.text, revision_id=revision_id)
    return core.replays.run_test(case.id, revision_id=revision_id)


def _tell_all(core: Core, started: Sequence[tuple[_Case, str]], *, as_json: bool) -> list[TestOutcome]:
    outcomes: list[TestOutcome] = []
    try:
        for case, run_id in started:
            report = _finished(core, run_id)
            outcomes.append(report.outcome)
            _tell(case, report, as_json=as_json)
    except KeyboardInterrupt:
        for _, run_id in started[len(outcomes) :]:
            core.runs.stop(run_id, by="command line")
        outcomes += ["stopped"] * (len(started) - len(outcomes))
    return outcomes


def _finished(core: Core, run_id: str) -> Report:
    while (report := core.replays.compare(run_id)).outcome == "running":
        time.sleep(LOOK_SECONDS)
    return report


def _tell(case: _Case, report: Report, *, as_json: bool) -> None:
    run = report.run
    assert run is not None, "it was started"
    if as_json:
        print_json(
            {
                "name": case.name,
                "test_id": case.id,
                "organization": run.organization_name,
                "organization_id": case.organization_id,
                "revision": run.revision_number,
                "outcome": report.outcome,
                "run_id": run.id,
                "differences": [asdict(each) for each in report.differences],
            }
        )
        return
    where = f"{run.organization_name} r{run.revision_number}, {run.id}"
    say(f"{report.outcome:<8} {one_line(case.name, 80)}  ({where})")
    for line in difference_lines(report.differences):
        say(line)
