"""Organizations that come in from files, folders, uploads, pasted text and modules."""

from pathlib import Path

import pytest

from core.errors import InvalidSpecError
from core.sdk.reflect.report import ImportProblemError
from core.services.imports import ImportService, pasted_name
from core.services.organizations import OrganizationService
from core.store.database import Database

CODE = "from agents import Agent\na = Agent(name='A', instructions='x')\nb = Agent(name='B', handoffs=[a])\n"


@pytest.fixture
def organizations(tmp_path: Path) -> OrganizationService:
    return OrganizationService(Database(tmp_path / "studio.db"))


@pytest.fixture
def imports(organizations: OrganizationService) -> ImportService:
    return ImportService(organizations)


def test_pasted_code_is_stored_with_a_place_for_every_node(
    imports: ImportService, organizations: OrganizationService
) -> None:
    (arrival,) = imports.from_text(CODE)

    stored = organizations.draft(arrival.organization_id).spec
    assert stored == arrival.organization
    assert set(stored.layout) == {"A", "B"}
    assert arrival.count("carried") == 3


def test_two_imports_of_one_thing_get_names_of_their_own(
    imports: ImportService, organizations: OrganizationService
) -> None:
    imports.from_uploads([("shop.py", CODE.encode())])
    imports.from_uploads([("shop.py", CODE.encode())])

    assert {record.name for record in organizations.all()} == {"Shop", "Shop 2"}


def test_several_organizations_in_files_all_come_in(imports: ImportService) -> None:
    uploads = [(f"{name}.yaml", f"name: {name}\n".encode()) for name in ("One", "Two")]

    assert [arrival.organization.name for arrival in imports.from_uploads(uploads)] == ["One", "Two"]


def test_a_folder_is_imported_under_a_name(imports: ImportService, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(CODE)

    (arrival,) = imports.from_path(tmp_path / "code", name="Mine")

    assert arrival.organization.name == "Mine"


def test_a_module_is_run_only_when_it_is_named(imports: ImportService, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE + "open('ran', 'w').close()\n")

    imports.from_path(tmp_path)
    assert not (tmp_path / "ran").exists()

    arrival = imports.from_object("app:b", tmp_path)
    assert (tmp_path / "ran").exists()
    assert [agent.name for agent in arrival.organization.agents] == ["B", "A"]


def test_what_cannot_be_imported_leaves_nothing_behind(
    imports: ImportService, organizations: OrganizationService
) -> None:
    with pytest.raises(ImportProblemError):
        imports.from_text("print('hello')")
    with pytest.raises(InvalidSpecError):
        imports.from_text("name: 7\nagents: 3\n")
    with pytest.raises(ImportProblemError):
        imports.from_uploads([("a.bin", b"\x00")])

    assert organizations.all() == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"name": "x"}', "pasted.json"),
        ("# mine\nname: x\nagents: []\n", "pasted.yaml"),
        ("schema_version: 1\n", "pasted.yaml"),
        ("import agents\n", "pasted.py"),
        ("a = Agent(name='x')\nname: str = 'x'\n", "pasted.py"),
    ],
)
def test_pasted_text_is_read_as_what_it_looks_like(text: str, name: str) -> None:
    assert pasted_name(text) == name
