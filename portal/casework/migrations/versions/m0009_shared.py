"""What a proposal rests on, sealed to the main office where the county lets it read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what waits from before was not shared."""
    with op.batch_alter_table("approvals") as table:
        table.add_column(sa.Column("shared", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("approvals") as table:
        table.drop_column("shared")
