"""What a start brings about: which settings count, and what is imported before somebody sees a page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT

HEAVY = ("agents", "alembic", "cryptography", "jsonschema", "mcp", "networkx", "openai", "pandas", "pyvis")
FOR_PAGES = ("core.bootstrap", "numpy", "sqlalchemy", "sqlmodel")
_SETTINGS = """
import sys
from pathlib import Path
from streamlit import config
from streamlit.web.server.starlette.starlette_server import UvicornRunner
from studio.commands.serve import serve

sys.argv[0] = sys.argv.pop(1)
UvicornRunner.run = lambda self: print(config.get_option("server.fileWatcherType"))
serve(port=0, data_dir=Path.cwd(), browser=False)
"""
_SERVER = """
import studio.cli
import studio.commands.serve
import studio.app
"""
_FIRST_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
from studio.warm_up import warm_up

warm_up()
warmed = set(sys.modules)
page = AppTest.from_file("studio/ui.py").run(timeout=60)
assert not page.exception and page.title[0].value == "Troupe"
"""
_IMPORTED_BY_THE_PAGE = """
imported = {"core", "studio", "sqlalchemy", "sqlmodel", "numpy", "PIL", "yaml", "pydantic"}
print([name for name in sys.modules if name not in warmed and name.partition(".")[0] in imported])
"""


@pytest.mark.parametrize("started", ["/usr/local/bin/studio", "studio/cli/__main__.py"])
def test_settings_of_the_screen_count_however_it_was_started(tmp_path: Path, started: str) -> None:
    assert _python(_SETTINGS, started, folder=tmp_path).splitlines()[-1] == "none"


def test_server_answers_before_what_only_pages_need_is_imported(tmp_path: Path) -> None:
    assert _imported(_SERVER, HEAVY + FOR_PAGES, folder=tmp_path) == []


def test_first_page_needs_nothing_heavy(tmp_path: Path) -> None:
    assert _imported(_FIRST_PAGE, HEAVY, folder=tmp_path) == []


def test_first_page_finds_its_imports_done(tmp_path: Path) -> None:
    last = _python(_FIRST_PAGE + _IMPORTED_BY_THE_PAGE, folder=tmp_path).splitlines()[-1]

    assert last == "[]"


def _imported(code: str, names: tuple[str, ...], *, folder: Path) -> list[str]:
    """Which of the modules a fresh process has imported after the code."""
    ask = f"print(*[name for name in {names!r} if name in sys.modules])"
    return _python(f"import sys\n{code}{ask}", folder=folder).splitlines()[-1].split()


def _python(code: str, *arguments: str, folder: Path) -> str:
    """What the code prints."""
    environment = os.environ | {"STUDIO_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
