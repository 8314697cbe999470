"""Hardcoded configuration: what belongs to one place or person, written into what is shared."""

import re
from collections import Counter
from collections.abc import Iterator

from core.organization.lint.texts import texts
from core.organization.problems import Problem
from core.organization.spec import Organization

RULE = "Hardcoded configuration"

SECRET = re.compile(
    r"""(?x)
    \b sk-[A-Za-z0-9_-]{16,}                                  # OpenAI, Anthropic
    | \b (?:gh[pousr]|github_pat)_[A-Za-z0-9_]{20,}           # GitHub
    | \b xox[abprs]-[A-Za-z0-9-]{10,}                         # Slack
    | \b (?:AKIA|ASIA)[A-Z0-9]{16} \b                         # AWS
    | \b AIza[A-Za-z0-9_-]{30,}                               # Google
    | \b (?:gsk|hf|xai|pplx|nvapi|glpat)[-_][A-Za-z0-9_-]{16,}
    | \b eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}   # JSON Web Token
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | (?<=://) [^/\s:@{}$]+ : [^/\s@{}$]{4,} (?=@)            # user:password@host
    | (?i: (?<=bearer\ ) [A-Za-z0-9._~+/-]{16,}=* )
    | (?i: (?<=password[=:]) [^\s"'{}$]{6,} )
    """
)
"""What looks like a secret. `${NAME}` does not."""
_LABELLED = re.compile(r"(?i)(api[-_]?key|authorization|password|secret|token)$")
_PRIVATE = re.compile(
    r"https?://(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+"
    r"|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|[\w-]+\.(?:local|internal|lan))(?::\d+)?(?=[/\s\"']|$)"
    r"|(?<![\w/])/(?:home|Users)/[\w.-]+"
)


def configuration_problems(org: Organization) -> Iterator[Problem]:
    """Secrets, private hosts and home folders, the same model over and over."""
    for text in texts(org):
        if has_secret(text.field, text.text):
            yield Problem(
                "secret_in_spec",
                "error",
                text.node,
                text.field,
                f"A secret stands in {_where(text.node, text.field)}: it would leave with every export.",
                "Put it into an environment variable, and write `${NAME}` here.",
                RULE,
            )
        elif found := _PRIVATE.search(text.text):
            yield Problem(
                "private_place",
                "warning",
                text.node,
                text.field,
                f"'{found.group()}' in {_where(text.node, text.field)} exists on one machine or network only.",
                "Put it into an environment variable, and write `${NAME}` here.",
                RULE,
            )
    counts = Counter(agent.model for agent in org.agents if agent.model)
    for model, count in counts.items():
        if count > org.lint.max_same_model:
            yield Problem(
                "model_repeated",
                "warning",
                "",
                "agents",
                f"{count} agents name the model '{model}': a change must be made in {count} places.",
                "Leave their model empty, and choose it once as the studio's default model.",
                RULE,
                subject=model,
            )


def has_secret(field: str, text: str) -> bool:
    """Whether a text looks like a secret, or stands where one is expected and is not read from the environment."""
    if SECRET.search(text):
        return True
    is_value = field.startswith(("headers.", "environment."))
    return is_value and bool(_LABELLED.search(field)) and bool(text.strip()) and not _from_environment(text)


def _from_environment(text: str) -> bool:
    return "${" in text or "{" in text


def _where(node: str, field: str) -> str:
    place = "a link" if "→" in field else f"`{field}`"
    return f"{place} of '{node}'" if node else place
