"""The desk register's tables: cases, approvals, staff, sessions, audit, mail, acts about drafts.

What a citizen wrote is in none of them: it stays in sealed files, of which these tables hold the
name, the size and the SHA-256 of the ciphertext (never of the plaintext: a stolen register must not
tell whether a known file was submitted).
"""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.casework.model_base import Base, Instant


class Case(Base):
    """One objection, however it came in; its envelope lies under `lookup`.

    `office` handles it, `office_county` is that office's county (empty for city offices), `county`
    the notice's. `kind`, `grounds`, `whole` (the list) and the entries are known once opened;
    `told_at` is where the citizen wants to be told of news, encrypted (`telling`).
    """

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    lookup: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    reply_key: Mapped[str] = mapped_column(String(120), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    notice: Mapped[str] = mapped_column(String(120), index=True)
    notice_title: Mapped[str] = mapped_column(String(300))
    edition: Mapped[str] = mapped_column(String(60))
    county: Mapped[str] = mapped_column(String(60), default="")
    office: Mapped[str] = mapped_column(String(60), index=True)
    office_county: Mapped[str] = mapped_column(String(60), index=True, default="")
    state: Mapped[str] = mapped_column(String(32), index=True)
    received_at: Mapped[datetime] = mapped_column(Instant, index=True)
    registered_at: Mapped[datetime] = mapped_column(Instant)
    due: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(16), default="")
    grounds: Mapped[str] = mapped_column(String(200), default="")
    whole: Mapped[bool] = mapped_column(default=False, server_default="0")
    privacy: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[str] = mapped_column(Text, default="", server_default="")
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_by: Mapped[str] = mapped_column(String(60), default="")
    assigned_to: Mapped[str] = mapped_column(String(60), default="")
    outcome: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(60), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    handed_over: Mapped[bool] = mapped_column(default=False)
    demonstration: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")

    entries: Mapped[list[CaseEntry]] = relationship(
        order_by="CaseEntry.id", lazy="selectin", cascade="all, delete-orphan"
    )
    messages: Mapped[list[CaseMessage]] = relationship(order_by="CaseMessage.id", lazy="selectin")
    approvals: Mapped[list[Approval]] = relationship(order_by="Approval.id", lazy="selectin")


class CaseEntry(Base):
    """An entry objected to; `upheld` is set when the case closes with the objection upheld."""

    __tablename__ = "case_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    county: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200), index=True)
    category: Mapped[str] = mapped_column(String(30))
    employer: Mapped[str] = mapped_column(String(200), default="")
    upheld: Mapped[bool] = mapped_column(default=False)


class CaseMessage(Base):
    """One item of correspondence after the objection, in either direction.

    From the citizen: `name` is its envelope, `kind` empty until it was opened, and of what is not
    the code holder's. From the office: `payload` is sealed to the citizen, `copy` to the office,
    and `seq` counts from 1. The payload stands in the register first and becomes a file
    afterwards, so neither can exist alone.
    """

    __tablename__ = "case_messages"
    __table_args__ = (UniqueConstraint("case_id", "seq", name="uq_case_messages_seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(String(80), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    kind: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    author: Mapped[str] = mapped_column(String(60), default="")
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    seq: Mapped[int | None]
    answers: Mapped[int | None]
    payload: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    copy: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    dispatched_at: Mapped[datetime | None] = mapped_column(Instant)


class Approval(Base):
    """What one person proposed, its reply sealed and signed, and another has to confirm.

    `shared` is what it rests on, sealed to the main office; nothing sealed outlasts the decision.
    """

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(16))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(60), default="")
    entries: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    reply_seq: Mapped[int | None]
    reply_copy: Mapped[bytes | None] = mapped_column(LargeBinary)
    reply_payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    shared: Mapped[bytes | None] = mapped_column(LargeBinary)
    signed: Mapped[str] = mapped_column(Text, default="", server_default="")
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed: Mapped[bool | None]


class Staff(Base):
    """A person who may sign in; `secret` is the TOTP secret sealed under the desk's key.

    `may` has the rights about drafts, separated by commas.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(16))
    office: Mapped[str] = mapped_column(String(60), default="")
    county: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str] = mapped_column(String(200))
    secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(default=0)
    must_change: Mapped[bool] = mapped_column(default=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    may: Mapped[str] = mapped_column(String(60), default="")


class StaffSession(Base):
    """A signed-in session; only the hash of the 256-bit cookie value is kept."""

    __tablename__ = "staff_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    staff: Mapped[Staff] = relationship(lazy="joined")


class SignInAttempt(Base):
    """Failures in a row for a user name, known or not; drives the growing delay."""

    __tablename__ = "sign_in_attempts"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Instant)


class AuditLine(Base):
    """One act of staff or system; never what a citizen wrote. `hash` chains to the line before."""

    __tablename__ = "audit_lines"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(60), index=True)
    action: Mapped[str] = mapped_column(String(40), index=True)
    case_number: Mapped[str] = mapped_column(String(32), index=True, default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class MailNotice(Base):
    """A mail to an officer that something arrived; kept until it is sent."""

    __tablename__ = "mail_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class Dossier(Base):
    """One life of a draft, from its first act to its publication or its end.

    `closed` is 0 while it is open, else its own id: of a slug only one is open at a time.
    """

    __tablename__ = "dossiers"
    __table_args__ = (UniqueConstraint("slug", "closed", name="uq_dossiers_slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), index=True)
    closed: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ending: Mapped[str] = mapped_column(String(16), default="")
    alarmed_at: Mapped[datetime | None] = mapped_column(Instant)

    acts: Mapped[list[DraftAct]] = relationship(order_by="DraftAct.id", lazy="selectin")
    hands: Mapped[list[DraftHand]] = relationship(order_by="DraftHand.id", lazy="selectin")
    comments: Mapped[list[DraftComment]] = relationship(order_by="DraftComment.id", lazy="selectin")


class DraftAct(Base):
    """What somebody did about a draft: sent it in, passed it, returned it, signed it off.

    `seen` is the SHA-256 of what that person had before them, the names in `review:` left out;
    `digest` the one that the ledger will sign, `due` when, `step` that of the one-time code: at
    sign-off only. `told_at` is when that person was told that the act lapsed.
    """

    __tablename__ = "draft_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    act: Mapped[str] = mapped_column(String(16))
    username: Mapped[str] = mapped_column(String(60), index=True)
    name: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)
    seen: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), default="")
    due: Mapped[datetime | None] = mapped_column(Instant)
    step: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime | None] = mapped_column(Instant)


class DraftHand(Base):
    """Who has opened a draft, and when that person last saved it; a writer does not review it."""

    __tablename__ = "draft_hands"
    __table_args__ = (UniqueConstraint("dossier_id", "username", name="uq_draft_hands_username"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    username: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    saved_at: Mapped[datetime | None] = mapped_column(Instant)


class DraftComment(Base):
    """A reviewer's remark at a place of a draft: a field, a paragraph, a row of the list."""

    __tablename__ = "draft_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    username: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)
    seen: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str] = mapped_column(String(60), default="")


class Counter(Base):
    """A named number; its row is also the lock that keeps a sequence without gaps."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
