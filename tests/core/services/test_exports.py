"""Exported code, into zips and into folders where a team goes on working."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.errors import BrokenOrganizationError, InvalidInputError
from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink
from core.patterns.catalogue import pattern
from core.services.exports import Written
from tests.support.studio import open_studio

SHOP = Organization(
    name="Shop",
    entry="Triage",
    agents=[
        AgentSpec(name="Triage", instructions="Sort the messages.\nBe quick.\nBe kind.\nBe brief."),
        AgentSpec(name="Billing", instructions="Answer."),
    ],
)
AGENTS = "shop/agents.py"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path / "data") as core:
        yield core


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "team"


def told(written: Written) -> dict[str, str]:
    """What became of the files that were not simply kept."""
    return {file.path: file.status for file in written.files if file.status != "kept" or file.note}


def with_billing(instructions: str) -> Organization:
    return with_agents(SHOP, AgentSpec(name="Billing", instructions=instructions))


def with_agents(org: Organization, *agents: AgentSpec) -> Organization:
    changed = {agent.name: agent for agent in agents}
    kept = [changed.pop(agent.name, agent) for agent in org.agents]
    return org.model_copy(update={"agents": [*kept, *changed.values()]})


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_zip_holds_all_files_and_is_the_same_each_time(studio: Core) -> None:
    code = studio.exports.code(SHOP)

    with zipfile.ZipFile(io.BytesIO(code.zip())) as archive:
        assert set(archive.namelist()) == {f"shop/{path}" for path in code.files}
        assert archive.read(f"shop/{AGENTS}").decode() == code.files[AGENTS]
    assert code.zip() == studio.exports.code(SHOP).zip()


def test_a_first_export_is_all_new_and_a_second_one_changes_nothing(studio: Core, folder: Path) -> None:
    first = studio.exports.write(SHOP, folder)

    assert {file.status for file in first.files} == {"new"}
    assert (folder / AGENTS).read_text(encoding="utf-8") == studio.exports.code(SHOP).files[AGENTS]
    assert told(studio.exports.write(SHOP, folder)) == {}


def test_files_that_nobody_touched_are_updated(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)

    second = studio.exports.write(with_billing("Answer in a sentence."), folder)

    assert told(second) == {AGENTS: "updated", "studio.json": "updated"}
    assert "Answer in a sentence." in (folder / AGENTS).read_text(encoding="utf-8")


def test_changes_of_both_sides_are_merged(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)
    edit(folder / AGENTS, "Be quick.", "Take your time.")
    (folder / "shop" / "extra.py").write_text("MINE = 1\n", encoding="utf-8")

    second = studio.exports.write(with_billing("Answer in a sentence."), folder)

    assert told(second) == {AGENTS: "merged", "studio.json": "updated"}
    text = (folder / AGENTS).read_text(encoding="utf-8")
    assert "Take your time." in text
    assert "Answer in a sentence." in text
    assert (folder / "shop" / "extra.py").read_text(encoding="utf-8") == "MINE = 1\n"


def test_contradictions_are_marked_and_nothing_is_lost(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)
    edit(folder / AGENTS, '"Answer."', '"Answer as we do."')

    second = studio.exports.write(with_billing("Answer in a sentence."), folder)

    assert told(second)[AGENTS] == "conflict"
    assert second.conflicts[0].note.startswith("1 place")
    text = (folder / AGENTS).read_text(encoding="utf-8")
    assert "<<<<<<< yours" in text
    assert "Answer as we do." in text
    assert "Answer in a sentence." in text


def test_own_changes_stay_when_the_organization_has_not_changed(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)
    edit(folder / AGENTS, "Be quick.", "Take your time.")
    before = (folder / AGENTS).read_bytes()

    second = studio.exports.write(SHOP, folder)

    assert told(second) == {AGENTS: "kept"}
    assert (folder / AGENTS).read_bytes() == before


def test_windows_ends_of_lines_stay(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)
    file = folder / AGENTS
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").replace(b"Be quick.", b"Slowly."))

    second = studio.exports.write(with_billing("Answer in a sentence."), folder)

    assert told(second)[AGENTS] == "merged"
    data = file.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert b"Slowly." in data


def test_deleted_files_stay_deleted_unless_they_have_changed(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)
    (folder / "tests" / "test_agents.py").unlink()
    (folder / AGENTS).unlink()

    second = studio.exports.write(with_billing("Answer in a sentence."), folder)

    assert told(second) == {AGENTS: "conflict", "studio.json": "updated", "tests/test_agents.py": "kept"}
    assert not (folder / AGENTS).exists()
    assert (folder / f"{AGENTS}.exported").exists()


def test_what_is_not_needed_any_more_goes_unless_somebody_changed_it(studio: Core, folder: Path) -> None:
    tool = FunctionToolSpec(name="count", function="core.toolbox.research:count_words")
    calling = SHOP.model_copy(
        update={"tools": [tool], "links": [UsesLink(source="Triage", target="count")]},
    )
    studio.exports.write(calling, folder)
    edit(folder / "shop/toolbox/research.py", '"""', '"""Ours. ')

    second = studio.exports.write(SHOP, folder)

    status = told(second)
    assert status["shop/tools.py"] == "removed"
    assert status["shop/toolbox/research.py"] == "kept"
    assert not (folder / "shop/tools.py").exists()
    assert (folder / "shop/toolbox/research.py").exists()


def test_files_of_others_are_left_alone(studio: Core, folder: Path) -> None:
    folder.mkdir()
    (folder / "README.md").write_text("Our project\n", encoding="utf-8")

    written = studio.exports.write(SHOP, folder)

    assert told(written)["README.md"] == "conflict"
    assert (folder / "README.md").read_text(encoding="utf-8") == "Our project\n"
    assert (folder / "README.md.exported").read_text(encoding="utf-8").startswith("# Shop")


def test_the_package_keeps_its_name_when_the_organization_is_renamed(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)

    written = studio.exports.write(SHOP.model_copy(update={"name": "Boutique"}), folder)

    assert not (folder / "boutique").exists()
    assert told(written)["shop/settings.py"] == "updated"


def test_a_broken_studio_file_is_told(studio: Core, folder: Path) -> None:
    studio.exports.write(SHOP, folder)
    (folder / "studio.json").write_text("{", encoding="utf-8")

    with pytest.raises(InvalidInputError, match=r"studio\.json"):
        studio.exports.write(SHOP, folder)


def test_a_file_is_no_folder(studio: Core, folder: Path) -> None:
    folder.write_text("x", encoding="utf-8")

    with pytest.raises(InvalidInputError, match="is a file"):
        studio.exports.write(SHOP, folder)


def test_a_broken_organization_is_refused(studio: Core, folder: Path) -> None:
    with pytest.raises(BrokenOrganizationError):
        studio.exports.write(SHOP.model_copy(update={"entry": "Nobody"}), folder)
    assert not folder.exists()


def test_patterns_say_what_they_do_not_carry(studio: Core, folder: Path) -> None:
    org = with_agents(SHOP, AgentSpec(name="Billing", model="rehearsal"))

    written = studio.exports.write(org, folder)

    assert "simulated" in written.left_out[0]
    assert json.loads((folder / "studio.json").read_text(encoding="utf-8"))["spec"]["name"] == "Shop"
    assert studio.exports.code(pattern("single").organization).left_out == ()
