"""The case room: what casework is done with and on; and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from portal.casework.desk_key import DeskKey
from portal.domain.routing import ESCROW, takes_anonymous
from portal.errors import CalendarError, SealError
from portal.sealed.courier import DeskFolders
from portal.sealed.dropbox import SEALED
from portal.sealed.sealing import Sealer
from portal.sealed.suites import suite_taking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from portal.casework.key_store import KeyStore
    from portal.casework.models import Case
    from portal.casework.register import Register
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.ledger.signing import SigningKey


@dataclass(frozen=True)
class CaseRoom:
    """The register, the desk's folder and keys, the published notices, and the office's targets.

    `holds` is where the exported holds are written. `reply_days` are working days; no rule of the
    award sets a number, so it is the office's own target (docs/domain.md §5).
    """

    register: Register
    folder: Path
    keys: KeyStore
    holds: Path
    catalogue: Callable[[], Catalogue]
    reply_days: int = 15
    retention_days: int = 365
    supervisor: str | None = None
    anonymous: frozenset[str] = frozenset()
    demonstration: bool = False
    exporting: Lock = field(default_factory=Lock, compare=False, repr=False)

    @property
    def main_office(self) -> str:
        """Slug of the office that runs the site."""
        return self.catalogue().site.office

    @property
    def folders(self) -> DeskFolders:
        """Envelopes received and answers on their way to the public side."""
        return DeskFolders(self.folder)

    @property
    def resealed(self) -> Path:
        """Envelopes handed over to another office and sealed to its key instead."""
        return self.folder / "resealed"

    def signer(self) -> SigningKey:
        """The desk's own key, which signs notes, deletions, heads and holds."""
        return DeskKey(self.keys.root).signer()

    def public_key(self) -> str | None:
        """The public half of the desk's own key; None where it has none yet. RequestError."""
        return DeskKey(self.keys.root).public()

    def prepare(self) -> CaseRoom:
        """Create the folders, closed to other users."""
        self.folders.prepare()
        self.resealed.mkdir(mode=0o700, exist_ok=True)
        return self

    def envelope(self, name: str) -> Path:
        """Where an envelope lies."""
        resealed = self.resealed / f"{name}{SEALED}"
        return resealed if resealed.exists() else self.folders.envelopes / f"{name}{SEALED}"

    def notice(self, slug: str) -> Notice | None:
        """A notice by its slug."""
        return self.catalogue().by_slug.get(slug)

    def takes_anonymous(self, notice: Notice) -> bool:
        """Whether the office of a notice takes anonymous tips."""
        return takes_anonymous(notice, self.catalogue().site, self.anonymous)

    def office_name(self, slug: str) -> str:
        """An office's short name, or its slug where site.toml does not have it."""
        office = self.catalogue().site.offices.get(slug)
        return (office.short or office.name) if office else slug

    def office_full_name(self, slug: str) -> str:
        """An office's full name, as documents have it."""
        office = self.catalogue().site.offices.get(slug)
        return office.name if office else slug

    def county_name(self, case: Case) -> str:
        """Name of the county of a case's notice, as lists write it; empty for the city's."""
        return self.catalogue().site.county_name(case.county)

    def due(self, received: datetime) -> date | None:
        """The reply target; None where the calendar has no data yet."""
        try:
            return self.catalogue().calendar.add(received.date(), self.reply_days)
        except CalendarError:
            return None

    def office_sealer(self, office: str, notice: str) -> Sealer:
        """Seals to the office's key of a window and to the escrow key."""
        recipients = self.keys.public.recipients(office, notice)
        if not recipients:
            if faults := self.keys.public.faults(notice):
                raise SealError(f"{faults[0].words}；请管理员运行 portal doctor，照它说的办")
            raise SealError(
                f"缺少“{self.office_name(office)}”办理《{notice}》异议的公钥或者托管公钥，"
                f"请先运行 portal keys new"
            )
        return Sealer(recipients)

    def citizen_sealer(self, case: Case) -> Sealer:
        """Seals to the citizen's own key and to the escrow key of the window; SealError without it.

        Without the escrow where the window's keys were made anew in another suite meanwhile, or
        were destroyed.
        """
        escrow = self.keys.public.recipient(ESCROW, case.notice)
        if escrow is None and not self.keys.destroyed(case.notice):
            path = self.keys.public.root / ESCROW / f"{case.notice}.pub"
            raise SealError(
                f"托管公钥 {path} 不在或者不能用，封存的内容没有托管的副本；"
                "请管理员运行 portal doctor，照它说的办"
            )
        alike = escrow and suite_taking(escrow) is suite_taking(case.reply_key)
        return Sealer((case.reply_key, escrow) if escrow and alike else (case.reply_key,))
