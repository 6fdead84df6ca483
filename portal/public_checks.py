"""The checks of the internet-facing side, apart from its app: `portal doctor` need not load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.config.build_settings import BuildSettings
from portal.config.common import text
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import PublicKeys
from portal.watching.box_checks import box_files
from portal.watching.service_checks import shared
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
    from portal.sealed.store_box import StoreBox
    from portal.watching.findings import Check


def public_checks(settings: PublicSettings, known: Callable[[], Catalogue]) -> list[Check]:
    """Every check of the internet-facing side; of the built site where this machine has one."""
    notices, out = settings.paths.notices, BuildSettings().out
    store = settings.shared.box(settings.spool)
    box = store or DropBox(settings.dropbox)
    return [
        keys_of_windows(known, PublicKeys(settings.keys / "public")),
        collected(box),
        box_files(box),
        free_disk([settings.dropbox, settings.spool], settings.limits.free_bytes),
        calendar_data(known),
        ledgers(notices, settings.keys / "ledger.pem"),
        *([built(out, notices, known)] if out.is_dir() or text("PORTAL_BUILD") else []),
        *_shared(store, settings.shared.database),
    ]


def _shared(box: StoreBox | None, database: str) -> list[Check]:
    """What hosts share: without it nobody can object, whatever else is well."""
    checks = []
    if box is not None:
        remedy = (
            "检查 PORTAL_STORE、PORTAL_STORE_ENDPOINT、AWS_ACCESS_KEY_ID 等设置，"
            "和这份凭据有没有写入、读取、列出的权限"
        )
        checks.append(shared("store", "对象存储", box.store.require_conditions, remedy))
    if database:
        remedy = "检查 PORTAL_FORM_DATABASE 和那个数据库是否在运行"
        checks.append(shared("form_database", "填写用的数据库", lambda: _asked(database), remedy))
    return checks


def _asked(database: str) -> None:
    from portal.submission.form_database import FormDatabase

    FormDatabase(database).run(lambda connection: connection.execute("SELECT 1"))
