"""Rules decide where an event goes."""

from typing import Any

import pytest

from core.ids import utc_now
from core.triggers.events import event_variables, safe_headers
from core.triggers.routing import NotRoutedError, choose_by_rules
from core.triggers.spec import AgentRouter, AlwaysRouter, Rule, RulesRouter, TriggerSpec, organizations_of

ROUTER = RulesRouter(
    rules=[
        Rule(condition='event.payload.type.startsWith("parcel.")', organization_id="parcels"),
        Rule(condition='event.headers["x-github-event"] == "push"', organization_id="code"),
        Rule(condition="event.payload.amount > 100.0", organization_id="money"),
    ]
)


def variables(payload: Any, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return event_variables(key="1", trigger="Hooks", received_at=utc_now(), payload=payload, headers=named)


def test_the_first_rule_that_fits_decides() -> None:
    both = choose_by_rules(ROUTER, variables({"type": "parcel.lost", "amount": 200.0}))
    last = choose_by_rules(ROUTER, variables({"type": "bill", "amount": 200.5}))
    header = choose_by_rules(ROUTER, variables({}, x_github_event="push"))

    assert (both.organization_id, last.organization_id, header.organization_id) == ("parcels", "money", "code")
    assert both.reason == 'Rule 1 fits: event.payload.type.startsWith("parcel.")'


def test_an_event_that_no_rule_fits() -> None:
    with pytest.raises(NotRoutedError, match=r"No rule fits\..*Rule 1: .*there is no 'type'"):
        choose_by_rules(ROUTER, variables({"amount": 3.0}))

    default = ROUTER.model_copy(update={"default": "desk"})
    assert choose_by_rules(default, variables(["a", "list"])).organization_id == "desk"


def test_odd_payloads_do_no_harm() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = {"d": deep}
    payloads: tuple[Any, ...] = (None, 0, "text", [], {"type": None}, {"type": {"a": 2**70}}, deep)
    for payload in payloads:
        with pytest.raises(NotRoutedError):
            choose_by_rules(ROUTER, variables(payload))


def test_always() -> None:
    assert choose_by_rules(AlwaysRouter(organization_id="desk"), variables(None)).organization_id == "desk"


def test_the_organizations_of_a_router() -> None:
    rules = ROUTER.model_copy(update={"default": "code"})

    assert organizations_of(rules) == ["parcels", "code", "money"]
    assert organizations_of(AgentRouter(organization_ids=["a", "b", "a"])) == ["a", "b"]


def test_headers_that_may_hold_keys_are_not_kept() -> None:
    given = {"Authorization": "Bearer x", "Cookie": "x", "X-Api-Key": "x", "X-GitHub-Event": "push"}

    assert safe_headers(given) == {"x-github-event": "push"}


def test_triggers_are_data_both_ways() -> None:
    spec = TriggerSpec.model_validate(
        {"name": "T", "source": {"kind": "folder", "path": "/in"}, "router": ROUTER.model_dump()}
    )

    assert TriggerSpec.model_validate_json(spec.model_dump_json()) == spec
