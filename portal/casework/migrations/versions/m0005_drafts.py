"""The acts about drafts, who has them in hand, comments; what each person may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _dossier(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f(f"fk_{table}_dossier_id_dossiers"),
            ondelete="CASCADE",
        ),
    )


def upgrade() -> None:
    """Create the tables; nobody of before may do anything about drafts until it is set."""
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("may", sa.String(length=60), nullable=False, server_default=""))
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", sa.String(length=16), nullable=False),
        sa.Column("alarmed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("slug", "closed", name="uq_dossiers_slug"),
    )
    op.create_index(op.f("ix_dossiers_slug"), "dossiers", ["slug"], unique=False)
    op.create_table(
        "draft_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        *_dossier("draft_acts"),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_acts")),
    )
    op.create_index(op.f("ix_draft_acts_dossier_id"), "draft_acts", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_draft_acts_username"), "draft_acts", ["username"], unique=False)
    op.create_table(
        "draft_hands",
        sa.Column("id", sa.Integer(), nullable=False),
        *_dossier("draft_hands"),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("saved_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_hands")),
        sa.UniqueConstraint("dossier_id", "username", name="uq_draft_hands_username"),
    )
    op.create_index(op.f("ix_draft_hands_dossier_id"), "draft_hands", ["dossier_id"], unique=False)
    op.create_table(
        "draft_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        *_dossier("draft_comments"),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comments")),
    )
    op.create_index(
        op.f("ix_draft_comments_dossier_id"), "draft_comments", ["dossier_id"], unique=False
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    for name in ("draft_comments", "draft_hands", "draft_acts", "dossiers"):
        op.drop_table(name)
    with op.batch_alter_table("staff") as table:
        table.drop_column("may")
