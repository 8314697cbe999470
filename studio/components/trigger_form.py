"""The form of a trigger: where its events come from, where they go, what is said there, and a trial of it."""

import json
from typing import Literal, get_args

import streamlit as st
from pydantic import ValidationError

from core.errors import InvalidInputError
from core.services.triggers import Trigger
from core.triggers.spec import AlwaysRouter, Router, Source, TriggerSpec, usual_template
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.components.trigger_questions import SECRET
from studio.components.trigger_router_form import router_fields
from studio.components.trigger_source_form import source_fields
from studio.context import core
from studio.page_files import page_file
from studio.view_models.distinct import organization_names
from studio.view_models.markdown import plain
from studio.view_models.trigger_words import KINDS, example_payload

Kind = Literal["webhook", "schedule", "folder"]
TEMPLATE_HELP = (
    "Text with CEL in double braces: `{{ event.payload }}` is the whole event as JSON, "
    "`{{ event.payload.order_id }}` one field of it. There are also `event.id`, `event.headers`, "
    "`event.received_at` and `event.trigger`."
)


def show_trigger_form(trigger: Trigger | None) -> None:
    """Fields of a trigger (None for a new one), and what can be done with them."""
    organizations = organization_names(record for record in core().organizations.all() if record.latest_revision)
    if not organizations:
        st.info(
            "A trigger needs an organization to run. Design one and save it, then come back.",
            icon=":material/bolt:",
        )
        st.page_link(page_file("patterns"), label="Choose a pattern", icon=":material/category:")
        return
    name = trigger.id if trigger else "new"
    kind: Kind = trigger.spec.source.kind if trigger else _choose_kind()
    title = st.text_input(
        "Name",
        value=trigger.spec.name if trigger else "",
        key=f"tf_name_{name}",
        max_chars=80,
        placeholder="Orders",
    )
    st.subheader("Where events come from", anchor=False)
    source, secret = source_fields(trigger.spec.source if trigger else None, kind, name)
    st.subheader("Where they go", anchor=False)
    router = router_fields(_router(trigger, organizations), organizations, name)
    template = st.text_area(
        "What the organization is told",
        value=trigger.spec.template if trigger else usual_template(kind),
        key=f"tf_template_{name}_{kind}",
        height=90,
        help=TEMPLATE_HELP,
    )
    spec = _spec(title, source, router, template)
    _show_trial(spec, source.kind, name)
    _show_buttons(trigger, spec, secret)


def _choose_kind() -> Kind:
    kinds: list[Kind] = list(get_args(Kind))
    asked = st.query_params.get("kind")
    return st.segmented_control(
        "Kind",
        kinds,
        default=next((kind for kind in kinds if kind == asked), "webhook"),
        format_func=KINDS.__getitem__,
        key="tf_kind",
        required=True,
    )


def _router(trigger: Trigger | None, organizations: dict[str, str]) -> Router:
    if trigger is not None:
        return trigger.spec.router
    asked = st.query_params.get("organization", "")
    return AlwaysRouter(organization_id=asked if asked in organizations else next(iter(organizations)))


def _spec(title: str, source: Source, router: Router, template: str) -> TriggerSpec | None:
    """None, with a word about it, while there is no name."""
    try:
        return TriggerSpec(name=title, source=source, router=router, template=template)
    except ValidationError:
        return None


def _show_trial(spec: TriggerSpec | None, kind: str, name: str) -> None:
    with st.expander("Try it with an example", icon=":material/science:"):
        samples = _samples(spec)
        text = st.text_area(
            "Payload of an event (JSON)",
            value=example_payload(kind, samples),
            key=f"tf_example_{name}_{kind}",
            height=140,
        )
        if not st.button("Try", key=f"tf_try_{name}", help="Nothing is stored and nothing is started."):
            return
        with errors_shown():
            trial = core().triggers.try_out(_named(spec), read_payload(text))
            simulated = " :gray-badge[:material/science: simulated]" if trial.choice.simulated else ""
            st.markdown(
                f":green[:material/check_circle:] It goes to **{plain(trial.organization)}**{simulated}. "
                f"{plain(trial.choice.reason)}"
            )
            st.caption("The organization is told:")
            st.code(trial.input, language=None, wrap_lines=True)


def read_payload(text: str) -> object:
    """What a person typed as JSON. Raises InvalidInputError."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            f"The example is no JSON: {error}.", hint='Write for example {"type": "x"}.'
        ) from error


def _samples(spec: TriggerSpec | None) -> list[str]:
    if spec is None or not isinstance(spec.router, AlwaysRouter):
        return []
    return core().organizations.draft(spec.router.organization_id).spec.samples


def _show_buttons(trigger: Trigger | None, spec: TriggerSpec | None, secret: str) -> None:
    with st.container(horizontal=True, gap="small"):
        saved = st.button(
            "Save" if trigger else "Make the trigger", type="primary", icon=":material/check:", key="tf_save"
        )
        st.button("Cancel", key="tf_cancel", on_click=_leave, args=(trigger,))
    if not saved:
        return
    with errors_shown():
        checked = _named(spec)
        if trigger is None:
            made, given = core().triggers.create(checked, secret=secret)
            if given and not secret:
                st.session_state[SECRET] = (made, given)
            st.query_params.from_dict({"trigger": made})
        else:
            core().triggers.save(trigger.id, checked)
            _leave(trigger)
        notify(f"Saved {checked.name}.")
        st.rerun()


def _named(spec: TriggerSpec | None) -> TriggerSpec:
    if spec is None:
        raise InvalidInputError("The trigger needs a name.", hint="Type 1 to 80 characters.")
    return spec


def _leave(trigger: Trigger | None) -> None:
    st.query_params.from_dict({"trigger": trigger.id} if trigger else {})
