"""Keeps the flow links of a branch on its cases when those are renamed or removed."""

from collections import Counter

from core.errors import InvalidInputError
from core.organization.spec import Link, Organization
from core.organization.steps import BranchStep


def with_case_links(org: Organization, old: BranchStep, new: BranchStep) -> Organization:
    """`org` with the links that left `old` at a case: those of a renamed case leave at its new name, those of a
    removed one are gone. InvalidInputError when two cases would come to have one name."""
    before, after = [case.name for case in old.cases], [case.name for case in new.cases]
    doubled = [name for name, count in Counter(after).items() if count > max(1, before.count(name))]
    if doubled:
        raise InvalidInputError(f"There is a case called '{doubled[0]}' already.", hint="Choose another name.")
    names = dict.fromkeys(before, "") | {name: name for name in after}
    if len(before) == len(after):
        names |= {was: now for was, now in zip(before, after, strict=True) if was not in after}
    links = [followed for link in org.links if (followed := _followed(link, old.name, names)) is not None]
    return org.model_copy(update={"links": links})


def _followed(link: Link, branch: str, names: dict[str, str]) -> Link | None:
    if link.kind != "flow" or link.source != branch or link.port not in names:
        return link
    port = names[link.port]
    return link.model_copy(update={"port": port}) if port else None
