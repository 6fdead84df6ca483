"""Whether a case is about the list as a whole, beside the entries that it names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was opened before and names no entry is about the whole list."""
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("whole", sa.Boolean(), nullable=False, server_default="0"))
    cases = sa.table("cases", sa.column("id"), sa.column("opened_at"), sa.column("whole"))
    entries = sa.table("case_entries", sa.column("case_id"))
    named = sa.select(entries.c.case_id).where(entries.c.case_id == cases.c.id).exists()
    op.execute(cases.update().where(cases.c.opened_at.is_not(None), ~named).values(whole=sa.true()))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("cases") as table:
        table.drop_column("whole")
