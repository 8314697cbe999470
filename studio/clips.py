"""What was copied on the canvases of this studio. The clipboard's text holds no secrets, for it may be pasted
anywhere; pasted into an organization of the same studio, the copy is whole again."""

from collections import OrderedDict
from threading import Lock
from uuid import uuid4

from core.organization.files import to_yaml
from core.organization.secrets import without_secrets
from core.organization.spec import Organization

MOST = 50
"""Older copies are forgotten; their texts can still be pasted, as they are."""
LEFT_OUT = "Secrets are left out of the text; pasted into this studio, they are there again."


class Clips:
    """Copies by the text that went to the clipboard; only those that the text does not hold completely."""

    def __init__(self) -> None:
        self._whole: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def keep(self, part: Organization) -> tuple[str, bool]:
        """The text for the clipboard, and whether secrets were left out of it."""
        shareable = without_secrets(part)
        text = to_yaml(shareable.organization)
        if not shareable.hidden:
            return text, False
        # Each copy has a text of its own: two that differ in their secrets alone must not be taken for each other.
        text = f"# Copied without secrets ({uuid4().hex[:8]})\n{text}"
        with self._lock:
            self._whole[_told_apart(text)] = to_yaml(part)
            while len(self._whole) > MOST:
                self._whole.popitem(last=False)
        return text, True

    def whole(self, text: str) -> str:
        """What was copied, with its secrets. A text that comes from elsewhere, or was changed, stays as it is."""
        with self._lock:
            return self._whole.get(_told_apart(text), text)


def _told_apart(text: str) -> str:
    # Clipboards change the ends of lines.
    return text.replace("\r\n", "\n").strip()


clips = Clips()
"""Of this process: all tabs of a studio open the same organizations."""
