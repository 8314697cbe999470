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
