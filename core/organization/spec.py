"""The organization spec: frozen data that says what an organization is, apart from how it looks or runs."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field

from core.organization.base import JsonObject as JsonObject
from core.organization.base import Name, ToolName
from core.organization.base import Spec as Spec
from core.organization.drawing import Group, Note
from core.organization.drawing import Position as Position
from core.organization.lint_settings import LintSettings
from core.organization.memory import Memory, WholeMemory
from core.organization.steps import OUT, Step

SCHEMA_VERSION: Final = 1
"""Goes up only when a field comes to mean something else, so a higher one is never read. New fields leave it as it
is: an older version keeps them without knowing them."""

# -- agents -----------------------------------------------------------------------------------------


class ModelSettingsSpec(Spec):
    """How the model is asked; a field that is None is left to the provider."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    tool_choice: str | None = None
    """`auto`, `required`, `none`, or the name of a tool."""
    parallel_tool_calls: bool | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    timeout_seconds: float | None = Field(default=None, gt=0)
    """Limit for one attempt to call the model."""


class AgentSpec(Spec):
    """One agent."""

    name: Name
    instructions: str = ""
    handoff_description: str = ""
    """Tells other agents when to hand off to this one, or to call it as a tool."""
    model: str | None = None
    """`provider/model`, or None for the studio's default model."""
    settings: ModelSettingsSpec = ModelSettingsSpec()
    output_schema: JsonObject | None = None
    """JSON schema (an object) that the final output must satisfy; None for plain text."""
    tool_use: Literal["run_again", "stop_on_first_tool"] = "run_again"
    """What follows a tool call: ask the model again, or take the first tool's result as the final output."""
    task: str = ""
    """As a step of a workflow: template of what it is told (see steps.py); empty for the value that arrives."""
    sees_conversation: bool = False
    """As a step of a workflow: whether it also sees what the agents before it said and did."""


# -- tools ------------------------------------------------------------------------------------------

Effect = Literal["reads", "writes"]


class NeverApprove(Spec):
    """Calls run without asking anybody."""

    kind: Literal["never"] = "never"


class AlwaysApprove(Spec):
    """Every call waits for a person."""

    kind: Literal["always"] = "always"


class ApproveWhen(Spec):
    """Calls wait for a person when one of their arguments compares so; a missing argument waits too."""

    kind: Literal["when"] = "when"
    argument: str
    operator: Literal["gt", "ge", "lt", "le", "eq", "ne", "contains"]
    value: str | int | float | bool


ApprovalRule = Annotated[NeverApprove | AlwaysApprove | ApproveWhen, Field(discriminator="kind")]


class ToolBase(Spec):
    """What every tool says about itself."""

    name: ToolName
    description: str = ""
    effect: Effect = "writes"
    """`reads` may be repeated without harm; `writes` changes something and is never silently repeated."""
    approval: ApprovalRule = NeverApprove()
    """When a person must approve a call before it runs."""
    timeout_seconds: float = Field(default=30, gt=0, le=3600)
    failure_message: str = ""
    """What the model is told when the call fails, before the reason; empty for a standard sentence."""


class FunctionToolSpec(ToolBase):
    """A Python function; its signature and docstring give the parameters."""

    kind: Literal["function"] = "function"
    function: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
    """`module:function`, from the toolbox or anything importable."""


class HttpToolSpec(ToolBase):
    """One HTTP request. `{name}` in url, headers and body are filled from the arguments; arguments that no
    placeholder uses go into the query (GET, DELETE) or into a JSON body (POST, PUT, PATCH)."""

    kind: Literal["http"] = "http"
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: str
    headers: dict[str, str] = {}
    """`${NAME}` is replaced from the environment, so that secrets stay out of the spec."""
    parameters: JsonObject = {"type": "object", "properties": {}}
    """JSON schema (an object) of the arguments."""


class McpToolBase(ToolBase):
    """A server that offers tools by the Model Context Protocol; effect and approval hold for all of them."""

    allowed_tools: list[str] | None = None
    """Only these tools are offered; None for all."""
    blocked_tools: list[str] = []
    approval_tools: list[str] | None = None
    """The tools that the approval rule is for; None for all."""


class McpStdioToolSpec(McpToolBase):
    """An MCP server that is started as a process and spoken to over its standard input and output."""

    kind: Literal["mcp_stdio"] = "mcp_stdio"
    command: str
    arguments: list[str] = []
    """`${NAME}` is replaced from the studio's own environment, here and in `environment`."""
    environment: dict[str, str] = {}


class McpHttpToolSpec(McpToolBase):
    """An MCP server that is reached by streamable HTTP."""

    kind: Literal["mcp_http"] = "mcp_http"
    url: str
    headers: dict[str, str] = {}
    """`${NAME}` is replaced from the environment."""


ToolSpec = Annotated[
    FunctionToolSpec | HttpToolSpec | McpStdioToolSpec | McpHttpToolSpec, Field(discriminator="kind")
]

# -- guardrails -------------------------------------------------------------------------------------


class GuardrailBase(Spec):
    """What every guardrail says about itself. Guardrails block: the agent starts after they have passed."""

    name: Name
    stage: Literal["input", "output"] = "input"
    """`input` checks what the first agent is given, `output` what the last agent answers."""
    message: str = ""
    """What a person reads when it trips; empty for a standard sentence."""


class RegexGuardrailSpec(GuardrailBase):
    """Trips when the pattern is found (Python `re` syntax)."""

    kind: Literal["regex"] = "regex"
    pattern: str
    ignore_case: bool = True


