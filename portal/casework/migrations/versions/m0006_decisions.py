"""What goes out with the confirmation: the sealed reply that decides, and signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what waits from before has no reply of its own and no signature."""
    with op.batch_alter_table("approvals") as table:
        table.add_column(sa.Column("reply_seq", sa.Integer(), nullable=True))
        table.add_column(sa.Column("reply_copy", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("reply_payload", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("signed", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("approvals") as table:
        for name in ("signed", "reply_payload", "reply_copy", "reply_seq"):
            table.drop_column(name)
