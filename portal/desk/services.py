"""Everything the desk's views work with, put together once from the settings."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from portal.casework.approvals import Approvals
from portal.casework.caseroom import CaseRoom
from portal.casework.collecting import Imported, import_envelopes
from portal.casework.handling import Casework, settle
from portal.casework.key_store import KeyStore
from portal.casework.mail import send_due
from portal.casework.register import Register
from portal.casework.retention import delete_files
from portal.content.followed import LiveCatalogue
from portal.desk.entry.accounts import Accounts
from portal.desk.entry.demo_officers import DemonstrationOfficer, officers_now
from portal.desk.entry.keyring import KeyRing
from portal.desk.entry.onetime import OneTimeCodes
from portal.desk.entry.passwords import Passwords
from portal.desk.entry.sessions import Sessions
from portal.desk.entry.signin import SignIn
from portal.desk.mailer import Smtp
from portal.sealed.courier import Report, desk_side, exchange
from portal.sealed.dropbox import DropBox

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.config.desk_settings import DeskSettings
    from portal.content.catalogue import Catalogue

_log = logging.getLogger("portal.desk")


@dataclass(frozen=True)
class Desk:
    """The desk's parts; `clock` is the only source of the time."""

    settings: DeskSettings
    room: CaseRoom
    clock: Callable[[], datetime]
    accounts: Accounts
    signing_in: SignIn
    sessions: Sessions
    keyring: KeyRing
    casework: Casework
    approvals: Approvals
    exchanging: Lock = field(default_factory=Lock, compare=False, repr=False)

    def collect(self, now: datetime) -> Imported:
        """Fetch what arrived, register it, send what waits; safe to repeat at any time."""
        with self.exchanging:  # the rounds and an officer's button come at the same time
            moved = self._exchange(now)
            done = import_envelopes(self.room, now)
            done.troubles.extend(moved.troubles)
            delete_files(self.room)
            settle(self.room, now)
            self._exchange(now)
        self.send_mail(now)
        return done

    def deliver(self, now: datetime) -> None:
        """Carry answers to the public side at once; a failure is left to the next collection."""
        try:
            with self.exchanging:
                self._exchange(now)
        except OSError:
            _log.warning("answers could not be carried to the drop box; the next collection will")

    def _exchange(self, now: datetime) -> Report:
        if self.settings.carrier:
            carrier = DropBox(Path(self.settings.carrier))
            return desk_side(carrier, self.room.folders, now.timestamp())
        return exchange(DropBox(self.settings.dropbox), self.room.folders, now.timestamp())

    def demonstration_codes(self) -> tuple[DemonstrationOfficer, ...]:
        """Who may sign in to the demonstration and with what; nobody outside of it."""
        return officers_now(self.clock()) if self.settings.demonstration else ()

    def send_mail(self, now: datetime) -> None:
        """Send mail whose time has come, if a server is set."""
        if self.settings.mail.host:
            send_due(self.room, Smtp(self.settings.mail), now)


def open_room(settings: DeskSettings, catalogue: Callable[[], Catalogue]) -> CaseRoom:
    """The case room of the settings, its register brought up to date."""
    register = Register(settings.url)
    register.migrate()
    return CaseRoom(
        register,
        settings.folder,
        KeyStore(settings.keys),
        settings.paths.state / "holds.json",
        catalogue,
        settings.reply_days,
        settings.retention_days,
        settings.supervisor or None,
        settings.demonstration,
    ).prepare()


def open_accounts(settings: DeskSettings, register: Register) -> Accounts:
    """The staff list, for the command line."""
    return Accounts(register, Passwords(), OneTimeCodes(settings.secret_key()))


def open_desk(
    settings: DeskSettings,
    clock: Callable[[], datetime],
    catalogue: Callable[[], Catalogue] | None = None,
) -> Desk:
    """Put the desk together; the catalogue is loaded once unless one is given."""
    if catalogue is None:
        catalogue = LiveCatalogue(
            settings.paths.content,
            settings.paths.notices,
            ticks=time.monotonic,
            failed=lambda error: _log.warning("content kept as it was: %s", error),
        )
    room = open_room(settings, catalogue)
    passwords, codes = Passwords(), OneTimeCodes(settings.secret_key())
    return Desk(
        settings,
        room,
        clock,
        Accounts(room.register, passwords, codes),
        SignIn(room.register, passwords, codes, demonstration=settings.demonstration),
        Sessions(room.register, idle=settings.idle, absolute=settings.absolute),
        KeyRing(room.keys),
        Casework(room),
        Approvals(room),
    )
