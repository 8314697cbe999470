"""Conversations know what they were forked from, and what stands for their older turns."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("parent_id", sa.String(), nullable=True))
    op.add_column("session", sa.Column("parent_run_id", sa.String(), nullable=True))
    op.add_column("session", sa.Column("summary", sa.Text(), nullable=True))
