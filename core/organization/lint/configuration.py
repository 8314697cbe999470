"""Hardcoded configuration: what belongs to one place or person, written into what is shared."""

import re
from collections import Counter
from collections.abc import Iterator

from core.organization.lint.texts import texts
from core.organization.problems import Problem
from core.organization.secret_spans import secret_spans
from core.organization.spec import Organization

RULE = "Hardcoded configuration"

_PRIVATE = re.compile(
    r"https?://(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+"
    r"|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|[\w-]+\.(?:local|internal|lan))(?::\d+)?(?=[/\s\"']|$)"
    r"|(?<![\w/])/(?:home|Users)/[\w.-]+"
)


def configuration_problems(org: Organization) -> Iterator[Problem]:
    """Secrets, private hosts and home folders, the same model over and over."""
    for text in texts(org):
        if secret_spans(text.field, text.text, before=text.before):
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


def _where(node: str, field: str) -> str:
    place = "a link" if "→" in field else f"`{field}`"
    return f"{place} of '{node}'" if node else place
