"""Findings of the linter on the Design page: mended or accepted with one press."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink
from tests.support.sample_pages import named, open_page, studio_folder, texts

DESK = Organization(
    name="Desk",
    entry="Clerk",
    agents=[AgentSpec(name="Clerk", instructions="Write tickets.")],
    tools=[FunctionToolSpec(name="create_ticket", function="core.toolbox.support:create_ticket")],
    links=[UsesLink(source="Clerk", target="create_ticket")],
)
SAID = "changes things, and no call of it is ever asked about"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def desk(studio: Core) -> str:
    return studio.organizations.create(DESK)


def test_a_finding_names_its_anti_pattern_and_is_mended_by_a_press(studio: Core, desk: str) -> None:
    app = open_page("design", organization=desk)
    assert any("No error handling" in button.label and SAID in button.label for button in app.button)

    app = named(app.button, "Ask a person before each call").click().run()

    tool = studio.organizations.draft(desk).spec.tool("create_ticket")
    assert tool is not None
    assert tool.approval.kind == "always"
    assert not any(SAID in button.label for button in app.button)


def test_a_finding_is_accepted_with_a_reason_that_the_spec_keeps(studio: Core, desk: str) -> None:
    app = open_page("design", organization=desk)

    app = named(app.text_input, "Or accept it, with the reason").input("Tickets are easily closed.").run()

    accepted = studio.organizations.draft(desk).spec.lint.accepted
    assert [(finding.node, finding.reason) for finding in accepted] == [
        ("create_ticket", "Tickets are easily closed.")
    ]
    assert SAID not in texts(app)
