"""The published JSON schema: current, and true of what is written."""

from pathlib import Path

import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from core.organization.files import to_yaml
from core.organization.published import organization_schema, schema_text
from core.organization.spec import Organization
from tests.core.organization.strategies import workflows

PUBLISHED = Path(__file__).resolve().parents[3] / "assets" / "organization.schema.json"
VALIDATOR = Draft202012Validator(organization_schema())


def test_the_committed_copy_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), (
        "The spec has changed: uv run studio schema > assets/organization.schema.json"
    )


@settings(max_examples=25, deadline=None)
@given(workflows)
def test_every_organization_fits_it(org: Organization) -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)

    assert list(VALIDATOR.iter_errors(org.model_dump(mode="json"))) == []


def test_what_does_not_fit_is_found() -> None:
    wrong = {"name": "D", "agents": [{"instructions": "no name"}], "run": {"max_turns": 0}}

    places = sorted(list(error.absolute_path) for error in VALIDATOR.iter_errors(wrong))

    assert places == [["agents", 0], ["run", "max_turns"]]


def test_the_short_form_fits_too() -> None:
    org = Organization(name="Desk")

    assert list(VALIDATOR.iter_errors(yaml.safe_load(to_yaml(org)))) == []
