"""Composing: drafts that are never lost, revisions that never change, and finding by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.errors import (
    BrokenOrganizationError,
    ConflictError,
    InvalidInputError,
    InvalidSpecError,
    NotFoundError,
)
from core.organization.files import to_yaml
from core.organization.spec import AgentSpec, Organization, Position
from core.services.organizations import OrganizationService
from tests.support.studio import open_studio

pytestmark = pytest.mark.usefixtures("each_database")

SHOP = Organization(name="Shop", entry="clerk", agents=[AgentSpec(name="clerk", instructions="Help.")])
BROKEN = SHOP.model_copy(update={"entry": "nobody"})


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        yield core


@pytest.fixture
def organizations(studio: Core) -> OrganizationService:
    return studio.organizations


def test_a_sound_one_becomes_a_revision_and_a_broken_one_a_draft(organizations: OrganizationService) -> None:
    sound, broken = organizations.get(organizations.create(SHOP)), organizations.get(organizations.create(BROKEN))

    assert (sound.latest_revision, sound.has_draft) == (1, False)
    assert (broken.latest_revision, broken.has_draft) == (0, True)
    assert organizations.draft(broken.id).spec == BROKEN
    with pytest.raises(BrokenOrganizationError):
        organizations.save(broken.id)


def test_a_broken_draft_is_kept_and_the_last_revision_runs(studio: Core) -> None:
    organizations = studio.organizations
    shop = organizations.create(SHOP)

    version = organizations.save_draft(shop, BROKEN, based_on=organizations.draft(shop).version)

    draft = organizations.draft(shop)
    assert (draft.spec, draft.version, draft.changed) == (BROKEN, version, True)
    assert [problem.severity for problem in draft.problems].count("error") >= 1
    with pytest.raises(BrokenOrganizationError):
        organizations.save(shop)
    run = studio.runs.get(studio.runs.start(shop, "Hello"))
    assert run.revision_number == 1


def test_saving_makes_a_revision_only_when_the_meaning_changed(organizations: OrganizationService) -> None:
    shop = organizations.create(SHOP)
    moved = SHOP.with_layout({"clerk": Position(x=1, y=2)})
    organizations.save_draft(shop, moved, based_on=0)
    assert organizations.save(shop).number == 1

    changed = moved.model_copy(update={"description": "A shop."})
    organizations.save_draft(shop, changed, based_on=organizations.draft(shop).version)
    saved = organizations.save(shop, note="Described")

    assert (saved.number, saved.note) == (2, "Described")
    assert [each.number for each in organizations.revisions(shop)] == [2, 1]
    assert not organizations.draft(shop).changed


def test_edits_of_two_tabs_do_not_overwrite_each_other(organizations: OrganizationService) -> None:
    shop = organizations.create(SHOP)
    seen = organizations.draft(shop).version
    organizations.save_draft(shop, BROKEN, based_on=seen)

    with pytest.raises(ConflictError, match="another tab"):
        organizations.save_draft(shop, SHOP, based_on=seen)

    assert organizations.draft(shop).spec == BROKEN


def test_discarding_goes_back_to_the_last_revision(organizations: OrganizationService) -> None:
    shop, never_saved = organizations.create(SHOP), organizations.create(BROKEN)
    organizations.save_draft(shop, BROKEN, based_on=0)

    organizations.discard_draft(shop)

    assert organizations.draft(shop).spec == SHOP
    with pytest.raises(ConflictError, match="Nothing was saved yet"):
        organizations.discard_draft(never_saved)


def test_finding_by_id_and_by_name(organizations: OrganizationService) -> None:
    names = ("Shop", "Ärzte", "Straße 🚲")
    ids = {name: organizations.create(SHOP.model_copy(update={"name": name})) for name in names}

    for name, organization_id in ids.items():
        for reference in (organization_id, name, name.lower(), name.upper()):
            found = organizations.find(reference)
            assert found is not None, reference
            assert found.id == organization_id
    assert organizations.find("Shops") is None


def test_names_that_several_have(organizations: OrganizationService) -> None:
    organizations.create(SHOP)
    lower = organizations.create(SHOP.model_copy(update={"name": "shop"}))
    found = organizations.find("shop")
    assert found is not None
    assert found.id == lower

    second = organizations.create(SHOP)

    with pytest.raises(InvalidInputError, match="2 organizations are named 'Shop'") as caught:
        organizations.find("Shop")
    assert second in caught.value.hint


def test_deleting_hides_and_restoring_brings_back(studio: Core) -> None:
    organizations = studio.organizations
    shop = organizations.create(SHOP)
    run_id = studio.runs.start(shop, "Hello")

    organizations.delete(shop)

    assert organizations.all() == []
    assert organizations.find("Shop") is None
    assert studio.runs.get(run_id).organization_name == "Shop"
    organizations.restore(shop)
    assert [each.id for each in organizations.all()] == [shop]


def test_a_variant_of_a_pattern_and_what_the_guide_makes_can_be_opened(organizations: OrganizationService) -> None:
    variant = organizations.create_from_pattern("human-in-the-loop", "approval-step")
    answers = {"domains": "several", "approval": "person"}
    guided = [organizations.create_from_guide(answers), organizations.create_from_guide(answers)]

    names = [organizations.get(each).name for each in (variant, *guided)]
    assert names == ["Refund line", "Front desk with specialists", "Front desk with specialists 2"]
    assert organizations.draft(guided[0]).problems == []
    assert organizations.revisions(guided[0])[0].note == "From the guide"


def test_copies_have_names_of_their_own(organizations: OrganizationService) -> None:
    shop = organizations.create(SHOP)

    copies = [organizations.duplicate(shop), organizations.duplicate(shop)]
    empty = [organizations.create_empty(), organizations.create_empty()]
    patterns = [organizations.create_from_pattern("single"), organizations.create_from_pattern("single")]

    names = [organizations.get(each).name for each in (*copies, *empty, *patterns)]
    assert names == [
        "Shop copy",
        "Shop copy 2",
        "New organization",
        "New organization 2",
        "Help desk",
        "Help desk 2",
    ]


def test_what_is_not_there(organizations: OrganizationService) -> None:
    for ask in (organizations.get, organizations.draft, organizations.revision, organizations.delete):
        with pytest.raises(NotFoundError):
            ask("none")


def test_names_and_notes_of_revisions_can_be_changed_later(organizations: OrganizationService) -> None:
    shop = organizations.create(SHOP, note="First")
    revision = organizations.revisions(shop)[0]

    described = organizations.describe_revision(revision.id, name=" Launch ", note="What we began with.")

    assert (described.name, described.note, described.spec) == ("Launch", "What we began with.", revision.spec)
    assert organizations.revisions(shop) == [described]
    assert organizations.draft(shop).revision == described
    with pytest.raises(NotFoundError):
        organizations.describe_revision("rev_none", name="", note="")
    with pytest.raises(InvalidInputError, match="not valid Unicode"):
        organizations.describe_revision(revision.id, name="\udcff", note="")


def test_discarding_refuses_to_take_edits_of_another_tab(organizations: OrganizationService) -> None:
    shop = organizations.create(SHOP)
    seen = organizations.save_draft(shop, BROKEN, based_on=0)
    organizations.save_draft(shop, SHOP.model_copy(update={"description": "Theirs"}), based_on=seen)

    with pytest.raises(ConflictError, match="another tab"):
        organizations.discard_draft(shop, based_on=seen)

    assert organizations.draft(shop).spec.description == "Theirs"


def test_an_imported_file_gets_a_free_name(organizations: OrganizationService) -> None:
    organizations.create(SHOP)

    imported = organizations.import_text(to_yaml(SHOP) + "owner: Ada\n", source="shop.yaml")

    record = organizations.get(imported.organization_id)
    assert (record.name, record.latest_revision) == ("Shop 2", 1)
    assert organizations.revisions(record.id)[0].note == "Imported from shop.yaml"
    assert imported.notes == ["shop.yaml, line 7: owner is not known here. It is kept, and does nothing."]
    with pytest.raises(InvalidSpecError, match=r"shop\.yaml, line 1"):
        organizations.import_text("name: 3", source="shop.yaml")
