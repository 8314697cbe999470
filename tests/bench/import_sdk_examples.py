"""What the static import finds in a copy of openai/openai-agents-python, and whether any of its files stops it.

Not part of the default run, as it needs that repository beside ours:
`uv run python -m tests.bench.import_sdk_examples PATH`.
"""

import ast
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.organization.check import check
from core.organization.files import from_text, to_yaml
from core.sdk.reflect.finder import Finder
from core.sdk.reflect.python_code import import_python
from core.sdk.reflect.report import ImportProblemError, Report
from core.sdk.reflect.sources import from_path


def main(root: Path) -> None:
    """Print the counts of each folder of examples, then those of all files one by one."""
    print("| folder | Agent(...) calls | found | all agents | handoffs written | handoff links | as_tool links |")
    print("|---|---|---|---|---|---|---|")
    for folder in sorted(each for each in (root / "examples").iterdir() if each.is_dir()):
        if any(folder.rglob("*.py")):
            print(_row(folder))
    _every_file(root)


def _row(folder: Path) -> str:
    report = Report()
    finder = Finder(from_path(folder, report), report)
    made = {id(agent.made.call) for agent in finder.agents}
    calls = [call for module in finder.project.modules for call in _agent_calls(module.tree)]
    found = sum(id(call) in made for call in calls)
    written = sum(len(_handoffs(call)) for call in calls)
    links: Counter[str] = Counter()
    if finder.agents:
        org = import_python(from_path(folder, Report()), Report()).organization
        links = Counter(link.kind for link in org.links)
    cells = [folder.name, len(calls), found, len(finder.agents), written, links["handoff"], links["as_tool"]]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _agent_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            called = call.func.value if isinstance(call.func, ast.Subscript) else call.func
            if getattr(called, "id", getattr(called, "attr", "")) == "Agent":
                yield call


def _handoffs(call: ast.Call) -> list[ast.expr]:
    values = [keyword.value for keyword in call.keywords if keyword.arg == "handoffs"]
    return [item for value in values if isinstance(value, ast.List) for item in value.elts]


def _every_file(root: Path) -> None:
    counts: Counter[str] = Counter()
    slowest = (0.0, "")
    for path in sorted(root.rglob("*.py")):
        report, start = Report(), time.perf_counter()
        try:
            org = import_python(from_path(path, report), report).organization
            counts["organizations"] += 1
            counts["agents"] += len(org.agents)
            counts["with errors"] += any(problem.severity == "error" for problem in check(org))
            assert from_text(to_yaml(org)) == org
        except ImportProblemError:
            counts["without agents"] += 1
        counts["files"] += 1
        slowest = max(slowest, (time.perf_counter() - start, str(path.relative_to(root))))
    print(f"\nOne by one: {dict(counts)}; slowest {slowest[0]:.1f} s ({slowest[1]})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
