"""Choices that can be told apart: a field knows them by their words, so that two with the same would be one."""

from collections.abc import Iterable, Mapping

from core.records import OrganizationRecord


def organization_names(organizations: Iterable[OrganizationRecord]) -> dict[str, str]:
    """Names by id, in the given order; of equal ones the older has the smaller number."""
    given = {record.id: record for record in organizations}
    oldest_first = sorted(given.values(), key=lambda record: (record.created_at, record.id))
    names = distinct({record.id: record.name for record in oldest_first})
    return {key: names[key] for key in given}


def distinct(words: Mapping[str, str]) -> dict[str, str]:
    """The same words, but of equal ones all but the first have a number: `Help desk (2)`."""
    taken = set(words.values())
    seen: set[str] = set()
    found = {}
    for key, text in words.items():
        number, label = 1, text
        while label in seen or (number > 1 and label in taken):
            number += 1
            label = f"{text} ({number})"
        seen.add(label)
        found[key] = label
    return found
