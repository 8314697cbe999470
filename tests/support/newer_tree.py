"""The code of a later version, as far as a rolling upgrade sees it: another version of the package, one more
migration, one more column, and more in what is recorded and told than this version knows."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = "99.0.0"
HEAD = "9001"
TOLD = "of a later version"
"""What its `tool_completed` events say besides."""

_MIGRATION = '''"""What a later version adds."""

import sqlalchemy as sa
from alembic import op

revision = "{head}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("later", sa.String(), nullable=True))
'''


def newer_tree(folder: Path) -> Path:
    """Make it in the folder, from the code of this version; where to start its processes."""
    for part in ("core", "studio", "assets", "tests/support"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    shutil.copy(ROOT / "tests/__init__.py", folder / "tests")
    _package(folder)
    _migration(folder)
    run_row = 'class RunRow(SQLModel, table=True):\n    __tablename__ = "run"\n'
    _change(folder / "core/store/tables.py", run_row, f"{run_row}    later: str | None = None\n")
    recorded = '"id": response.response_id,'
    _change(folder / "core/engine/recordings.py", recorded, f'{recorded}\n        "later": True,')
    seconds = "    output_bytes: int\n    seconds: float\n"
    path = '    path: str = ""\n'
    _change(folder / "core/engine/events.py", seconds + path, f'{seconds}{path}    later: str = "{TOLD}"\n')
    return folder


def _package(folder: Path) -> None:
    about = folder / f"studio-{VERSION}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: studio\nVersion: {VERSION}\n")


def _migration(folder: Path) -> None:
    upgrade = folder / "core/store/upgrade.py"
    found = re.search(r'^HEAD = "(\d+)"$', upgrade.read_text(), re.MULTILINE)
    assert found is not None
    _change(upgrade, found[0], f'HEAD = "{HEAD}"')
    written = _MIGRATION.format(head=HEAD, before=found[1])
    (folder / f"core/store/migrations/versions/{HEAD}_later.py").write_text(written)


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} does not have this once: {old}"
    file.write_text(text.replace(old, new))
