"""Whether a trigger makes sense before it is stored."""

import json
from collections.abc import Callable, Mapping

from core.errors import InvalidInputError
from core.organization.expressions import expression_fault, template_fault
from core.records import OrganizationRecord
from core.services.texts import storable
from core.triggers.events import VARIABLES
from core.triggers.folder import check_folder
from core.triggers.schedule import check_schedule
from core.triggers.spec import (
    AgentRouter,
    AlwaysRouter,
    FolderSource,
    RulesRouter,
    ScheduleSource,
    TriggerSpec,
    WebhookSource,
    organizations_of,
)

LONGEST_TEMPLATE = 20_000


def check_trigger(
    spec: TriggerSpec, organizations: Mapping[str, OrganizationRecord], check_model: Callable[[str | None], None]
) -> None:
    """Raises InvalidInputError or ProviderError, saying what to mend first."""
    storable(json.dumps(spec.model_dump(), ensure_ascii=False))
    match spec.source:
        case WebhookSource():
            pass
        case ScheduleSource():
            check_schedule(spec.source)
        case FolderSource():
            check_folder(spec.source)
    check_router(spec, organizations, check_model)


def check_router(
    spec: TriggerSpec, organizations: Mapping[str, OrganizationRecord], check_model: Callable[[str | None], None]
) -> None:
    """The same for its router and template only."""
    for number, organization_id in enumerate(organizations_of(spec.router), start=1):
        if not organization_id:
            raise InvalidInputError("No organization is chosen.", hint="Choose where the events go.")
        if organization_id not in organizations:
            raise InvalidInputError(
                f"The organization {number} of the router does not exist any more.", hint="Choose another one."
            )
    match spec.router:
        case AlwaysRouter():
            pass
        case RulesRouter():
            _check_rules(spec.router)
        case AgentRouter():
            _check_agent(spec.router, organizations)
            check_model(spec.router.model)
    if not spec.template.strip() or len(spec.template) > LONGEST_TEMPLATE:
        raise InvalidInputError(
            "The input template is empty." if not spec.template.strip() else "The input template is too long.",
            hint="Write what the organization is told, for example {{ event.payload }}.",
        )
    if fault := template_fault(spec.template, VARIABLES):
        raise InvalidInputError(
            f"The input template has a mistake: {fault}.", hint="Fields are named like event.payload.type."
        )


def _check_rules(router: RulesRouter) -> None:
    if not router.rules:
        raise InvalidInputError("The router has no rules.", hint="Add one, or send all to one organization.")
    for number, rule in enumerate(router.rules, start=1):
        if fault := expression_fault(rule.condition, VARIABLES):
            raise InvalidInputError(
                f"Rule {number}: {fault}.", hint='Write CEL, for example event.payload.type == "refund".'
            )


def _check_agent(router: AgentRouter, organizations: Mapping[str, OrganizationRecord]) -> None:
    if not router.instructions.strip():
        raise InvalidInputError(
            "The router has no instructions.", hint="Say which events go to which organization."
        )
    if not router.organization_ids:
        raise InvalidInputError("The router has no organizations.", hint="Choose those that it may choose from.")
    names = [organizations[each].name for each in router.organization_ids]
    if len(set(names)) < len(names):
        raise InvalidInputError(
            "Two organizations of the router have the same name.", hint="Give one of them another name."
        )
