"""Flow links stay on the cases of their branch."""

import pytest

from core.errors import InvalidInputError
from core.organization.edits import replace_node
from core.organization.spec import Organization
from core.organization.steps import BranchCase, BranchStep
from core.organization.wording import with_fields
from tests.core.organization.flows import workflow


def kind(*names: str, name: str = "Kind") -> BranchStep:
    return BranchStep(name=name, cases=[BranchCase(name=each) for each in names])


def drawn(*names: str) -> Organization:
    return workflow("a → Kind\nKind.refund → b\nKind.other → c\nKind.default → d", kind(*names))


def keys(org: Organization) -> list[str]:
    return [link.key.removeprefix("flow:") for link in org.links if link.source != "a"]


def test_a_renamed_case_keeps_its_link() -> None:
    org = replace_node(drawn("refund", "other"), "Kind", kind("money_back", "other"))

    assert keys(org) == ["Kind.money_back→b", "Kind.other→c", "Kind.default→d"]


def test_a_removed_case_takes_its_link_along() -> None:
    org = replace_node(drawn("refund", "other"), "Kind", kind("other"))

    assert keys(org) == ["Kind.other→c", "Kind.default→d"]


def test_cases_in_another_order_and_new_ones_leave_links_alone() -> None:
    org = drawn("refund", "other")

    assert keys(replace_node(org, "Kind", kind("other", "refund"))) == keys(org)
    assert keys(replace_node(org, "Kind", kind("refund", "other", "third"))) == keys(org)


def test_branch_and_case_can_be_renamed_at_once() -> None:
    org = replace_node(drawn("refund", "other"), "Kind", kind("money_back", "other", name="Which"))

    assert keys(org) == ["Which.money_back→b", "Which.other→c", "Which.default→d"]


def test_two_cases_cannot_come_to_have_one_name() -> None:
    with pytest.raises(InvalidInputError, match="a case called 'other' already"):
        replace_node(drawn("refund", "other"), "Kind", kind("other", "other"))


def test_a_branch_that_came_with_doubled_cases_can_be_mended() -> None:
    org = drawn("other", "other")

    mended = replace_node(org, "Kind", with_fields(kind("other", "third")))

    assert keys(mended) == ["Kind.refund→b", "Kind.other→c", "Kind.default→d"]
