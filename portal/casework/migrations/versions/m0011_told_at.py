"""Where a citizen wants to be told of news, encrypted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody was asked before."""
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("told_at", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("cases") as table:
        table.drop_column("told_at")
