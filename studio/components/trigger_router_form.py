"""The part of a trigger's form that says which organization an event goes to."""

from typing import Literal

import streamlit as st

from core.triggers.spec import AgentRouter, AlwaysRouter, Router, Rule, RulesRouter, organizations_of
from studio.components.icon_button import icon_button
from studio.context import core
from studio.view_models.trigger_words import ROUTERS

DEAD = ""
AS_DEFAULT = ""


def router_fields(router: Router, organizations: dict[str, str], name: str) -> Router:
    """Draws the fields; returns what they say. `organizations` are those that can be chosen, with their names."""
    names = organizations | {
        each: "Deleted organization" for each in organizations_of(router) if each and each not in organizations
    }
    kinds: list[Literal["always", "rules", "agent"]] = ["always", "rules", "agent"]
    kind = st.segmented_control(
        "Router",
        kinds,
        default=router.kind,
        format_func=ROUTERS.__getitem__,
        key=f"tf_router_{name}",
        required=True,
        label_visibility="collapsed",
    )
    first = organizations_of(router)[:1] or list(names)[:1]
    match kind:
        case "rules":
            given = (
                router if isinstance(router, RulesRouter) else RulesRouter(rules=[Rule(organization_id=first[0])])
            )
            return _rules(given, names, name)
        case "agent":
            agent = (
                router if isinstance(router, AgentRouter) else AgentRouter(organization_ids=list(organizations))
            )
            return _agent(agent, names, name)
        case _:
            return AlwaysRouter(
                organization_id=_organization("Organization", first[0], names, f"tf_always_{name}")
            )


def _rules(router: RulesRouter, names: dict[str, str], name: str) -> RulesRouter:
    st.caption("The first rule that holds decides. A field that an event does not have makes a rule not hold.")
    slots: list[int] = st.session_state.setdefault(f"tf_slots_{name}", list(range(len(router.rules))))
    rules = []
    for number, slot in enumerate(slots, start=1):
        given = router.rules[slot] if slot < len(router.rules) else Rule(organization_id=next(iter(names)))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            condition = st.text_input(
                f"Rule {number} (CEL)",
                value=given.condition,
                key=f"tf_condition_{name}_{slot}",
                placeholder='event.payload.type == "refund"',
            )
            chosen = _organization(f"Goes to ({number})", given.organization_id, names, f"tf_to_{name}_{slot}")
            icon_button(
                ":material/close:",
                f"Remove rule {number}",
                key=f"tf_remove_{name}_{slot}",
                disabled=len(slots) == 1,
                on_click=slots.remove,
                args=(slot,),
            )
        rules.append(Rule(condition=condition, organization_id=chosen))
    st.button("Add a rule", icon=":material/add:", key=f"tf_add_{name}", on_click=_add, args=(slots,))
    default = st.selectbox(
        "When no rule holds",
        [DEAD, *names],
        index=[DEAD, *names].index(router.default or DEAD),
        format_func=lambda key: names.get(key, "Keep it among the dead letters"),
        key=f"tf_default_{name}",
    )
    return RulesRouter(rules=rules, default=default or None)


def _agent(router: AgentRouter, names: dict[str, str], name: str) -> AgentRouter:
    instructions = st.text_area(
        "How to choose",
        value=router.instructions,
        key=f"tf_instructions_{name}",
        height=90,
        placeholder="Money goes to Billing. What is broken goes to Repairs. Newsletters go nowhere.",
        help="The model also sees the names and descriptions of the organizations. It may choose none of them.",
    )
    chosen = st.multiselect(
        "Organizations to choose from",
        list(names),
        default=[each for each in router.organization_ids if each in names],
        format_func=names.__getitem__,
        key=f"tf_offers_{name}",
    )
    models = list(dict.fromkeys([AS_DEFAULT, *core().providers.choices(), router.model or AS_DEFAULT]))
    model = st.selectbox(
        "Model",
        models,
        index=models.index(router.model or AS_DEFAULT),
        format_func=lambda reference: reference or f"The default ({core().providers.default_model()})",
        key=f"tf_model_{name}",
    )
    return AgentRouter(instructions=instructions, organization_ids=chosen, model=model or None)


def _organization(label: str, present: str, names: dict[str, str], key: str) -> str:
    ids = list(names)
    chosen: str = st.selectbox(
        label, ids, index=ids.index(present) if present in ids else 0, format_func=names.__getitem__, key=key
    )
    return chosen


def _add(slots: list[int]) -> None:
    slots.append(max(slots) + 1)
