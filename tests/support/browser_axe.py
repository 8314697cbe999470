"""Accessibility as axe-core sees it, shadow roots and frames included."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, Page

_ALL: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
_COLOURS: dict[str, Any] = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
    "preload": False,
}
_GRAVE = {"serious", "critical"}


@dataclass(frozen=True, slots=True)
class Known:
    """A violation inside a widget of Streamlit's own, which we cannot influence."""

    rule: str
    target: str
    """Part of the selector of the elements."""
    reason: str


def violations(page: Page, known: Sequence[Known] = (), *, only_colours: bool = False) -> list[str]:
    """The serious and critical violations on a page, one line for each element."""
    options = _COLOURS if only_colours else _ALL
    found = [
        (violation["id"], _target(node), node)
        for frame in page.frames
        for violation in _violations(frame, options)
        if violation["impact"] in _GRAVE
        for node in violation["nodes"]
    ]
    return sorted(
        f"{rule}: {target}: {_why(node)}: {node['html'][:200]}"
        for rule, target, node in found
        if not any(each.rule == rule and each.target in target for each in known)
    )


def _violations(frame: Frame, options: dict[str, Any]) -> list[dict[str, Any]]:
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(AXE_SCRIPT)
    results: dict[str, Any] = frame.evaluate("options => axe.run(options)", options)
    found: list[dict[str, Any]] = results["violations"]
    return found


def _target(node: dict[str, Any]) -> str:
    """The selector; of what lies in a shadow root the way there."""
    return " ".join(" >> ".join(part) if isinstance(part, list) else part for part in node["target"])


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
