"""How the walk through a workflow is left other than straight on."""

from core.organization.expressions import ExpressionError
from core.organization.steps import EndStep
from core.sdk.api_failures import Failure
from core.sdk.failures import explain


class StepWaits(Exception):  # noqa: N818 (no error: a way to leave)
    """The step cannot go on before a person has decided on one of these approvals."""

    def __init__(self, approvals: list[str]) -> None:
        super().__init__(f"Waits for {', '.join(approvals)}.")
        self.approvals = approvals


class StepError(Exception):
    """A step failed, and no error edge has led on yet."""

    def __init__(self, step: str, failure: Failure) -> None:
        super().__init__(failure.message)
        self.step = step
        self.failure = failure

    @property
    def run_failure(self) -> Failure:
        """Why the run ended, with the step that it ended in."""
        failure = self.failure
        named = failure.message if f"'{self.step}'" in failure.message else f"'{self.step}': {failure.message}"
        return Failure(failure.code, named, failure.hint)


class RunEnds(Exception):  # noqa: N818 (no error: a way to leave)
    """The run is over with this value."""

    def __init__(self, value: object, step: EndStep | None = None) -> None:
        super().__init__("The run is over.")
        self.value = value
        self.step = step


def broken(step: str, error: Exception) -> StepError:
    """Any error of a step as what is told of it; that of an inner step stays that step's."""
    if isinstance(error, StepError):
        return error
    if isinstance(error, ExpressionError):
        return StepError(step, Failure(error.code, f"In '{step}': {error.message}", error.hint))
    return StepError(step, explain(error))
