"""Comparisons: all variants start, or none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError, ProviderError
from core.organization.spec import AgentSpec, ModelSettingsSpec, Organization
from core.services.comparisons import Variant
from tests.support.studio import open_studio, until

SHOP = Organization(name="Shop", entry="clerk", agents=[AgentSpec(name="clerk", instructions="Help.")])


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        yield core


def test_variants_run_in_parallel_and_keep_their_order(studio: Core) -> None:
    shop = studio.organizations.create(SHOP)
    studio.organizations.save_draft(shop, SHOP.model_copy(update={"description": "Two"}), based_on=0)
    studio.organizations.save(shop)
    first = studio.organizations.revisions(shop)[-1]
    warm = ModelSettingsSpec(temperature=1.5)
    variants = [
        Variant(shop),
        Variant(shop, revision_id=first.id),
        Variant(shop, model="rehearsal", settings=warm, label="Warm"),
    ]

    found = studio.comparisons.get(studio.comparisons.start("Hello\n there", variants))

    assert found.title == "Hello there"
    assert [(run.variant, run.revision_number) for run in found.runs] == [
        ("Shop · r2", 2),
        ("Shop · r1", 1),
        ("Warm", 2),
    ]
    assert (found.runs[2].model, found.runs[2].overrides) == ("rehearsal", {"temperature": 1.5})
    until(lambda: all(run.ended for run in studio.comparisons.get(found.id).runs))
    assert {run.status for run in studio.comparisons.get(found.id).runs} == {"completed"}
    assert [each.id for each in studio.comparisons.recent()] == [found.id]


def test_one_bad_variant_starts_none(studio: Core) -> None:
    shop, broken = (
        studio.organizations.create(each) for each in (SHOP, SHOP.model_copy(update={"entry": "nobody"}))
    )
    bad: list[tuple[list[Variant], type[Exception]]] = [
        ([Variant(shop)], InvalidInputError),
        ([Variant(shop)] * 5, InvalidInputError),
        ([Variant(shop), Variant(broken)], ConflictError),
        ([Variant(shop), Variant(shop, revision_id="rev_none")], NotFoundError),
        ([Variant(shop), Variant(shop, model="nowhere/model")], ProviderError),
    ]

    for variants, error in bad:
        with pytest.raises(error):
            studio.comparisons.start("Hello", variants)
    with pytest.raises(InvalidInputError, match="empty"):
        studio.comparisons.start("  ", [Variant(shop)] * 2)

    assert studio.runs.page().total == 0
    assert studio.comparisons.recent() == []


def test_what_is_not_there(studio: Core) -> None:
    with pytest.raises(NotFoundError):
        studio.comparisons.get("cmp_none")
