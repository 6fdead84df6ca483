"""Checks of the desk: its register, its files, its people, its mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from portal.casework.audit import head
from portal.casework.mail import waiting
from portal.casework.register_copy import sqlite_file
from portal.casework.rollback import noted_head, rolled_back
from portal.config.publishing_settings import PublishingSettings
from portal.desk.delivery_check import delivery_check
from portal.desk.file_checks import case_keys, desk_files
from portal.errors import PortalError, RequestError
from portal.sealed.dropbox import DropBox
from portal.watching.box_checks import box_files
from portal.watching.findings import Check, Finding, Level, good
from portal.watching.site_checks import (
    calendar_data,
    collected,
    free_disk,
    keys_of_windows,
    ledgers,
)

if TYPE_CHECKING:
    from datetime import datetime

    from portal.config.desk_settings import DeskSettings
    from portal.desk.services import Desk
    from portal.sealed.boxes import Box

_FLOOR = 1 << 30
_LATE = timedelta(hours=6)
RESTORE = (
    "停用工作台，从备份恢复（portal restore，见 docs/operation.md），再运行 portal audit verify"
)
"""What to do about a register that cannot be read."""


def desk_checks(desk: Desk) -> list[Check]:
    """Every check of a desk; which of them its own process alone can answer stands last."""
    settings, room = desk.settings, desk.room
    return [
        in_register(settings.url, Check("register", "登记簿", lambda _now: _register(desk))),
        in_register(settings.url, Check("accounts", "人员登录", lambda _now: _accounts(desk))),
        in_register(settings.url, Check("mail", "提醒邮件", lambda now: _mail(desk, now))),
        keys_of_windows(room.catalogue, room.keys.public),
        collected(_box(settings)),
        free_disk([settings.paths.state, settings.keys], _FLOOR),
        calendar_data(room.catalogue),
        ledgers(settings.paths.notices, settings.keys / "ledger.pem"),
        case_keys(room),
        box_files(_box(settings)),
        in_register(settings.url, desk_files(room)),
        delivery_check(PublishingSettings),
        Check("rounds", "自动收取", lambda _now: _rounds(desk)),
    ]


def in_register(url: str, check: Check) -> Check:
    """A check that looks into the register, telling a damaged or absent database by its file."""

    def looked(now: datetime) -> Finding:
        try:
            return check.look(now)
        except Exception as error:
            if (finding := register_trouble(url, error)) is None:
                raise
            return finding

    return replace(check, look=looked)


def register_trouble(url: str, error: Exception) -> Finding | None:
    """What an error says of the register's database; None where it speaks of something else."""
    from portal.web.troubles import DAMAGED, machine_trouble  # with it comes Flask

    if isinstance(error, (OSError, PortalError)) or (trouble := machine_trouble(error)) is None:
        return None
    place = sqlite_file(url) or "登记簿的数据库"
    if trouble is not DAMAGED:
        return Finding(Level.BAD, f"{place}：{trouble.title}", trouble.remedy)
    return Finding(Level.BAD, f"{place} 损坏或者不完整", RESTORE)


def _box(settings: DeskSettings) -> Box:
    """Where envelopes wait for this desk."""
    if settings.carrier:
        return DropBox(Path(settings.carrier))
    return settings.shared.box(settings.folder / "tmp") or DropBox(settings.dropbox)


def _register(desk: Desk) -> Finding:
    with desk.room.register.read() as session:
        newest = head(session)
        fault = rolled_back(session, noted_head(desk.room))
    if fault:
        raise RequestError(fault)
    return good(f"可以读取，审计记录{newest.seq}行", ("audit_lines", newest.seq))


def _accounts(desk: Desk) -> Finding:
    dead = desk.accounts.locked_out()
    if dead:
        return Finding(
            Level.BAD,
            f"{len(dead)}人不能登录：工作台的密钥不是登记簿的",
            "恢复原来的 desk/secret 或者 PORTAL_DESK_SECRET；没有的，用 portal desk-user reset",
        )
    return good("动态口令密钥都打得开")


def _mail(desk: Desk, now: datetime) -> Finding:
    if not desk.settings.mail.host:
        return good("没有设置邮件服务器，不寄提醒")
    with desk.room.register.read() as session:
        late = [mail for mail in waiting(session) if now - mail.created_at > _LATE]
    figure = ("late", len(late))
    if late:
        words = f"{len(late)}封提醒六小时以上没有寄出"
        return Finding(Level.SOON, words, "检查 PORTAL_DESK_SMTP_ 各项设置和邮件服务器", (figure,))
    return good("没有积压", figure)


def _rounds(desk: Desk) -> Finding:
    if desk.troubles:
        words = f"有{len(desk.troubles)}处收取不成"
        figures = (("troubles", len(desk.troubles)),)
        return Finding(Level.SOON, words, "登录工作台，看收件页最上面的说明", figures)
    return good("没有积下的问题", ("troubles", 0))
