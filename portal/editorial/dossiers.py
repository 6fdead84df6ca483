"""The register's side of a draft: its open dossier, whose hands it is in, who may act at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.models import Dossier, DraftAct, DraftHand, Staff
from portal.casework.passkey_models import Passkey
from portal.casework.people import person_of
from portal.casework.register import next_value
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.people import CodeProof, Person


def open_dossier(session: Session, slug: str, *, lock: bool = False) -> Dossier | None:
    """The open dossier of a slug, if there is one."""
    query = select(Dossier).where(Dossier.slug == slug, Dossier.closed == 0)
    return session.scalar(query.with_for_update(of=Dossier) if lock else query)


def begun_dossier(session: Session, slug: str, at: datetime) -> Dossier:
    """The open dossier of a slug, begun now where there is none; locked until the act is done."""
    found = open_dossier(session, slug, lock=True)
    if found is None:
        next_value(session, "dossier")  # its row is the lock: two who begin at once begin one
        found = open_dossier(session, slug, lock=True)
    if found is None:
        found = Dossier(slug=slug, begun_at=at, acts=[], hands=[], comments=[])
        session.add(found)
        session.flush()
    return found


def latest_dossier(session: Session, slug: str) -> Dossier | None:
    """The open dossier, else the one closed last."""
    query = select(Dossier).where(Dossier.slug == slug).order_by(Dossier.closed != 0)
    return session.scalar(query.order_by(Dossier.id.desc()).limit(1))


def open_dossiers(session: Session) -> Sequence[Dossier]:
    """Every open dossier, in the order of the slugs."""
    return session.scalars(select(Dossier).where(Dossier.closed == 0).order_by(Dossier.slug)).all()


def close(dossier: Dossier, ending: str, at: datetime) -> None:
    """End a dossier; a later draft of the same slug begins another."""
    dossier.closed, dossier.ending, dossier.ended_at = dossier.id, ending, at


def hand_of(dossier: Dossier, person: Person) -> DraftHand:
    """The row of somebody who has the draft in hand."""
    for hand in dossier.hands:
        if hand.username == person.username:
            return hand
    fresh = DraftHand(dossier_id=dossier.id, username=person.username, name=person.name)
    dossier.hands.append(fresh)
    return fresh


def actor(session: Session, username: str) -> Person:
    """Who acts, as the register has that person now, whatever the session still believes."""
    staff = session.scalar(select(Staff).where(Staff.username == username))
    if staff is None or staff.disabled:
        raise RequestError("您的账户已停用，请重新登录")
    return person_of(staff)


def refuse_unproven(session: Session, proof: CodeProof, username: str) -> None:
    """RequestError unless the proof is this person's newest code and signed nothing before.

    A passkey's proof stands in the register until an act uses it up here.
    """
    if proof.passkey:
        answered = Passkey.proof == proof.passkey
        row = session.scalar(
            select(Passkey).join(Staff).where(answered, Staff.username == username)
        )
        if row is None or proof.username != username:
            raise RequestError("通行密钥的确认已经用过，请再确认一次")
        row.proof = ""
        return
    step = session.scalar(select(Staff.last_step).where(Staff.username == username))
    used = select(DraftAct.id).where(DraftAct.username == username, DraftAct.step == proof.step)
    if proof.username != username or step != proof.step or session.scalar(used.limit(1)):
        raise RequestError("签发要用一个新的动态口令，请等验证器换出下一个再试")


def with_right(session: Session, right: str) -> set[str]:
    """User names of all who have a right about drafts."""
    rows = session.execute(select(Staff.username, Staff.may).where(Staff.may != ""))
    return {name for name, may in rows if right in may.split(",")}
