"""Where the code starts its agents: the entry, the limit of turns, inputs that can serve as samples, sessions."""

from __future__ import annotations

import ast

from core.organization.spec import Link, RunSettings
from core.sdk.reflect.finder import Finder, FoundAgent, Run
from core.sdk.reflect.values import Const, Frame, Made, Value, text_of

MAX_SAMPLES = 8
_DEFAULT_TURNS = 10


def starts(finder: Finder, without: set[int]) -> list[tuple[Run, FoundAgent]]:
    """The runs of agents that are known, in the order of the text; those inside the functions `without` are not
    runs of the organization."""
    found: list[tuple[Run, FoundAgent]] = []
    for run in finder.runs:
        if id(run.frame.scope.node) in without:
            continue
        agent = finder.agent(_argument(finder, run, "starting_agent", 0))
        if agent is not None:
            found.append((run, agent))
    return found


def run_settings(finder: Finder, begun: list[tuple[Run, FoundAgent]]) -> RunSettings:
    """The limits of the runs: the largest number of turns that the code allows."""
    limits = [
        value.value
        for run, _ in begun
        if isinstance(value := _argument(finder, run, "max_turns", None), Const) and type(value.value) is int
    ]
    fitting = [limit for limit in limits if 1 <= limit <= 1000]
    return RunSettings(max_turns=max(fitting)) if fitting else RunSettings(max_turns=_DEFAULT_TURNS)


def samples(finder: Finder, begun: list[tuple[Run, FoundAgent]], entry: FoundAgent | None) -> list[str]:
    """Inputs that the code gives to the entry."""
    texts = [
        value.value
        for run, agent in begun
        if agent is entry
        and isinstance(value := _argument(finder, run, "input", 1), Const)
        and isinstance(value.value, str)
        and value.value.strip()
    ]
    return list(dict.fromkeys(texts))[:MAX_SAMPLES]


def report_runs(finder: Finder, begun: list[tuple[Run, FoundAgent]]) -> None:
    """Say what becomes of sessions, and of the options of runs."""
    for run, _ in begun:
        where = run.where
        if _given(finder, run, "session"):
            finder.report.approximated("session of a run", where, "Conversations are kept by the studio.")
        if _given(finder, run, "context"):
            note = "Tools that read a context of your own cannot have it here."
            finder.report.not_carried("context of a run", where, note)
        config = _argument(finder, run, "run_config", None)
        left = [keyword.arg for keyword in config.call.keywords if keyword.arg] if isinstance(config, Made) else []
        ours = {"workflow_name", "trace_id", "group_id", "trace_metadata", "tracing_disabled"}
        kept = [name for name in left if name not in ours]
        if kept:
            finder.report.not_carried(f"run configuration ({', '.join(kept)})", where)


def choose_entry(
    found: list[FoundAgent],
    begun: list[tuple[Run, FoundAgent]],
    links: list[Link],
    names: dict[int, str],
    without: set[int],
) -> FoundAgent | None:
    """The agent that starts a run: the first that the code runs, else one that nobody leads to."""
    for _, agent in begun:
        return agent
    led_to = {link.target for link in links if link.kind in {"handoff", "as_tool"}}
    leading = {link.source for link in links if link.kind in {"handoff", "as_tool"}}
    free = [agent for agent in found if names[id(agent)] not in led_to and id(agent.made.call) not in without]
    first = [agent for agent in free if names[id(agent)] in leading]
    return next(iter([*first, *free, *found]), None)


def inside(frame: Frame, nodes: set[int]) -> bool:
    """Whether a frame is in one of the functions."""
    here: Frame | None = frame
    while here is not None:
        if id(here.scope.node) in nodes:
            return True
        here = here.parent
    return False


def _argument(finder: Finder, run: Run, name: str, place: int | None) -> Value | None:
    made = finder.evaluator.value(run.call, run.frame)
    return finder.option(made, name, place) if isinstance(made, Made) else None


def _given(finder: Finder, run: Run, name: str) -> bool:
    node = next((keyword.value for keyword in run.call.keywords if keyword.arg == name), None)
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def trace_name(finder: Finder, frame: Frame) -> str | None:
    """The name in `with trace("…")` of a function."""
    for call in frame.scope.calls:
        value = finder.evaluator.value(call, frame)
        if isinstance(value, Made) and value.maker == "agents.trace":
            return text_of(finder.option(value, "workflow_name", 0))
    return None
