"""Names for what is imported: unique, and of the form that the spec asks for."""

import re
import unicodedata

from core.organization.names import NODE_NAME_LIMIT, fresh_name

_TOOL_NAME_LIMIT = 64


class Names:
    """Gives every node a name of its own."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def node(self, wanted: str, otherwise: str) -> str:
        """A free name for an agent, guardrail or step, near the wanted one."""
        name = " ".join(wanted.split())[:NODE_NAME_LIMIT].strip() or otherwise
        return self._take(fresh_name(name, self.taken))

    def tool(self, wanted: str, otherwise: str = "tool") -> str:
        """A free name for a tool, near the wanted one."""
        return self._take(fresh_name(tool_name(wanted) or otherwise, self.taken, separator="_", limit=64))

    def _take(self, name: str) -> str:
        self.taken.add(name)
        return name


def tool_name(wanted: str) -> str:
    """The name in the letters that tools can have; empty when nothing is left of it."""
    letters = unicodedata.normalize("NFKD", wanted)
    plain = "".join(letter for letter in letters if unicodedata.category(letter)[0] != "M")
    return re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_")[:_TOOL_NAME_LIMIT].strip("_")


def reference(module: str, name: str) -> str | None:
    """`module:function` as the spec writes it, or None when the name has other letters."""
    found = f"{module}:{name}"
    return found if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", found) else None
