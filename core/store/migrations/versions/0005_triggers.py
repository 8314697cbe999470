"""Triggers and their events; runs know which event started them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trigger",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("watched_until", sa.Text(), nullable=True),
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.Text(), nullable=True),
    )
    op.create_table(
        "trigger_event",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("trigger_id", sa.String(), sa.ForeignKey("trigger.id"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        sa.Column("routed_to", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=True),
        sa.UniqueConstraint("trigger_id", "key"),
    )
    op.create_index("trigger_event_status_due", "trigger_event", ["status", "due_at"])
    op.create_index("trigger_event_trigger_received", "trigger_event", ["trigger_id", "received_at"])
    op.add_column("run", sa.Column("trigger_event_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_run_trigger_event_id"), "run", ["trigger_event_id"])
