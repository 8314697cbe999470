"""`studio export --code`."""

from pathlib import Path

from core.services.export_folders import FileOutcome
from studio.commands.export import found_organization
from studio.commands.opened import opened
from studio.commands.output import print_table, say, tell

CONFLICTS = 1


def export_code(reference: str, folder: Path, *, data_dir: Path | None) -> int:
    """Write the organization as a Python package into the folder, and say what became of each file."""
    with opened(data_dir) as core:
        written = core.exports.write(found_organization(core, reference), folder)
    changed = [file for file in written.files if file.status != "kept" or file.note]
    if changed:
        print_table(["file", "what", "note"], map(_row, changed))
    say(f"{len(written.files)} files in {written.folder}, {len(changed)} of them worth a look.")
    for sentence in written.left_out:
        tell(f"Not carried: {sentence}")
    return CONFLICTS if written.conflicts else 0


def _row(file: FileOutcome) -> list[str]:
    return [file.path, file.status, file.note]