class KeywordGuardrailSpec(GuardrailBase):
    """Trips when one of the words or phrases occurs as whole words, in any case."""

    kind: Literal["keyword"] = "keyword"
    keywords: list[str]


class JudgeGuardrailSpec(GuardrailBase):
    """Asks a model whether the text breaks the rule; trips when it says yes."""

    kind: Literal["judge"] = "judge"
    instructions: str
    """The rule, in words: what must not be let through."""
    model: str | None = None


GuardrailSpec = Annotated[
    RegexGuardrailSpec | KeywordGuardrailSpec | JudgeGuardrailSpec, Field(discriminator="kind")
]

# -- links ------------------------------------------------------------------------------------------


class LinkBase(Spec):
    """An edge between two named nodes."""

    source: Name
    target: Name

    @property
    def key(self) -> str:
        """What this link is called on the canvas: unique for a pair of nodes and a kind."""
        return f"{self.kind}:{self.source}→{self.target}"  # type: ignore[attr-defined]


class HandoffLink(LinkBase):
    """Agent `source` may hand the conversation over to agent `target`."""

    kind: Literal["handoff"] = "handoff"
    description: str = ""
    """When to hand off; empty for the target's own handoff description."""
    history: Literal["all", "without_tools", "last_message"] = "all"
    """What of the conversation the target is given (the SDK's input filter)."""


class AsToolLink(LinkBase):
    """Agent `source` may call agent `target` like a tool and goes on with its answer."""

    kind: Literal["as_tool"] = "as_tool"
    tool_name: ToolName | None = None
    """None for a name made from the target's."""
    description: str = ""
    approval: ApprovalRule = NeverApprove()


class UsesLink(LinkBase):
    """Agent `source` may call tool `target`."""

    kind: Literal["uses"] = "uses"


class GuardsLink(LinkBase):
    """Guardrail `source` watches agent `target`."""

    kind: Literal["guards"] = "guards"


class FlowLink(LinkBase):
    """After `source` (an agent or a step) comes `target`."""

    kind: Literal["flow"] = "flow"
    port: str = OUT
    """The way out of the source that it leaves from; `ports` in steps.py lists them."""

    @property
    def key(self) -> str:
        return f"flow:{self.source}.{self.port}→{self.target}"


Link = Annotated[HandoffLink | AsToolLink | UsesLink | GuardsLink | FlowLink, Field(discriminator="kind")]

# -- the whole --------------------------------------------------------------------------------------


class RunSettings(Spec):
    """Limits of one run."""

    max_turns: int = Field(default=10, ge=1, le=1000)
    timeout_seconds: float = Field(default=600, gt=0)
    """Limit for the time that a run works; time spent waiting for a person does not count."""
    budget_tokens: int | None = Field(default=None, ge=1)
    """Input and output tokens of all model calls together after which no model is asked any more; None for no
    limit."""
    budget_usd: float | None = Field(default=None, gt=0)
    """US dollars after which no model is asked any more; None for no limit. It needs the prices of all models."""
    store_payloads: bool = True
    """Whether traces keep the inputs and outputs of models and tools."""
    memory: Memory = WholeMemory()
    """What of a long conversation a run is given."""


class Organization(Spec):
    """The composed whole. Names are unique over all nodes; `check` says what is wrong."""

    schema_version: Literal[1] = SCHEMA_VERSION
    name: Name
    description: str = ""
    entry: str = ""
    """The agent that starts a run; of a workflow, its first agent or step."""
    agents: list[AgentSpec] = []
    tools: list[ToolSpec] = []
    guardrails: list[GuardrailSpec] = []
    steps: list[Step] = []
    """The steps of the workflow, without its agents."""
    state: JsonObject = {}
    """Variables of the workflow, with their first values."""
    links: list[Link] = []
    run: RunSettings = RunSettings()
    samples: list[str] = []
    """Inputs to try."""
    lint: LintSettings = LintSettings()
    layout: dict[str, Position] = {}
    """Positions by node name. Like notes and groups no part of what the organization means."""
    notes: list[Note] = []
    groups: list[Group] = []

    def agent(self, name: str) -> AgentSpec | None:
        """The agent of that name, or None."""
        return next((agent for agent in self.agents if agent.name == name), None)

    def tool(self, name: str) -> "ToolSpec | None":
        """The tool of that name, or None."""
        return next((tool for tool in self.tools if tool.name == name), None)

    def guardrail(self, name: str) -> "GuardrailSpec | None":
        """The guardrail of that name, or None."""
        return next((guardrail for guardrail in self.guardrails if guardrail.name == name), None)

    def step(self, name: str) -> "Step | None":
        """The step of that name, or None; agents are not among them."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def has_workflow(self) -> bool:
        """Whether code decides what comes next: there is a step or a flow link."""
        return bool(self.steps) or any(link.kind == "flow" for link in self.links)

    def flows(self) -> "list[FlowLink]":
        """The flow links in their order."""
        return [link for link in self.links if isinstance(link, FlowLink)]

    def node_names(self) -> list[str]:
        """All names in the order agents, tools, guardrails, steps; doubles are kept."""
        return [node.name for node in (*self.agents, *self.tools, *self.guardrails, *self.steps)]

    def with_layout(self, layout: dict[str, Position]) -> Self:
        """The same organization with its nodes elsewhere."""
        return self.model_copy(update={"layout": layout})
