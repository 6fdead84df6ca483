"""The register, the case room on it and the staff list, opened of the settings; no page of the app.

Commands open these without loading the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.casework.caseroom import CaseRoom
from portal.casework.register import Register
from portal.casework.rollback import refuse_empty
from portal.casework.upgrading import open_present, require_present, upgrade
from portal.config.state_version import accept_state
from portal.desk.entry.accounts import Accounts
from portal.desk.entry.onetime import OneTimeCodes
from portal.desk.entry.passwords import Passwords
from portal.errors import PortalError
from portal.sealed.courier import DeskFolders

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.config.desk_settings import DeskSettings
    from portal.content.catalogue import Catalogue


def open_room(
    settings: DeskSettings, catalogue: Callable[[], Catalogue], *, new_register: bool = False
) -> CaseRoom:
    """The case room of the settings, its register brought up to date.

    RequestError for an empty register beside envelopes, unless a new one is wanted.
    """
    register = open_register(settings, new_register=new_register)
    return _room(settings, register, catalogue).prepare()


def room_as_it_is(settings: DeskSettings, catalogue: Callable[[], Catalogue]) -> CaseRoom:
    """The case room to look at: nothing is made or upgraded; RequestError where that were needed.

    RequestError too for an empty register beside envelopes.
    """
    register = open_present(settings.url)
    try:
        refuse_empty(register, DeskFolders(settings.folder))
    except PortalError:
        register.close()
        raise
    return _room(settings, register, catalogue)


def _room(
    settings: DeskSettings, register: Register, catalogue: Callable[[], Catalogue]
) -> CaseRoom:
    return CaseRoom(
        register,
        settings.folder,
        settings.made_keys.store(settings.keys),
        settings.paths.state / "holds.json",
        catalogue,
        settings.reply_days,
        settings.retention_days,
        settings.supervisor or None,
        settings.anonymous,
        settings.demonstration,
    )


def open_register(
    settings: DeskSettings, *, new_register: bool = False, upgrades: bool = True
) -> Register:
    """The register, made where there is none; an empty one beside envelopes is refused.

    An older one is brought up to date, or refused where it is not the desk that begins.
    """
    accept_state(settings.paths.state)
    register = Register(settings.url)
    try:
        if not upgrades and register.revision():
            require_present(register)
        upgrade(register, settings.upgrades)
    except PortalError:
        register.close()
        raise
    if not new_register:
        try:
            refuse_empty(register, DeskFolders(settings.folder))
        except PortalError:
            register.close()
            raise
    return register


def open_accounts(settings: DeskSettings, register: Register) -> Accounts:
    """The staff list, for the command line."""
    return Accounts(register, Passwords(), OneTimeCodes(settings.secret_key()))
