"""How far the officers of a case were reminded of its target."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of a case from before, its officers are reminded once more at most."""
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("cases") as table:
        table.drop_column("reminded")
