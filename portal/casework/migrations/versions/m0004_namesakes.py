"""The employer of an entry objected to: two persons of one name are two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; entries of before name nobody's employer and hold back every namesake."""
    with op.batch_alter_table("case_entries") as table:
        table.add_column(
            sa.Column("employer", sa.String(length=200), nullable=False, server_default="")
        )


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("case_entries") as table:
        table.drop_column("employer")
