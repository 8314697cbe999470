"""Steps of a workflow: what the code decides, beside the agents. Frozen data, like the rest of the spec.

A workflow is drawn with flow links (`FlowLink`) between agents and steps. An agent that a flow link touches is a
step itself. Every step gets a value (the output of the step before it, at first the run's input) and gives one on.
Expressions are CEL (https://cel.dev) over these variables:

* `input`: the run's input, text
* `output`: the value that this step gets
* `steps["name"]`: the last output of a step
* `state.name`: a variable of the workflow
* `item`, `index`: in the body of a map
* `count`: the round of the loop around, from 1
* `error`: after an error edge, `{step, code, message}`

A template is text with expressions in double braces: `Rate this draft: {{ output.text }}`.
"""

from typing import Annotated, Literal

from pydantic import Field

from core.organization.base import Name, Spec

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w{0,63}$")]

# -- conditions -------------------------------------------------------------------------------------


class CelCondition(Spec):
    """Holds when the expression is true."""

    kind: Literal["cel"] = "cel"
    expression: str = ""


class FieldCondition(Spec):
    """Holds when a field of the value compares so; a missing field does not hold."""

    kind: Literal["field"] = "field"
    field: str = ""
    """Names joined by dots, as `review.score`; empty for the value itself."""
    operator: Literal["gt", "ge", "lt", "le", "eq", "ne", "contains"] = "eq"
    value: str | int | float | bool = ""


class JudgeCondition(Spec):
    """Asks a model whether the statement is true of the value."""

    kind: Literal["judge"] = "judge"
    statement: str = ""
    model: str | None = None
    """`provider/model`, or None for the studio's default model."""


Condition = Annotated[CelCondition | FieldCondition | JudgeCondition, Field(discriminator="kind")]

# -- steps ------------------------------------------------------------------------------------------


class StepBase(Spec):
    """What every step has."""

    name: Name


OnFailure = Literal["fail_all", "go_on", "retry"]


class ParallelStep(StepBase):
    """Starts all its branches (one for each flow link that leaves it) with the same value. They meet in a join."""

    kind: Literal["parallel"] = "parallel"
    limit: int | None = Field(default=None, ge=1, le=1000)
    """How many branches run at once; None for all."""
    on_failure: OnFailure = "fail_all"
    """A branch that fails: stops its siblings and fails the step, is left out, or is tried again."""
    retries: int = Field(default=2, ge=1, le=10)
    """How often a branch is tried again; then the step fails."""


class MapStep(StepBase):
    """Runs its body once for each item of a list. The bodies meet in a join."""

    kind: Literal["map"] = "map"
    items: str = "output"
    """CEL expression that gives the list."""
    limit: int | None = Field(default=4, ge=1, le=1000)
    """How many items are worked on at once; None for all."""
    on_failure: OnFailure = "fail_all"
    retries: int = Field(default=2, ge=1, le=10)


class ConcatenateJoin(Spec):
    """One text of all outputs, in the order of the branches."""

    kind: Literal["concatenate"] = "concatenate"
    separator: str = "\n\n"


class ListJoin(Spec):
    """A list of all outputs, in the order of the branches."""

    kind: Literal["list"] = "list"


class VoteJoin(Spec):
    """The output that most branches gave; of equals the first."""

    kind: Literal["vote"] = "vote"
    by: str = ""
    """CEL expression over `output` that gives what is counted; empty for the output itself."""


class FirstGoodJoin(Spec):
    """The first output to arrive that the condition holds for; the other branches are stopped."""

    kind: Literal["first_good"] = "first_good"
    condition: Condition = CelCondition(expression="true")


class AgentJoin(Spec):
    """What an agent makes of all outputs."""

    kind: Literal["agent"] = "agent"
    agent: str = ""
    """The name of the agent, which is no step itself."""
    task: str = ""
    """Template of what it is told; `output` is the list of outputs. Empty for the outputs under the names of their
    branches."""


JoinBy = Annotated[ConcatenateJoin | ListJoin | VoteJoin | FirstGoodJoin | AgentJoin, Field(discriminator="kind")]


class JoinStep(StepBase):
    """Where the branches of a parallel step or the bodies of a map meet; makes one value of theirs."""

    kind: Literal["join"] = "join"
    by: JoinBy = ConcatenateJoin()


class BranchCase(Spec):
    """One way out of a branch."""

    name: VariableName
    """The port that the case's flow link leaves from."""
    condition: Condition = CelCondition()


class BranchStep(StepBase):
    """Goes the way of the first case that holds, else the way of `default`; the value stays."""

    kind: Literal["branch"] = "branch"
    cases: list[BranchCase] = []


class LoopStep(StepBase):
    """Runs its body (from port `body` back to the step) round by round until the condition holds, at most `limit`
    times, then goes on at `done`. The value of a round is what the one before gave."""

    kind: Literal["loop"] = "loop"
    until: Condition = CelCondition()
    """Asked after each round, of the value that the round gave."""
    limit: int = Field(default=5, ge=1, le=1000)
    check_first: bool = False
    """Whether it is also asked before the first round."""
    on_limit: Literal["go_on", "fail"] = "go_on"
    """When the limit is reached and the condition does not hold: go on at `done`, or fail."""


class ApprovalStep(StepBase):
    """Waits for a person, and goes on at `approved` or `rejected`; the value stays. The reason is
    `steps["name"].reason`."""

    kind: Literal["approval"] = "approval"
    question: str = ""
    """Template of what the person is asked."""


class TransformStep(StepBase):
    """Makes a value of the one it gets, and may set variables of the workflow."""

    kind: Literal["transform"] = "transform"
    expression: str = ""
    """CEL expression of the new value; empty to leave it."""
    assign: dict[str, str] = {}
    """Variables of `state` by name, each with the CEL expression of its new value."""


class EndStep(StepBase):
    """Ends the run here."""

    kind: Literal["end"] = "end"
    output: str = ""
    """Template of the run's final output; empty for the value that arrives."""
    outcome: Literal["completed", "failed"] = "completed"


Step = Annotated[
    ParallelStep | MapStep | JoinStep | BranchStep | LoopStep | ApprovalStep | TransformStep | EndStep,
    Field(discriminator="kind"),
]
StepKind = Literal["parallel", "map", "join", "branch", "loop", "approval", "transform", "end"]

# -- ports ------------------------------------------------------------------------------------------

OUT = "out"
ERROR = "error"
DEFAULT = "default"


def ports(step: Step | None) -> list[str]:
    """The ports that flow links leave from, the usual one first; None stands for an agent."""
    match step:
        case None:
            return [OUT, ERROR]
        case ParallelStep():
            return ["branch", ERROR]
        case MapStep():
            return ["each", ERROR]
        case BranchStep():
            return [*(case.name for case in step.cases), DEFAULT]
        case LoopStep():
            return ["body", "done", ERROR]
        case ApprovalStep():
            return ["approved", "rejected"]
        case TransformStep() | JoinStep():
            return [OUT, ERROR]
        case EndStep():
            return []
