"""Holds: which entries may not go on to a city or winners' list, exported as data for the lint.

An open objection holds back the entries it names; an upheld one keeps them off. While an envelope
has not been opened nobody knows whom it names, so it holds back the whole list: publishing waits
until somebody has read it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from portal.casework.cases import OPEN_STATES
from portal.casework.models import Case, CaseEntry
from portal.domain.objection import CaseState, Outcome
from portal.ledger.statements import statement
from portal.sealed.dropbox import publish_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """One entry held back; `state` is open or upheld, `case` the number of the objection."""

    edition: str
    county: str
    name: str
    category: str
    state: str
    case: str
    employer: str = ""


def holds(session: Session, room: CaseRoom) -> tuple[HeldEntry, ...]:
    """Every entry held back now, in a lasting order."""
    rows = session.scalars(
        select(Case).where(or_(Case.state.in_(OPEN_STATES), Case.outcome == Outcome.UPHELD.value))
    )
    found = {held for case in rows for held in _of(case, room)}
    return tuple(sorted(found, key=lambda h: (h.edition, h.county, h.name, h.category, h.case)))


def _of(case: Case, room: CaseRoom) -> Iterator[HeldEntry]:
    if CaseState(case.state).open:
        yield from (_named(case, entry, "open") for entry in case.entries)
        if case.whole or not case.entries:
            yield from _whole_list(case, room)
        return
    for entry in case.entries:
        if entry.upheld:
            yield _named(case, entry, "upheld")


def _named(case: Case, entry: CaseEntry, state: str) -> HeldEntry:
    return HeldEntry(
        case.edition,
        entry.county,
        entry.name,
        entry.category,
        state,
        case.number,
        entry.employer,
    )


def _whole_list(case: Case, room: CaseRoom) -> list[HeldEntry]:
    notice = room.notice(case.notice)
    entries = notice.entries if notice else ()
    return [
        HeldEntry(
            case.edition,
            entry.county or room.county_name(case),
            entry.name,
            str(entry.category),
            "open",
            case.number,
            entry.apart,
        )
        for entry in entries
    ]


def export_holds(room: CaseRoom, now: datetime) -> int:
    """Write holds.json whole, signed and dated; returns the number of held entries."""
    with room.exporting:  # an older reading must not replace a newer one
        with room.register.read() as session:
            held = holds(session, room)
        content = {"generated": now.isoformat(), "holds": [asdict(h) for h in held]}
        data = statement(room.signer(), "holds", content)
        publish_bytes(room.folders.tmp, room.holds, data)
    return len(held)
