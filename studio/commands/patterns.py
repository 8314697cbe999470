"""`studio patterns`."""

from core.patterns.catalogue import catalogue
from studio.commands.output import print_json, print_table


def patterns(*, as_json: bool) -> None:
    """Print id, title and summary of each pattern."""
    if as_json:
        for each in catalogue():
            print_json({"id": each.id, "number": each.number, "title": each.title, "summary": each.summary})
        return
    print_table(("ID", "TITLE", "SUMMARY"), ((each.id, each.title, each.summary) for each in catalogue()))
