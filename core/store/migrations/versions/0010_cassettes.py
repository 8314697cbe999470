"""Recorded runs that can be replayed, also as tests."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cassette",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organization.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("same_questions", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
    )
    op.create_index("ix_cassette_organization_id", "cassette", ["organization_id"])
    op.create_index("ix_cassette_run_id", "cassette", ["run_id"])
    if op.get_bind().dialect.name == "sqlite":
        # A copy of the table in its place would need the old one dropped, to which other rows refer.
        op.execute("ALTER TABLE run ADD COLUMN cassette_id VARCHAR REFERENCES cassette (id)")
    else:
        op.add_column("run", sa.Column("cassette_id", sa.String(), nullable=True))
        op.create_foreign_key("run_cassette_id_fkey", "run", "cassette", ["cassette_id"], ["id"])
    op.create_index("ix_run_cassette_id", "run", ["cassette_id"])
