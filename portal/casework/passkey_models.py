"""Passkeys of the staff, and the recovery of an account by two persons."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.casework.model_base import Base, Instant
from portal.casework.models import Staff  # noqa: TC001 - SQLAlchemy reads the annotations


class Passkey(Base):
    """A passkey of a person: public key and counter; `key_id` is the SHA-256 of its id.

    `proof` is the challenge last answered for a grave act, until that act has used it up.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    key_id: Mapped[str] = mapped_column(String(64), unique=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(60))
    proof: Mapped[str] = mapped_column(String(64), default="")
    added_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    staff: Mapped[Staff] = relationship(lazy="joined")


class Recovery(Base):
    """That a person's sign-in be set anew: proposed by one, confirmed by another."""

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed: Mapped[bool | None]
