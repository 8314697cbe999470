"""`studio export`."""

from pathlib import Path
from typing import Literal

from core.bootstrap import Core
from core.errors import NotFoundError
from core.organization.files import Form, parse
from core.organization.files import export as exported
from core.organization.mermaid import export_mermaid
from core.organization.spec import Organization
from core.patterns.catalogue import catalogue
from studio.commands.opened import opened
from studio.commands.output import print_document, tell


def export(reference: str, *, form: Form | Literal["mermaid"], data_dir: Path | None) -> None:
    """Print the newest revision (or the draft of a never saved organization, or a pattern), without secrets; what
    was taken out is told beside it."""
    with opened(data_dir) as core:
        org = found_organization(core, reference)
        found = export_mermaid(org) if form == "mermaid" else exported(org, form)
        print_document(found.text)
        for note in found.notes:
            tell(note)


def found_organization(core: Core, reference: str) -> Organization:
    """The newest revision of an organization (or its draft, when it was never saved), or a pattern."""
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
