"""How a workflow is left other than straight on."""


class StepError(Exception):
    """A step did not do what it should."""

    def __init__(self, step: str, code: str, message: str) -> None:
        super().__init__(f"{step}: {message}")
        self.step = step
        self.code = code
        self.message = message


class WorkflowError(Exception):
    """The workflow ended at a step that says so."""


class Waiting(Exception):  # noqa: N818
    """No error: something waits for a person, and nothing else can be done."""


STEP_ERRORS = (StepError, ArithmeticError, LookupError, TypeError, ValueError)
"""What an error edge of the workflow takes up: failed agents, and expressions that have no value."""
