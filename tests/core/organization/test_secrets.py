"""What leaves the studio holds no secret, loses nothing else, and says what was taken out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.organization.files import Form, export, from_text, to_yaml
from core.organization.secrets import without_secrets
from core.organization.spec import (
    AgentSpec,
    HttpToolSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
)
from tests.core.organization.strategies import workflows

KEY = "sk-proj-4fJq0aaXbZ9T2mW8vR5u"
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


def with_header(name: str, value: str) -> Organization:
    return Organization(
        name="D", tools=[HttpToolSpec(name="shop", url="https://a.example", headers={name: value})]
    )


def with_arguments(*arguments: str) -> Organization:
    return Organization(name="D", tools=[McpStdioToolSpec(name="files", command="uvx", arguments=list(arguments))])


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Authorization", f"Bearer {KEY}", "Bearer ${SHOP_AUTHORIZATION}"),
        ("Authorization", "Basic dXNlcjpwYXNz", "Basic ${SHOP_AUTHORIZATION}"),
        ("X-Api-Key", "hunter2", "${SHOP_X_API_KEY}"),
        ("Cookie", "sid=1", "${SHOP_COOKIE}"),
        ("X-Client", "q8ZkP2mNv7RtY4wXc1LbD9sFg3HjK6Ae", "${SHOP_X_CLIENT}"),
    ],
)
def test_headers_with_secrets_name_a_variable(name: str, value: str, written: str) -> None:
    shared = export(with_header(name, value))

    tool = from_text(shared.text).tools[0]
    assert isinstance(tool, HttpToolSpec)
    assert tool.headers == {name: written}
    variable = written.partition("{")[2].rstrip("}")
    assert shared.notes == [
        f"`headers.{name}` of 'shop' holds `${{{variable}}}`: set {variable} where the file is used."
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer ${SHOP_TOKEN}"),
        ("Authorization", "{token}"),
        ("Authorization", ""),
        ("Accept", "application/json"),
        ("X-Max-Tokens", "4000"),
        ("X-Request-Id", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
    ],
)
def test_headers_without_secrets_stay(name: str, value: str) -> None:
    org = with_header(name, value)

    assert without_secrets(org).organization is org


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (["--api-key", "hunter2"], ["--api-key", "${FILES_API_KEY}"]),
        (["--token=hunter2"], ["--token=${FILES_KEY}"]),
        (["-H", "Authorization: Bearer hunter2"], ["-H", "Authorization: Bearer ${FILES_H}"]),
        (["serve", TOKEN], ["serve", "${FILES_KEY}"]),
        (["postgres://ada:hunter2@db/shop"], ["postgres://${FILES_KEY}@db/shop"]),
        (["--port", "8080", "/data"], ["--port", "8080", "/data"]),
        (["--max-tokens", "400"], ["--max-tokens", "400"]),
    ],
)
def test_arguments(arguments: list[str], written: list[str]) -> None:
    tool = without_secrets(with_arguments(*arguments)).organization.tools[0]

    assert isinstance(tool, McpStdioToolSpec)
    assert tool.arguments == written


def test_environments_keep_their_own_names_and_urls_their_shape() -> None:
    org = Organization(
        name="D",
        tools=[
            McpStdioToolSpec(name="git", command="x", environment={"GITHUB_TOKEN": "abc", "DEBUG": "1"}),
            McpHttpToolSpec(name="search", url="https://a.example/mcp?api_key=abc123&x=1"),
        ],
    )

    text = export(org).text

    assert "GITHUB_TOKEN: ${GITHUB_TOKEN}" in text
    assert "DEBUG: '1'" in text
    assert "url: https://a.example/mcp?api_key=${SEARCH_KEY}&x=1" in text


def test_variables_are_told_apart() -> None:
    headers = {"Authorization": KEY, "X-Authorization": "${SHOP_AUTHORIZATION}"}
    tool = HttpToolSpec(name="shop", url="https://a.example", headers=headers)

    cleaned = without_secrets(Organization(name="D", tools=[tool])).organization.tools[0]

    assert isinstance(cleaned, HttpToolSpec)
    assert cleaned.headers["Authorization"] == "${SHOP_AUTHORIZATION_2}"


def test_a_secret_in_a_text_is_taken_out_and_the_note_says_that_nothing_fills_it_in() -> None:
    org = Organization(name="D", agents=[AgentSpec(name="A", instructions=f"Use the key {KEY} to log in.")])

    shared = export(org)

    assert "Use the key ${A_SECRET} to log in." in shared.text
    assert shared.notes == [
        "`instructions` of 'A' holds `${A_SECRET}` instead of a secret; nothing fills it in there."
    ]


def test_a_secret_is_taken_out_wherever_it_stands_again() -> None:
    org = with_header("X-Api-Key", "correct horse battery").model_copy(
        update={"samples": ["Log in with correct horse battery."], "state": {"a": ["correct horse battery"]}}
    )

    text = export(org).text

    assert "correct horse battery" not in text
    assert text.count("${SHOP_X_API_KEY}") == 3


def test_exporting_again_finds_nothing_more() -> None:
    once = without_secrets(with_header("Authorization", f"Bearer {KEY}")).organization

    assert without_secrets(once).organization is once


@settings(max_examples=40, deadline=None)
@given(workflows, st.sampled_from([KEY, TOKEN]), st.sampled_from(["yaml", "json"]))
def test_no_secret_leaves_and_nothing_else_is_lost(org: Organization, secret: str, form: Form) -> None:
    tools = [
        HttpToolSpec(
            name="h", url=f"https://a.example/?key={secret}", headers={"Authorization": f"Bearer {secret}"}
        ),
        McpStdioToolSpec(name="m", command="x", arguments=["--token", secret], environment={"A": secret}),
    ]
    agent = AgentSpec(name="A", instructions=f"x {secret}", output_schema={"default": [secret]})
    holding = org.model_copy(update={"tools": [*org.tools, *tools], "agents": [*org.agents, agent]})

    shared = export(holding, form)

    assert secret not in shared.text
    assert shared.notes
    assert from_text(shared.text) == without_secrets(holding).organization
    # What held no secret is written as it was.
    harmless = without_secrets(org).organization
    assert to_yaml(from_text(export(harmless, form).text)) == to_yaml(harmless)
