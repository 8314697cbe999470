"""Texts on their way to PostgreSQL, which stores every character but one."""

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

NUL = "\x00"
SHOWN_INSTEAD = "\ufffd"


class StorableText(StrDumperUnknown):
    """Marks the places of NUL characters: a model or a tool that sends one must not end a run."""

    def dump(self, obj: str) -> Buffer | None:
        """The text in the encoding of the connection."""
        return super().dump(obj.replace(NUL, SHOWN_INSTEAD) if NUL in obj else obj)
