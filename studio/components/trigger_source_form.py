"""The part of a trigger's form that says where events come from."""

from typing import Literal
from zoneinfo import available_timezones

import streamlit as st

from core.errors import TroupeError
from core.triggers.schedule import schedule_words
from core.triggers.spec import FolderSource, ScheduleSource, Source, WebhookSource
from studio.components.errors import show_error
from studio.context import core
from studio.view_models.trigger_words import EXISTING, MISSED, SCHEMES


def source_fields(
    source: Source | None, kind: Literal["webhook", "schedule", "folder"], name: str
) -> tuple[Source, str]:
    """Draws the fields of that kind; returns what they say, and the secret that a sender gave out."""
    match kind:
        case "webhook":
            return _webhook_fields(source if isinstance(source, WebhookSource) else None, name)
        case "schedule":
            found = source if isinstance(source, ScheduleSource) else ScheduleSource(zone=_own_zone())
            return _schedule_fields(found, name), ""
        case "folder":
            return _folder_fields(source if isinstance(source, FolderSource) else FolderSource(), name), ""


def show_next_times(source: ScheduleSource) -> None:
    """The expression in words, and when it comes next; or what is wrong with it."""
    try:
        times = core().triggers.next_times(source)
    except TroupeError as error:
        show_error(error)
        return
    listed = "\n".join(f"- {time:%a %d %b %Y, %H:%M} {time.tzname()}" for time in times)
    st.markdown(f"**{schedule_words(source)}**, next\n\n{listed}")


def _webhook_fields(source: WebhookSource | None, name: str) -> tuple[WebhookSource, str]:
    if source is not None:
        # Another way of signing would need another secret: that is another webhook.
        st.markdown(f"A webhook whose requests are signed as by {SCHEMES[source.scheme]}.")
        return source, ""
    schemes: list[Literal["standard", "github"]] = ["standard", "github"]
    scheme = st.selectbox(
        "Signed by",
        schemes,
        format_func=SCHEMES.__getitem__,
        key=f"tf_scheme_{name}",
        help="Standard Webhooks is what Svix, OpenAI and many others send. Requests without a good signature are "
        "refused.",
    )
    secret = st.text_input(
        "The sender's secret",
        key=f"tf_secret_{name}",
        type="password",
        placeholder="Leave empty to have one made",
        help="Kept encrypted. Some senders give out the secret; to others you give the one that is made here.",
    )
    st.caption("The address is shown when the trigger is made.")
    return WebhookSource(scheme=scheme), secret


def _schedule_fields(source: ScheduleSource, name: str) -> ScheduleSource:
    left, right = st.columns(2, gap="large")
    with left:
        cron = st.text_input(
            "Cron expression",
            value=source.cron,
            key=f"tf_cron_{name}",
            help="Minute, hour, day of the month, month, day of the week: `*/15 * * * *` every 15 minutes, "
            "`0 9 * * 1-5` at 9 on weekdays, `0 0 L * *` on the last day of a month.",
        )
        zones = sorted(available_timezones() | {source.zone})
        zone = st.selectbox("Time zone", zones, index=zones.index(source.zone), key=f"tf_zone_{name}")
        choices: list[Literal["skip", "last", "all"]] = ["last", "all", "skip"]
        missed = st.selectbox(
            "Times at which the studio was down",
            choices,
            index=choices.index(source.missed),
            format_func=MISSED.__getitem__,
            key=f"tf_missed_{name}",
        )
    made = ScheduleSource(cron=cron, zone=zone, missed=missed)
    with right:
        show_next_times(made)
    return made


def _folder_fields(source: FolderSource, name: str) -> FolderSource:
    left, right = st.columns(2, gap="large")
    with left:
        path = st.text_input(
            "Folder",
            value=source.path,
            key=f"tf_path_{name}",
            placeholder="/srv/inbox",
            help="On the machine that the studio runs on. Nothing in it is moved or deleted.",
        )
        pattern = st.text_input(
            "Files",
            value=source.pattern,
            key=f"tf_pattern_{name}",
            help="`*.txt` in this folder, `**/*.txt` also in the folders below. Files of up to 1 MB, UTF-8 text.",
        )
    with right:
        settle = st.number_input(
            "Seconds without change before a file is taken",
            min_value=0.0,
            max_value=3600.0,
            value=source.settle_seconds,
            step=1.0,
            key=f"tf_settle_{name}",
            help="So that no half-written file is taken. Surest is to write elsewhere and move it here.",
        )
        choices: list[Literal["leave", "take"]] = ["leave", "take"]
        existing = st.selectbox(
            "Files that are there now",
            choices,
            index=choices.index(source.existing),
            format_func=EXISTING.__getitem__,
            key=f"tf_existing_{name}",
        )
    made = FolderSource(path=path.strip(), pattern=pattern.strip(), settle_seconds=settle, existing=existing)
    if made.path:
        _show_files_there(made)
    return made


def _show_files_there(source: FolderSource) -> None:
    try:
        count = len(core().triggers.files_there(source))
    except TroupeError as error:
        show_error(error)
        return
    st.caption(f"{count:,} file{'' if count == 1 else 's'} there now.")


def _own_zone() -> str:
    zone = st.context.timezone
    return zone if zone in available_timezones() else "UTC"
