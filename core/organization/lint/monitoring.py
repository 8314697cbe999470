"""No monitoring: runs that nobody can look into, or whose traces hold what nobody should read."""

import re
from collections.abc import Iterator

from core.organization.problems import Problem
from core.organization.schemas import property_names
from core.organization.spec import HttpToolSpec, Organization

RULE = "No monitoring"
_SENSITIVE = re.compile(
    r"(?i)(?:^|_)(?:password|passwd|pin|cvv|cvc|card_number|iban|ssn|social_security_number|secret|api_key)(?:$|_)"
)


def monitoring_problems(org: Organization) -> Iterator[Problem]:
    """Traces without payloads, unless there is something to hide; sensitive arguments that traces keep."""
    sensitive = [
        (tool.name, name)
        for tool in org.tools
        if isinstance(tool, HttpToolSpec)
        for name in sorted(property_names(tool.parameters))
        if _SENSITIVE.search(name)
    ]
    if not org.run.store_payloads and not sensitive:
        yield Problem(
            "payloads_not_kept",
            "warning",
            "",
            "run.store_payloads",
            "Traces of this organization keep no inputs and outputs: why a run went wrong cannot be seen.",
            "Keep payloads in traces.",
            RULE,
        )
    if org.run.store_payloads:
        for tool, argument in sensitive:
            yield Problem(
                "sensitive_kept",
                "warning",
                tool,
                "parameters",
                f"The argument '{argument}' of '{tool}' is kept in every trace, for all to read.",
                "Do not keep payloads in traces of this organization, or do not let a model handle this value.",
                RULE,
            )
