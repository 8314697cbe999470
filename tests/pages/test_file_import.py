"""Files that a person drags in, on the first page and on the Design page without an organization."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from tests.support.sample_pages import address, open_page, studio_folder

GOOD = "name: Shop\nentry: clerk\nagents:\n  - name: clerk\n    instructions: Help.\n"
ODD = GOOD.replace("instructions: Help.", "instructions: Help.\n    modle: openai/gpt-5")


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


def drop(app: AppTest, content: bytes | str, name: str = "shop.yaml") -> AppTest:
    data = content.encode() if isinstance(content, str) else content
    return app.file_uploader[0].set_value((name, data, "application/yaml")).run()


@pytest.mark.parametrize("page", ["home", "design"])
def test_a_good_file_opens_on_the_canvas(studio: Core, page: str) -> None:
    app = drop(open_page(page), GOOD)

    (created,) = studio.organizations.all()
    assert address(app)["organization"] == created.id
    assert (created.name, created.latest_revision) == ("Shop", 1)
    assert not app.exception


def test_what_is_wrong_is_shown_with_its_line(studio: Core) -> None:
    app = drop(open_page("design"), GOOD.replace("Help.", "[1, 2"))

    assert "shop.yaml, line " in app.error[0].value
    assert "This is not YAML" in app.error[0].value
    assert studio.organizations.all() == []

    app = drop(app, GOOD.replace("entry: clerk", "entry: 7"))

    assert "shop.yaml, line 2: entry should be a valid string, not 7." in app.error[0].value
    assert app.code[0].value.splitlines()[1] == "→ 2 │ entry: 7"


def test_bytes_that_are_no_text_are_told_with_their_line(studio: Core) -> None:
    app = drop(open_page("design"), b"name: Shop\nentry: \xff\n")

    assert "shop.yaml, line 2: This is not UTF-8 text." in app.error[0].value


def test_fields_that_are_not_known_are_told_until_they_were_read(studio: Core) -> None:
    app = drop(open_page("design"), ODD)

    assert "shop.yaml, line 6\\: agents \\#1 'clerk' › modle is not known here" in app.warning[0].value
    assert "Did you mean 'model'?" in app.warning[0].value

    app.button(key="import_understood").click().run()

    assert [warning.value for warning in app.warning] == []


def test_the_same_file_twice_makes_two(studio: Core) -> None:
    drop(open_page("design"), GOOD)
    drop(open_page("design"), GOOD)

    assert {record.name for record in studio.organizations.all()} == {"Shop", "Shop 2"}


CODE = """
from agents import Agent, WebSearchTool
helper = Agent(name="Helper", instructions="Help.")
desk = Agent(name="Desk", instructions="Ask.", handoffs=[helper], tools=[WebSearchTool()])
"""


def test_python_opens_on_the_canvas_with_a_report(studio: Core) -> None:
    app = drop(open_page("home"), CODE, "desk.py")

    (created,) = studio.organizations.all()
    assert address(app)["organization"] == created.id
    assert [agent.name for agent in studio.organizations.draft(created.id).spec.agents] == ["Helper", "Desk"]
    (report,) = [each for each in app.expander if "Python code with the Agents SDK" in each.label]
    assert "3 carried, 0 approximated, 1 not carried" in report.label
    assert "WebSearchTool" in str(app.dataframe[0].value)

    app.button(key="import_understood").click().run()

    assert not [each for each in app.expander if "Python code" in each.label]


def test_pasted_code_is_imported(studio: Core) -> None:
    app = open_page("design")
    app.text_area(key="import_text_0").set_value(CODE).run()
    app.button(key="import_text_go_0").click().run()

    assert [record.name for record in studio.organizations.all()] == ["Imported organization"]


def test_code_without_agents_says_what_to_give(studio: Core) -> None:
    app = drop(open_page("design"), "print('hello')\n", "hello.py")

    assert "There is no agent in 'hello.py'" in app.error[0].value
    assert studio.organizations.all() == []
