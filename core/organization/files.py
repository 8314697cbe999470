"""Organizations as YAML and JSON text, both ways without loss."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import InvalidSpecError
from core.organization.reading import Document, read_document
from core.organization.secrets import without_secrets
from core.organization.spec import SCHEMA_VERSION, Organization
from core.organization.unknown import unknown_fields
from core.organization.wording import Finding, Path, findings, where
from core.organization.writing import plain, yaml_text

ModelT = TypeVar("ModelT", bound=BaseModel)
Form = Literal["yaml", "json"]

SHOWN_FINDINGS = 5
"""How many things that are wrong with a text are told at once."""


@dataclass(frozen=True, slots=True)
class Export:
    """What leaves the studio, and notes for a person on the secrets that it does not hold."""

    text: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Import:
    """An organization that came from a text, and notes for a person on fields that are not known here."""

    organization: Organization
    notes: list[str]


def export(org: Organization, form: Form = "yaml") -> Export:
    """The organization as text for sharing: without loss, but for secrets, which become `${NAME}`."""
    shareable = without_secrets(org)
    write = to_yaml if form == "yaml" else to_json
    return Export(write(shareable.organization), [hidden.words for hidden in shareable.hidden])


def import_text(text: str, *, source: str = "") -> Import:
    """As `from_text`, with the line of each unknown field."""
    document = read_document(text, source=source)
    org = _organization(document)
    names = _names(document.data)
    notes = [
        f"{document.place(found.path)}{where(found.path, names)} is not known here. It is kept, and does nothing. "
        f"{found.meant}".strip()
        for found in unknown_fields(org)
    ]
    return Import(org, notes)


def to_yaml(org: Organization) -> str:
    """The organization as readable YAML; what has its default value is left out."""
    return yaml_text(_data(org))


def to_json(org: Organization) -> str:
    """The organization as JSON; what has its default value is left out."""
    return json.dumps(_data(org), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def from_text(text: str, *, source: str = "") -> Organization:
    """The organization that a YAML or JSON text describes. `source` is where the text comes from, for messages.
    InvalidSpecError says in which line something is wrong, and what is expected there."""
    return _organization(read_document(text, source=source))


def parse(data: dict[str, Any]) -> Organization:
    """The organization that plain data describes; InvalidSpecError when it does not."""
    return _organization(Document(data))


def spec_hash(org: Organization) -> str:
    """SHA-256 (hex) of what the organization means: equal for organizations that run alike."""
    # Without defaults: a field that a later version adds changes no hash.
    drawn: dict[str, Any] = {"layout": {}, "notes": [], "groups": []}
    meaning = _data(org.model_copy(update=drawn))
    text = json.dumps(meaning, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def validated(document: Document, model: type[ModelT]) -> ModelT:
    """The `model` that a document describes; InvalidSpecError with lines when it does not."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        found = findings(error, model)
        line = document.line(found[0].path)
        raise InvalidSpecError(_report(document, found), hint=found[0].hint, line=line) from error


def _organization(document: Document) -> Organization:
    version = document.data.get("schema_version", SCHEMA_VERSION) if isinstance(document.data, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise InvalidSpecError(
            f"{document.place(('schema_version',))}This was written by a newer version (schema_version {version}; "
            f"here {SCHEMA_VERSION} is read), in which fields may mean something else.",
            hint="Update, then open it again.",
            line=document.line(("schema_version",)),
        )
    return validated(document, Organization)


def _data(org: Organization) -> dict[str, Any]:
    return {"schema_version": org.schema_version, **plain(org)}


def _report(document: Document, found: list[Finding]) -> str:
    names = _names(document.data)
    lines = [
        f"{document.place(finding.path)}{where(finding.path, names)} {finding.message}."
        for finding in found[:SHOWN_FINDINGS]
    ]
    more = len(found) - len(lines)
    return "\n".join(lines + ([f"And {more} more."] if more > 0 else []))


def _names(data: Any) -> dict[Path, str]:
    """The names of the nodes by their paths."""
    names: dict[Path, str] = {}
    if isinstance(data, dict):
        for family in ("agents", "tools", "guardrails", "steps"):
            parts = data.get(family)
            for number, part in enumerate(parts if isinstance(parts, list) else []):
                if isinstance(part, dict) and isinstance(part.get("name"), str):
                    names[family, number] = part["name"]
    return names
