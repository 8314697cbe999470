"""`module:function` is looked up without running the module."""

import sys
from pathlib import Path

import pytest

from core.toolbox import toolbox
from core.toolbox.references import function_problem

MODULE = """
raise RuntimeError("this module was run")

from json import dumps as to_json
import math

def plain(): ...
async def later(): ...
def _hidden(): ...
assigned = lambda: 1
first, second = plain, later
annotated: int = 3
class Thing: ...
if True:
    def conditional(): ...
try:
    import nothing
except ImportError:
    def fallback(): ...
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package whose modules fail when they are run."""
    folder = tmp_path / "strangers"
    (folder / "plain_folder").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('this package was run')")
    (folder / "tools.py").write_text(MODULE)
    (folder / "stars.py").write_text("from strangers.tools import *")
    (folder / "dynamic.py").write_text("def __getattr__(name): ...")
    (folder / "broken.py").write_text("def plain(:")
    (folder / "plain_folder" / "inner.py").write_text("def deep(): ...")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "strangers"


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "later",
        "_hidden",
        "assigned",
        "first",
        "second",
        "to_json",
        "annotated",
        "conditional",
        "fallback",
    ],
)
def test_functions_that_may_exist(package: str, name: str) -> None:
    assert function_problem(f"{package}.tools:{name}") is None
    assert package not in sys.modules


@pytest.mark.parametrize(
    "reference",
    [
        "stars:anything",
        "dynamic:anything",
        "plain_folder.inner:deep",
    ],
)
def test_what_only_running_could_tell_is_let_through(package: str, reference: str) -> None:
    assert function_problem(f"{package}.{reference}") is None


@pytest.mark.parametrize("reference", ["math:sqrt", "sys:exit", "os.path:join", "json:dumps", "asyncio:sleep"])
def test_modules_of_python_itself(reference: str) -> None:
    assert function_problem(reference) is None


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("tools:plian", "Module 'strangers.tools' has no function 'plian'. Did you mean 'plain'?"),
        (
            "tools:zzz",
            "Module 'strangers.tools' has no function 'zzz'. It has: conditional, fallback, later, plain.",
        ),
        ("tools:Thing", "'Thing' in module 'strangers.tools' is a class; name a function."),
        ("tols:plain", "There is no module 'strangers.tols'. Did you mean 'strangers.tools'?"),
        ("tools.deeper:plain", "There is no module 'strangers.tools.deeper'."),
        ("broken:plain", "Module 'strangers.broken' cannot be read as Python: invalid syntax"),
    ],
)
def test_what_is_wrong(package: str, reference: str, problem: str) -> None:
    assert (function_problem(f"{package}.{reference}") or "").startswith(problem)


@pytest.mark.parametrize("reference", ["", "json", "json:", ":dumps", "a b:c", "json:dumps.x", "..json:dumps"])
def test_what_is_no_reference(reference: str) -> None:
    assert "module:function" in (function_problem(reference) or "")


def test_a_changed_file_is_read_again(package: str, tmp_path: Path) -> None:
    assert function_problem(f"{package}.tools:added") is not None

    (tmp_path / "strangers" / "tools.py").write_text("def added(): ...")

    assert function_problem(f"{package}.tools:added") is None


def test_the_whole_toolbox_is_found() -> None:
    assert [function_problem(entry.reference) for entry in toolbox()] == [None] * len(toolbox())
