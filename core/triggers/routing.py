"""Which organization an event goes to, where rules decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import TroupeError
from core.organization.expressions import ExpressionError, holds
from core.triggers.spec import AlwaysRouter, RulesRouter


class NotRoutedError(TroupeError):
    """No organization was chosen for an event."""

    code = "not_routed"


@dataclass(frozen=True, slots=True)
class Choice:
    """The organization that a router chose, and why."""

    organization_id: str
    reason: str
    simulated: bool = False
    """Whether the rehearsal model chose it."""


def choose_by_rules(router: AlwaysRouter | RulesRouter, variables: Mapping[str, Any]) -> Choice:
    """The organization for an event. Raises NotRoutedError when no rule fits and there is no default."""
    if isinstance(router, AlwaysRouter):
        return Choice(router.organization_id, "All events of this trigger go there.")
    faults = []
    for number, rule in enumerate(router.rules, start=1):
        try:
            if holds(rule.condition, variables):
                return Choice(rule.organization_id, f"Rule {number} fits: {rule.condition}")
        except ExpressionError as error:
            # A field that this event does not have: the rule does not fit, and one can read why.
            faults.append(f"Rule {number}: {error.message}")
    remarks = " ".join(["No rule fits.", *faults])
    if router.default:
        return Choice(router.default, remarks)
    raise NotRoutedError(remarks, hint="Add a rule or a default to the trigger, then replay the event.")
