"""Lists of hashes that are stored short."""

import pytest

from core.store.hash_lists import GROUP, folded, groups_in, unfolded_once


def hashes(number: int) -> list[str]:
    """So many different ones."""
    return [f"{each:032x}" for each in range(number)]


@pytest.mark.parametrize("number", [0, 1, GROUP - 1, GROUP, GROUP + 1, GROUP**2, GROUP**2 + 17, 3 * GROUP**2])
def test_what_is_folded_unfolds_to_the_same(number: int) -> None:
    """Whatever the length, and however deep its groups lie in groups."""
    entries, blobs = folded(hashes(number))
    assert len(entries) < 2 * GROUP + number // GROUP**2

    while wanted := groups_in(entries):
        assert wanted <= set(blobs)
        entries = unfolded_once(entries, blobs)

    assert entries == hashes(number)


def test_lists_that_begin_alike_share_their_beginning() -> None:
    """A list that goes on needs at most one group more on each level."""
    _, before = folded(hashes(500))

    _, after = folded(hashes(502))

    assert len(set(after) - set(before)) <= 1


def test_a_list_of_older_versions_is_as_it_is() -> None:
    """Nothing is to be unfolded in plain hashes."""
    assert groups_in(hashes(300)) == set()
    assert unfolded_once(hashes(300), {}) == hashes(300)
