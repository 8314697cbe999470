"""What all parts of a walk share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.engine.journal import Recording, fingerprint
from core.engine.place import RunContext
from core.engine.plan import Plan
from core.engine.workflow.desk import Desk
from core.engine.workflow.telling import Teller
from core.engine.wrapping import SegmentWrapping
from core.organization.spec import Organization
from core.sdk.mcp_tools import McpFunctionTool


@dataclass(slots=True)
class Kit:
    """The run, and what its steps work with."""

    plan: Plan
    context: RunContext
    wrapping: SegmentWrapping
    mcp_tools: Mapping[str, Sequence[McpFunctionTool]]
    teller: Teller
    desk: Desk
    last_agent: str = ""
    """The last one that came to an end of its work."""
    keeps_conversation: bool = field(init=False)
    """Whether any agent wants to see what those before it said."""

    def __post_init__(self) -> None:
        self.keeps_conversation = any(agent.sees_conversation for agent in self.spec.agents)

    @property
    def spec(self) -> Organization:
        return self.plan.spec

    def recalled(self, key: str, *asked: object) -> Recording | None:
        """What the journal has of a step's own decision."""
        return self.context.journal.recording(key, fingerprint(*asked))

    def record(self, key: str, recording: Recording, *asked: object) -> None:
        """Record what a step came to. It is stored before, or together with, whatever follows from it."""
        self.context.journal.record_step(key, fingerprint(*asked), recording)
