"""Problems: what must or should be mended in an organization, each on the node it concerns."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. An `error` keeps the organization from being saved as a revision or run."""

    code: str
    severity: Literal["error", "warning"]
    node: str
    """Name of the node it concerns; empty for the whole organization."""
    field: str
    message: str
    hint: str
    rule: str = ""
    """The anti-pattern that it is a sign of, as `God agent`; empty for what is simply wrong. Such findings can be
    accepted (`LintSettings.accepted`)."""
    subject: str = ""
    """What else it is about: the name of another node, or of a model."""
