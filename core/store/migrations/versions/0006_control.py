"""Runs can be paused, know the run that they come from, and how long they were worked on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session_item", sa.Column("segment", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("run") as run:
        run.add_column(sa.Column("worked_seconds", sa.Float(), nullable=False, server_default="0"))
        run.add_column(sa.Column("parent_id", sa.String(), nullable=True))
        run.add_column(sa.Column("changes", sa.Text(), nullable=False, server_default="{}"))
        run.add_column(sa.Column("pause_requested", sa.Boolean(), nullable=False, server_default=sa.false()))
        run.create_foreign_key("run_parent_id_fkey", "run", ["parent_id"], ["id"])
        run.create_index("ix_run_parent_id", ["parent_id"])
