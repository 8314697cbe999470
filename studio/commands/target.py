"""What a command line names: a stored organization, a file, or a pattern."""

from pathlib import Path

from core.bootstrap import Core
from core.errors import InvalidInputError, NotFoundError
from core.organization.files import import_text, spec_hash
from core.organization.spec import Organization
from core.patterns.catalogue import catalogue
from core.services.organizations import problems_of, refuse_errors
from studio.commands.output import tell

ENDINGS = {".yaml", ".yml", ".json"}


def organization_id(core: Core, reference: str) -> str:
    """Id of the organization that `reference` names; a file or pattern is stored first, unless an organization
    of the same name and meaning is there already. Raises NotFoundError, InvalidInputError, InvalidSpecError, and
    BrokenOrganizationError for a file with errors."""
    if Path(reference).suffix.lower() in ENDINGS:
        return _stored(core, _read(reference))
    found = core.organizations.find(reference)
    if found is not None:
        return found.id
    for pattern in catalogue():
        if pattern.id == reference:
            return _stored(core, pattern.organization)
    if _is_file(reference):
        return _stored(core, _read(reference))
    known = [each.name for each in core.organizations.all()] + [each.id for each in catalogue()]
    raise NotFoundError("organization, file or pattern", reference, known=known)


def file_text(reference: str) -> str:
    """The text of a file. Raises NotFoundError and InvalidInputError."""
    try:
        return Path(reference).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError("file", reference) from None
    except OSError as error:
        raise InvalidInputError(
            f"The file '{reference}' cannot be read: {error.strerror}.", hint="Check its path and permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"The file '{reference}' is not UTF-8 text.", hint="Save it as UTF-8, or name another file."
        ) from error


def _read(reference: str) -> Organization:
    found = import_text(file_text(reference), source=reference)
    for note in found.notes:
        tell(note)
    return found.organization


def _is_file(reference: str) -> bool:
    try:
        return Path(reference).is_file()
    except OSError:
        # Too long for a file name, for example.
        return False


def _stored(core: Core, spec: Organization) -> str:
    wanted = spec_hash(spec)
    for record in core.organizations.all():
        if record.name != spec.name or record.latest_revision_id is None:
            continue
        if core.organizations.revision(record.latest_revision_id).spec_hash == wanted:
            return record.id
    refuse_errors(problems_of(spec))
    return core.organizations.create(spec)
