"""Everything the desk's views work with, put together once from the settings."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from portal.casework.approvals import Approvals
from portal.casework.collecting import Imported, import_envelopes
from portal.casework.correspondence import undelivered
from portal.casework.handling import Casework, settle
from portal.casework.mail import send_due
from portal.casework.reminders import remind, remind_of_collecting, remind_of_keys
from portal.casework.retention import delete_files
from portal.casework.rollback import begin_anew, note_head
from portal.config.publishing_settings import PublishingSettings
from portal.content.followed import FollowedCatalogue
from portal.desk.entry.accounts import Accounts
from portal.desk.entry.challenges import Challenges
from portal.desk.entry.demo_officers import DemonstrationOfficer, officers_now
from portal.desk.entry.kept_forms import KeptForms
from portal.desk.entry.keyring import KeyRing
from portal.desk.entry.onetime import OneTimeCodes
from portal.desk.entry.passkeys import Passkeys
from portal.desk.entry.passwords import Passwords
from portal.desk.entry.recovery import Recoveries
from portal.desk.entry.sessions import Sessions
from portal.desk.entry.signin import SignIn
from portal.desk.mailer import Messenger
from portal.desk.publisher import Publisher
from portal.desk.registers import open_room
from portal.editorial.held_key import HeldKey
from portal.editorial.review import Reviews
from portal.errors import PortalError
from portal.sealed.courier import Report, desk_side, exchange
from portal.sealed.dropbox import DropBox
from portal.sealed.store_courier import store_exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.casework.caseroom import CaseRoom
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
    recoveries: Recoveries
    signing_in: SignIn
    passkeys: Passkeys
    sessions: Sessions
    keyring: KeyRing
    casework: Casework
    approvals: Approvals
    reviews: Reviews
    publisher: Publisher
    kept: KeptForms
    exchanging: Lock = field(default_factory=Lock, compare=False, repr=False)
    troubles: list[str] = field(default_factory=list, compare=False)
    """What stands in the way of collecting, until it is out of the way."""

    def close(self) -> None:
        """Give back what is held: a process that waits for a key, the register's connections."""
        self.publisher.close()
        self.room.register.close()

    def collect(self, now: datetime) -> Imported:
        """Fetch what arrived, register it, send what waits; safe to repeat at any time."""
        with self.exchanging:  # the rounds and an officer's button come at the same time
            moved = self._exchange(now)
            done = import_envelopes(self.room, now)
            done.troubles.extend(moved.troubles)
            delete_files(self.room)
            settle(self.room, now)
            self._exchange(now)
            fault = note_head(self.room, now, [self._box().outbox])
            done.troubles[:0] = [fault] if fault else []
            done.troubles.extend(undelivered(self.room))
        self.troubles[:] = done.troubles
        self._collected(now)
        self.remind(now)
        return done

    def remind(self, now: datetime) -> None:
        """Queue and send what officers are reminded of, whether or not anything can be fetched."""
        with self.exchanging:
            remind(self.room, now)
            remind_of_keys(self.room, now)
            remind_of_collecting(self.room, self.last_collected(now), now)
        self.send_mail(now)

    def last_collected(self, now: datetime) -> datetime:
        """When everything that had arrived was fetched last; now for a desk that has just begun."""
        try:
            return datetime.fromtimestamp(self._stamp.stat().st_mtime, now.tzinfo)
        except OSError:
            self._collected(now)
            return now

    @property
    def _stamp(self) -> Path:
        return self.settings.folder / "collected"

    def _collected(self, now: datetime) -> None:
        self._stamp.touch()
        os.utime(self._stamp, (now.timestamp(), now.timestamp()))

    def deliver(self, now: datetime) -> None:
        """Carry answers to the public side at once; a failure is left to the next collection."""
        try:
            with self.exchanging:
                self._exchange(now)
        except (PortalError, OSError):
            _log.warning("answers could not be carried to the drop box; the next collection will")

    def _exchange(self, now: datetime) -> Report:
        how = self._box(), self.room.folders, now.timestamp(), self.room.signer()
        if self.settings.carrier:
            return desk_side(*how)
        store = self.settings.shared.box(self.room.folders.tmp)
        return exchange(*how) if store is None else store_exchange(store, *how)

    def _box(self) -> DropBox:
        return DropBox(Path(self.settings.carrier or self.settings.dropbox))

    def demonstration_codes(self) -> tuple[DemonstrationOfficer, ...]:
        """Who may sign in to the demonstration and with what; nobody outside of it."""
        return officers_now(self.clock()) if self.settings.demonstration else ()

    def send_mail(self, now: datetime) -> None:
        """Send messages whose time has come, if a server or a gateway is set."""
        mail, sms = self.settings.mail, self.settings.sms
        if mail.host or sms.url:
            send_due(self.room, Messenger(mail, sms), now)


def _environment(settings: DeskSettings) -> dict[str, str]:
    """Where this desk has its files, for a process of its own."""

    def joined(folders: tuple[Path, ...]) -> str:
        return os.pathsep.join(str(folder.absolute()) for folder in folders)

    paths = settings.paths
    return {
        "PORTAL_STATE": str(paths.state.absolute()),
        "PORTAL_CONTENT": joined(paths.content),
        "PORTAL_NOTICES": joined(paths.notices),
        "PORTAL_DESK_DATABASE": settings.url,
        "PORTAL_KEYS": str(settings.keys.absolute()),
    }


def open_desk(
    settings: DeskSettings,
    clock: Callable[[], datetime],
    catalogue: Callable[[], Catalogue] | None = None,
    *,
    new_register: bool = False,
) -> Desk:
    """Put the desk together; the catalogue is loaded once unless one is given."""
    if catalogue is None:
        catalogue = FollowedCatalogue(
            settings.paths.content,
            settings.paths.notices,
            ticks=time.monotonic,
            failed=lambda error: _log.warning("content kept as it was: %s", error),
            base_url=settings.base_url or None,
            kept=settings.paths.state
            / "cache"
            / "desk-notices",  # never what the public side wrote
        )
    room = open_room(settings, catalogue, new_register=new_register)
    if new_register:
        begin_anew(room, clock())
    passwords, codes = Passwords(), OneTimeCodes(settings.secret_key())
    accounts = Accounts(room.register, passwords, codes)
    paths = settings.paths
    reviews = Reviews.at(room.register, paths.state, paths.content[0], room.catalogue)
    publishing = PublishingSettings(paths)
    return Desk(
        settings,
        room,
        clock,
        accounts,
        Recoveries(room, accounts),
        SignIn(room.register, passwords, codes, demonstration=settings.demonstration),
        Passkeys(room.register, Challenges(), origin=settings.origin, rp_id=settings.rp_id),
        Sessions(room.register, idle=settings.idle, absolute=settings.absolute),
        KeyRing(room.keys),
        Casework(room),
        Approvals(room),
        reviews,
        Publisher(reviews, publishing.folder, HeldKey(publishing.key_path), _environment(settings)),
        KeptForms(settings.folder / "kept"),
    )
