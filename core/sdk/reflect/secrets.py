"""Values of headers and environments: secrets stay out of the spec, as names of the environment."""

import re

from core.sdk.reflect.report import Report, joined
from core.sdk.reflect.values import Const, Mapping, Text, Value, Variable

_SECRET_NAME = re.compile(r"auth|token|secret|key|password|passwd|credential|cookie", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"^(sk-|pk-|ghp_|gho_|github_pat_|xox[abp]-|AKIA|AIza|glpat-|hf_|Bearer\s+\S)|://[^/\s:@]+:[^/\s@]+@"
)
_PLACEHOLDER = re.compile(r"\$\{\w+\}")


def is_secret(name: str, value: str) -> bool:
    """Whether a value under that name is likely to be a secret, judged by both."""
    without = _PLACEHOLDER.sub("", value).removeprefix("Bearer").removeprefix("Basic").strip()
    if not without:
        return False
    return bool(_SECRET_NAME.search(name) or _SECRET_VALUE.search(value))


def variable_name(name: str) -> str:
    """The name that a header has in the environment: `X-Api-Key` is `X_API_KEY`."""
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").upper() or "SECRET"


def hidden(given: Value | None, report: Report, what: str, where: str) -> dict[str, str]:
    """Headers or variables as the spec keeps them: `${NAME}` for the environment and for secrets."""
    found: dict[str, str] = {}
    secret: list[str] = []
    unknown: list[str] = []
    for name, value in given.names().items() if isinstance(given, Mapping) else ():
        match value:
            case Variable(name=variable):
                found[name] = f"${{{variable}}}"
            case Const(value=str() as text) if is_secret(name, text):
                found[name] = f"${{{variable_name(name)}}}"
                secret.append(variable_name(name))
            case Const(value=str() as text):
                found[name] = text
            case Text(text=text, holes=holes):
                found[name] = _with_variables(text, holes)
            case _:
                found[name] = f"${{{variable_name(name)}}}"
                unknown.append(variable_name(name))
    if secret:
        report.approximated(f"secrets of {what}", where, f"Set {joined(secret)} in the environment instead.")
    if unknown or (isinstance(given, Mapping) and given.unknown):
        names = joined(unknown) or "the rest"
        report.approximated(
            f"values of {what}", where, f"Only running tells them: set {names} in the environment."
        )
    return found


def _with_variables(text: str, holes: tuple[str, ...]) -> str:
    for hole in holes:
        name = re.search(r"[\"'](\w+)[\"']", hole)
        text = text.replace(f"{{{hole}}}", f"${{{name.group(1) if name else variable_name(hole)}}}")
    return text
