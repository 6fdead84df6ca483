"""The register, the case room on it and the staff list, opened of the settings; no page of the app.

Commands open these without loading the app.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from portal.casework.caseroom import CaseRoom
from portal.casework.register import Register
from portal.casework.register_copy import sqlite_file
from portal.casework.rollback import refuse_empty
from portal.casework.upgrading import upgrade
from portal.config.state_version import accept_state, is_used
from portal.desk.entry.accounts import Accounts
from portal.desk.entry.onetime import OneTimeCodes
from portal.desk.entry.passwords import Passwords
from portal.errors import PortalError, RequestError
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
    ).prepare()


def require_register(settings: DeskSettings) -> None:
    """RequestError for a register that is lost, or was never made: opening would make one.

    Likewise where a newer program worked.
    """
    is_used(settings.paths.state)
    file = sqlite_file(settings.url)
    if file is not None and not (Path(file).is_file() and Path(file).stat().st_size):
        raise RequestError(
            f"登记簿 {file} 不在，或者是空的：从备份恢复（portal restore，见 docs/operation.md）；"
            "没有用过的，先启动一次工作台"
        )


def open_register(settings: DeskSettings, *, new_register: bool = False) -> Register:
    """The register, brought up to date; an empty one beside envelopes is refused."""
    accept_state(settings.paths.state)
    register = Register(settings.url)
    try:
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
