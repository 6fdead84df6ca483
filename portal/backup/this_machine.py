"""The holdings of this machine, from its settings."""

from __future__ import annotations

import os
from pathlib import Path

from portal.backup.holdings import Holdings
from portal.backup.kept_settings import settings_of
from portal.config.common import text
from portal.config.desk_settings import DeskSettings
from portal.config.public_settings import PublicSettings
from portal.errors import UnreachableError
from portal.sealed.dropbox import DropBox
from portal.sealed.store_courier import fetch


def holdings_here() -> Holdings:
    """What a backup of this machine holds."""
    desk, public = DeskSettings(), PublicSettings()
    return Holdings(
        desk.paths.state,
        desk.paths.content,
        desk.paths.notices,
        desk.keys,
        desk.dropbox,
        public.spool,
        desk.url,
        settings_of(os.environ),
        Path(text("PORTAL_LEDGER_KEY")) if text("PORTAL_LEDGER_KEY") else None,
    )


def fetch_here() -> str:
    """What waits in an object store, into the folder that is backed up; why not all, in words.

    Only the desk's machine does: a public host keeps nothing.
    """
    desk = DeskSettings()
    box = desk.shared.box(desk.folder / "tmp")
    if box is not None and desk.folder.is_dir() and not desk.carrier:
        try:
            fetch(box, DropBox(desk.dropbox))
        except UnreachableError as error:
            return str(error)
    return ""


def recipients_here() -> tuple[str, ...]:
    """The public keys that backups are sealed to, of the environment: PORTAL_BACKUP_RECIPIENT."""
    return tuple(text("PORTAL_BACKUP_RECIPIENT").replace(",", " ").split())
