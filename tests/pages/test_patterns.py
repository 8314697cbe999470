"""The gallery of patterns."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.patterns.catalogue import catalogue, pattern
from tests.support.sample_pages import address, open_page, studio_folder, texts


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


def test_every_pattern_has_a_card(studio: Core) -> None:
    app = open_page("patterns")

    said = texts(app)
    assert not app.exception
    for each in catalogue():
        assert f"**{each.title}**" in said
        assert each.summary in said
    assert len(app.get("image")) == len(catalogue())


def test_details_and_back(studio: Core) -> None:
    app = open_page("patterns")

    app.button(key="details_parallel").click().run()

    one = pattern("parallel")
    said = texts(app)
    assert address(app) == {"pattern": "parallel"}
    assert one.explanation in said
    for line in (*one.when, *one.pros, *one.cons, *one.look_at):
        assert line in said

    next(button for button in app.button if button.label == "Close").click().run()

    assert address(app) == {}
    assert one.explanation not in texts(app)


@pytest.mark.parametrize("key", ["open_details", "open_hierarchical"])
def test_opening_makes_an_organization(studio: Core, key: str) -> None:
    app = open_page("patterns", pattern="hierarchical")

    app.button(key=key).click().run()

    (created,) = studio.organizations.all()
    assert address(app) == {"organization": created.id}
    assert created.name == pattern("hierarchical").organization.name


def test_an_unknown_pattern_shows_the_gallery(studio: Core) -> None:
    app = open_page("patterns", pattern="nothing")

    assert not app.exception
    assert [button.label for button in app.button].count("Details") == len(catalogue())
    assert "When to use it" not in texts(app)
