"""How states are said: an icon, a word and a colour name, never colour alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusLook:
    """`icon` is a Material symbol for Streamlit, `colour` one of Streamlit's named colours."""

    icon: str
    word: str
    colour: str

    @property
    def markdown(self) -> str:
        """Icon and word for Streamlit's markdown, coloured."""
        return f":{self.colour}[{self.icon} {self.word}]"


LOOKS = {
    "queued": StatusLook(":material/schedule:", "Queued", "gray"),
    "running": StatusLook(":material/progress_activity:", "Running", "blue"),
    "waiting": StatusLook(":material/pan_tool:", "Waiting", "orange"),
    "paused": StatusLook(":material/pause_circle:", "Paused", "gray"),
    "completed": StatusLook(":material/check_circle:", "Completed", "green"),
    "failed": StatusLook(":material/error:", "Failed", "red"),
    "cancelled": StatusLook(":material/cancel:", "Cancelled", "gray"),
    "pending": StatusLook(":material/pan_tool:", "Pending", "orange"),
    "approved": StatusLook(":material/check_circle:", "Approved", "green"),
    "rejected": StatusLook(":material/block:", "Rejected", "red"),
    "expired": StatusLook(":material/timer_off:", "Expired", "gray"),
    "open": StatusLook(":material/progress_activity:", "Open", "blue"),
    "ok": StatusLook(":material/check_circle:", "OK", "green"),
    "error": StatusLook(":material/error:", "Error", "red"),
    "lost": StatusLook(":material/help:", "Lost", "orange"),
}


def status_look(status: str) -> StatusLook:
    """How a run's, span's or approval's status is shown."""
    return LOOKS[status]
