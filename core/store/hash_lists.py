"""Lists of content hashes, stored short. What a model is given grows from call to call and begins the same each
time: of a long list whole groups are blobs of their own, which all lists that begin so share."""

import hashlib
from collections.abc import Mapping, Sequence

import orjson

GROUP = 16
_MARK = "*"
"""Before the hash of a group, which is a list of such entries itself."""


def folded(entries: Sequence[str]) -> tuple[list[str], dict[str, bytes]]:
    """What stands for the list, and the blobs of its groups."""
    whole = len(entries) // GROUP * GROUP
    blobs: dict[str, bytes] = {}
    groups = []
    for start in range(0, whole, GROUP):
        data = orjson.dumps(entries[start : start + GROUP])
        key = hashlib.blake2b(data, digest_size=16).hexdigest()
        blobs[key] = data
        groups.append(f"{_MARK}{key}")
    if len(groups) >= GROUP:
        groups, more = folded(groups)
        blobs |= more
    return [*groups, *entries[whole:]], blobs


def groups_in(entries: Sequence[str]) -> set[str]:
    """Hashes of the groups that have to be known to unfold it one step."""
    return {entry[1:] for entry in entries if entry.startswith(_MARK)}


def unfolded_once(entries: Sequence[str], groups: Mapping[str, bytes]) -> list[str]:
    """The list with each group replaced by its entries, which may be groups again."""
    longer: list[str] = []
    for entry in entries:
        longer += orjson.loads(groups[entry[1:]]) if entry.startswith(_MARK) else [entry]
    return longer
