"""Names under which models call the tools of servers."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization import mcp_names as module
from core.organization.mcp_names import LIMIT, mcp_names
from core.sdk.codegen.support import mcp_names as exported

TOOLS = st.one_of(
    st.sampled_from(["find", "a.b", "a_b", "shop_find", "desk_shop_find", "x" * 63 + "y", "x" * 70, "ß", "é"]),
    st.text("ab._é", min_size=1, max_size=4),
)
OFFERED = st.dictionaries(st.sampled_from(["shop", "desk", "a", "a_b", "s" * 64]), st.sets(TOOLS, max_size=6))


@given(offered=OFFERED, taken=st.sets(TOOLS.map(module.own_name), max_size=4))
def test_no_two_tools_of_an_agent_are_called_alike(offered: dict[str, set[str]], taken: set[str]) -> None:
    names = mcp_names({server: sorted(tools) for server, tools in offered.items()}, taken)

    assert set(names) == {(server, tool) for server, tools in offered.items() for tool in tools}
    assert len({*names.values(), *taken}) == len(names) + len(taken)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in names.values())


@given(offered=OFFERED, taken=st.sets(TOOLS.map(module.own_name), max_size=4))
def test_the_order_of_servers_and_tools_makes_no_difference(offered: dict[str, set[str]], taken: set[str]) -> None:
    forwards = {server: sorted(tools) for server, tools in offered.items()}
    backwards = {server: sorted(offered[server], reverse=True) for server in reversed(offered)}

    assert mcp_names(forwards, sorted(taken)) == mcp_names(backwards, sorted(taken, reverse=True))


@given(offered=OFFERED, others=OFFERED)
def test_a_name_stands_for_one_tool_of_a_server_whatever_else_an_agent_uses(
    offered: dict[str, set[str]], others: dict[str, set[str]]
) -> None:
    """Exported servers look up what an agent calls, and several agents may share a server."""
    together = {server: sorted(tools) for server, tools in (others | offered).items()}
    meant: dict[str, str] = {}
    for server, tools in offered.items():
        for servers in ({server: sorted(tools)}, together):
            for (owner, tool), name in mcp_names(servers, ["find"]).items():
                if owner == server:
                    assert meant.setdefault(f"{server}/{name}", tool) == tool


@pytest.mark.parametrize(
    ("offered", "taken", "names"),
    [
        ({"shop": ["find", "sell"], "desk": ["ask"]}, ["other"], ["find", "sell", "ask"]),
        ({"shop": ["find", "sell"], "desk": ["find"]}, [], ["shop_find", "sell", "desk_find"]),
        ({"shop": ["find"]}, ["find"], ["shop_find"]),
        ({"shop": ["find.it"], "desk": ["find it"]}, [], ["shop_find_it", "desk_find_it"]),
        ({"shop": ["x" * 70]}, [], ["x" * LIMIT]),
        ({"shop": ["find"], "desk": ["find"]}, ["shop_find"], ["shop_find_2efa18", "desk_find"]),
        ({"shop": ["a.b", "a b"]}, [], ["shop_a_b_4ffbe4", "shop_a_b_cc39fd"]),
    ],
)
def test_names_are_as_short_as_can_be(offered: dict[str, list[str]], taken: list[str], names: list[str]) -> None:
    assert list(mcp_names(offered, taken).values()) == names


def test_exported_code_has_the_same_rule() -> None:
    assert Path(exported.__file__).read_text(encoding="utf-8") == Path(module.__file__).read_text(encoding="utf-8")
