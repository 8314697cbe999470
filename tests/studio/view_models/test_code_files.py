"""The order of files in the Code view."""

from studio.view_models.code_files import code_files

SHOP = ("shop/workflow.py", "shop/agents.py")


def test_agents_come_first_and_helpers_last() -> None:
    paths = ["README.md", "shop/support/flow.py", "tests/test_agents.py", *SHOP, "a.sql"]
    files = code_files(paths)

    assert [(file.label, file.language) for file in files] == [
        ("agents.py", "python"),
        ("workflow.py", "python"),
        ("README.md", "markdown"),
        ("a.sql", "sql"),
        ("tests/test_agents.py", "python"),
        ("support/flow.py", "python"),
    ]
