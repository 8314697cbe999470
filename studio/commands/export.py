"""`studio export`."""

from pathlib import Path

from core.errors import NotFoundError
from core.organization.files import parse, to_yaml
from core.patterns.catalogue import catalogue
from studio.commands.opened import opened


def export(reference: str, *, data_dir: Path | None) -> None:
    """Print the newest revision (or the draft of a never saved organization, or a pattern) as YAML."""
    with opened(data_dir) as core:
        found = core.organizations.find(reference)
        if found is not None:
            if found.latest_revision_id is not None:
                spec = parse(core.organizations.revision(found.latest_revision_id).spec)
            else:
                spec = core.organizations.draft(found.id).spec
            print(to_yaml(spec), end="")
            return
        pattern = next((each for each in catalogue() if each.id == reference), None)
        if pattern is None:
            raise NotFoundError(
                "organization or pattern", reference, known=[each.name for each in core.organizations.all()]
            )
        print(to_yaml(pattern.organization), end="")
