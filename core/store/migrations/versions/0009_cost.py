"""Runs know what they cost."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What older runs have cost is not known.
    op.add_column("run", sa.Column("cost", sa.Float(), nullable=True))
