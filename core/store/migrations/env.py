"""Alembic's entry: runs the migrations on the connection that `core.store.upgrade` opened."""

from alembic import context
from sqlmodel import SQLModel

from core.store import tables as tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
