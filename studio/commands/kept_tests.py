"""`studio tests`, and how tests are named on the command line."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from core.bootstrap import Core
from core.cassettes.cassette import read_file
from core.errors import InvalidInputError, NotFoundError
from core.records import StoredTest
from studio.commands.opened import opened
from studio.commands.output import one_line, print_document, print_json, print_table, say, tell
from studio.commands.target import file_text, organization_id
from studio.view_models.revision_test_words import outcome_words


def list_tests(organization: str | None, *, data_dir: Path | None, as_json: bool) -> None:
    """Print all tests and how they went."""
    with opened(data_dir) as core:
        found = core.replays.standings(_only(core, organization))
    if as_json:
        for each in found:
            run = {"last_run_id": each.run.id, "revision": each.run.revision_number} if each.run else {}
            print_json(asdict(each.test) | {"outcome": each.outcome, "differences": each.differences} | run)
        return
    if not found:
        say("There are no tests. Keep a run as one: studio tests save RUN --name NAME")
        return
    rows = (
        (
            each.test.id,
            outcome_words(each),
            one_line(each.test.name, 40),
            one_line(each.test.organization_name, 24),
            f"r{each.run.revision_number}" if each.run else "-",
            f"{each.run.created_at:%Y-%m-%d %H:%M}" if each.run else "-",
        )
        for each in found
    )
    print_table(("ID", "LAST TIME", "NAME", "ORGANIZATION", "REVISION", "RUN"), rows)


def save(run_id: str, name: str, *, same_questions: bool, replace: bool, data_dir: Path | None) -> None:
    """Keep a run as a test."""
    with opened(data_dir) as core:
        say(core.replays.save(run_id, name, same_questions=same_questions, replace=replace))


def export(name: str, file: Path | None, *, organization: str | None, data_dir: Path | None) -> None:
    """Write a test into a file, or print it."""
    with opened(data_dir) as core:
        text = core.replays.export(one_test(core, name, organization).id)
    if file is None:
        print_document(f"{text}\n")
        return
    try:
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(
            f"'{file}' cannot be written: {error.strerror}.", hint="Name a file in a folder that is there."
        ) from error
    tell(f"The test is in {file}.")


def import_file(file: str, *, organization: str | None, replace: bool, data_dir: Path | None) -> None:
    """Add a test from a file."""
    text = file_text(file)
    with opened(data_dir) as core:
        say(core.replays.import_test(organization_of_file(core, text, organization), text, replace=replace))


def rename(name: str, new_name: str, *, organization: str | None, data_dir: Path | None) -> None:
    """Give a test another name."""
    with opened(data_dir) as core:
        core.replays.change(one_test(core, name, organization).id, name=new_name)


def delete(name: str, *, organization: str | None, data_dir: Path | None) -> None:
    """Delete a test."""
    with opened(data_dir) as core:
        found = one_test(core, name, organization)
        core.replays.delete(found.id)
    tell(f"'{found.name}' is deleted; runs that played it stay.")


def one_test(core: Core, name: str, organization: str | None) -> StoredTest:
    """The test of that name or id. Raises NotFoundError, or InvalidInputError when there are several."""
    found = named_tests(core.replays.tests(_only(core, organization)), name)
    if len(found) > 1:
        raise InvalidInputError(
            f"There are {len(found)} tests called '{name}'.", hint="Say which with --organization, or by its id."
        )
    return found[0]


def named_tests(tests: Sequence[StoredTest], name: str) -> list[StoredTest]:
    """All tests of that name, or the one of that id. Raises NotFoundError."""
    found = [test for test in tests if name in (test.name, test.id)]
    if not found:
        raise NotFoundError("test", name, known=sorted({test.name for test in tests}))
    return found


def organization_of_file(core: Core, text: str, organization: str | None) -> str:
    """Id of what a test from a file is played with: the organization that was named, else the file's own."""
    if organization is not None:
        return organization_id(core, organization)
    name = read_file(text).cassette.organization
    found = core.organizations.find(name)
    if found is None:
        raise NotFoundError("organization", name, known=[each.name for each in core.organizations.all()])
    return found.id


def _only(core: Core, organization: str | None) -> str | None:
    return None if organization is None else organization_id(core, organization)
