"""Alembic's entry: runs over the connection that `register.migrate` hands in."""

from __future__ import annotations

from alembic import context

from portal.casework.passkey_models import Passkey

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Passkey.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
