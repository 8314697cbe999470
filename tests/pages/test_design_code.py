"""The Code view of the Design page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from tests.support.sample_pages import open_page, studio_folder, texts


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


def shown(app: AppTest) -> str:
    (code,) = app.code
    return str(code.value)


def test_the_organization_is_code_and_each_file_can_be_read(studio: Core) -> None:
    app = open_page("design", organization=studio.organizations.create_from_pattern("branching"), view="code")

    assert not app.exception
    files = app.radio(key="code_file")
    assert files.options[:3] == ["agents.py", "workflow.py", "tools.py"]
    assert 'name="Triage"' in shown(app)

    files.set_value("post_room/workflow.py").run()

    assert "async def work(here: Scope, output: Any) -> Any:" in shown(app)


def test_a_broken_organization_has_no_code_and_the_page_says_why(studio: Core) -> None:
    broken = Organization(name="Shop", entry="Nobody", agents=[AgentSpec(name="A")])

    app = open_page("design", organization=studio.organizations.create(broken), view="code")

    assert not app.exception
    assert not app.code
    assert "Nobody" in texts(app)


def test_what_is_not_carried_is_said(studio: Core) -> None:
    org = Organization(name="Shop", entry="A", agents=[AgentSpec(name="A", model="rehearsal")])

    app = open_page("design", organization=studio.organizations.create(org), view="code")

    assert "only there in the studio" in app.warning[0].value
