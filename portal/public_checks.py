"""The checks of the internet-facing side, apart from its app: `portal doctor` need not load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.config.build_settings import BuildSettings
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import PublicKeys
from portal.watching.box_checks import box_files
from portal.watching.site_checks import (
    built,
    calendar_data,
    collected,
    free_disk,
    keys_of_windows,
    ledgers,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.config.public_settings import PublicSettings
    from portal.content.catalogue import Catalogue
    from portal.watching.findings import Check


def public_checks(settings: PublicSettings, known: Callable[[], Catalogue]) -> list[Check]:
    """Every check of the internet-facing side; of the built site where this machine has one."""
    notices, out = settings.paths.notices, BuildSettings().out
    box = settings.shared.box(settings.spool) or DropBox(settings.dropbox)
    return [
        keys_of_windows(known, PublicKeys(settings.keys / "public")),
        collected(box),
        box_files(box),
        free_disk([settings.dropbox, settings.spool], settings.limits.free_bytes),
        calendar_data(known),
        ledgers(notices, settings.keys / "ledger.pem"),
        *([built(out, notices)] if out.is_dir() else []),
    ]
