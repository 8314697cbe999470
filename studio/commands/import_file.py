"""`studio import`."""

from pathlib import Path

from studio.commands.opened import opened
from studio.commands.output import say, tell
from studio.commands.target import file_text


def import_file(reference: str, *, data_dir: Path | None) -> None:
    """Add the organization of a YAML or JSON file; prints its id. Fields that are not known here are told."""
    text = file_text(reference)
    with opened(data_dir) as core:
        found = core.organizations.import_text(text, source=Path(reference).name)
        record = core.organizations.get(found.organization_id)
        for note in found.notes:
            tell(note)
        if not record.latest_revision:
            tell(f"'{record.name}' has problems that keep it from running: open it on the Design page.")
        say(record.id)
