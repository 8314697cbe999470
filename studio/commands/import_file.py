"""`studio import`."""

from dataclasses import asdict
from pathlib import Path

from core.bootstrap import Core
from core.services.imports import Arrival
from studio.commands.opened import opened
from studio.commands.output import one_line, print_json, say, tell

_TOLD = {"approximated": "~", "not_carried": "-"}


def import_path(path: Path, *, module: str | None, name: str, data_dir: Path | None, as_json: bool) -> None:
    """Add what is in a file or folder, or what a module makes. Ids go to standard output, the report beside them;
    as JSON both go there."""
    with opened(data_dir) as core:
        for arrival in _arrivals(core, path, module=module, name=name):
            record = core.organizations.get(arrival.organization_id)
            if as_json:
                print_json(
                    {
                        "id": record.id,
                        "name": record.name,
                        "source": arrival.source,
                        "report": [asdict(entry) for entry in arrival.report],
                    }
                )
                continue
            _tell(arrival)
            if not record.latest_revision:
                tell(f"'{record.name}' has problems that keep it from running: open it on the Design page.")
            say(record.id)


def _arrivals(core: Core, path: Path, *, module: str | None, name: str) -> list[Arrival]:
    if module is None:
        return core.imports.from_path(path, name=name)
    folder = path if path.is_dir() else path.parent
    return [core.imports.from_object(module, folder.resolve(), name=name)]


def _tell(arrival: Arrival) -> None:
    """What was approximated (~) and not carried (-); what was carried is counted."""
    for note in arrival.unknown_fields:
        tell(note)
    if arrival.is_file_of_ours:
        return
    counts = ", ".join(
        f"{arrival.count(fate)} {words}"
        for fate, words in (
            ("carried", "carried"),
            ("approximated", "approximated (~)"),
            ("not_carried", "not carried (-)"),
        )
    )
    tell(f"{arrival.source} '{arrival.organization.name}': {counts}")
    for entry in arrival.report:
        mark = _TOLD.get(entry.fate)
        if mark is not None:
            where = f"{entry.where}: " if entry.where else ""
            note = f" {entry.note}" if entry.note else ""
            tell(one_line(f"{mark} {where}{entry.what}.{note}", 400))
