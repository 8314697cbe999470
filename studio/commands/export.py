"""`studio export`."""

from pathlib import Path

from core.bootstrap import Core
from core.errors import NotFoundError
from core.organization.files import parse, to_yaml
from core.organization.spec import Organization
from core.patterns.catalogue import catalogue
from studio.commands.opened import opened
from studio.commands.output import print_document


def export(reference: str, *, data_dir: Path | None) -> None:
    """Print the newest revision (or the draft of a never saved organization, or a pattern) as YAML."""
    with opened(data_dir) as core:
        print_document(to_yaml(_found(core, reference)))


def _found(core: Core, reference: str) -> Organization:
    record = core.organizations.find(reference)
    if record is not None and record.latest_revision_id is not None:
        return parse(core.organizations.revision(record.latest_revision_id).spec)
    if record is not None:
        return core.organizations.draft(record.id).spec
    for pattern in catalogue():
        if pattern.id == reference:
            return pattern.organization
    known = [each.name for each in core.organizations.all()] + [each.id for each in catalogue()]
    raise NotFoundError("organization or pattern", reference, known=known)
