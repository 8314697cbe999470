"""The JSON schema of the spec, for editors and for programs that write organizations."""

import json
from typing import Any

from core.organization.spec import Organization


def organization_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of an organization as YAML or JSON."""
    schema = Organization.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """The schema as it is published in `assets/organization.schema.json`."""
    return json.dumps(organization_schema(), ensure_ascii=False, indent=2) + "\n"
