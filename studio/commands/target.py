"""What a command line names: a stored organization, a file, or a pattern."""

from pathlib import Path

from core.bootstrap import Core
from core.errors import NotFoundError
from core.organization.files import from_text, spec_hash
from core.organization.spec import Organization
from core.patterns.catalogue import catalogue

ENDINGS = {".yaml", ".yml", ".json"}


def organization_id(core: Core, reference: str) -> str:
    """Id of the organization that `reference` names; a file or pattern is stored first, unless an organization
    of the same name and meaning is there already. Raises NotFoundError, InvalidSpecError, InvalidInputError."""
    path = Path(reference)
    if path.suffix.lower() in ENDINGS:
        if not path.is_file():
            raise NotFoundError("file", reference)
        return _stored(core, from_text(path.read_text(encoding="utf-8"), source=reference))
    found = core.organizations.find(reference)
    if found is not None:
        return found.id
    for pattern in catalogue():
        if pattern.id == reference:
            return _stored(core, pattern.organization)
    known = [each.name for each in core.organizations.all()] + [each.id for each in catalogue()]
    raise NotFoundError("organization, file or pattern", reference, known=known)


def _stored(core: Core, spec: Organization) -> str:
    wanted = spec_hash(spec)
    for record in core.organizations.all():
        if record.name != spec.name or record.latest_revision_id is None:
            continue
        if core.organizations.revision(record.latest_revision_id).spec_hash == wanted:
            return record.id
    return core.organizations.create(spec)
