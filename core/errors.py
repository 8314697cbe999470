"""Errors that tell a person what happened and what to do about it."""

from collections.abc import Sequence


class TroupeError(Exception):
    """Something a person can act on: `message` says what happened, `hint` what to do, `code` names the kind."""

    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message}\nHint: {hint}" if hint else message)
        self.message = message
        self.hint = hint


class NotFoundError(TroupeError):
    """An id, a name or a file that leads nowhere."""

    code = "not_found"

    def __init__(self, what: str, reference: str, *, known: Sequence[str] = ()) -> None:
        hint = f"Known: {', '.join(known)}." if known else "Check the name; it may have been deleted."
        super().__init__(f"There is no {what} '{reference}'.", hint=hint)


class InvalidSpecError(TroupeError):
    """A description of an organization that cannot be read; `line` is where, counted from 1, when it is known."""

    code = "invalid_spec"

    def __init__(self, message: str, *, hint: str = "", line: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.line = line


class BrokenOrganizationError(TroupeError):
    """The organization has problems that must be mended before it is saved or run."""

    code = "broken_organization"


class ConflictError(TroupeError):
    """The thing has changed meanwhile: decided already, run already ended, draft edited elsewhere."""

    code = "conflict"


class ProviderError(TroupeError):
    """A model provider is missing, misconfigured or did not answer as it should."""

    code = "provider"


class DatabaseVersionError(TroupeError):
    """The database was written by a newer Troupe, or cannot be upgraded."""

    code = "database_version"


class DatabaseUnavailableError(TroupeError):
    """The database cannot be reached or written, or did not answer in time."""

    code = "database_unavailable"


class InvalidInputError(TroupeError):
    """A value that a person entered cannot be used."""

    code = "invalid_input"
