"""Checks of the doctor alone: the settings, and whether the state folder is the used one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portal.config.common import text
from portal.config.state_version import is_used
from portal.watching.findings import Check, Finding, Found, Level, good

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portal.config.desk_settings import DeskSettings
    from portal.config.public_settings import PublicSettings

_GONE = (
    "挂上它的磁盘，或者改正 PORTAL_STATE；丢了的从备份恢复（docs/operation.md）；"
    "新装的，启动一次网站或者工作台"
)
_PART = "挂上它的磁盘，改正设置，或者从备份恢复（docs/operation.md）"


def settings_found(faults: Mapping[str, str]) -> list[Found]:
    """A fault for each setting that is wrong, all of them at once."""
    if not faults:
        return [Found("settings", "设置", good("都读得懂"))]
    remedy = "改正它（/etc/portal 里的 .env 文件），再重新启动服务：现在启动不了"
    return [
        Found(f"settings {name}", "设置", Finding(Level.BAD, f"环境变量 {name} {words}", remedy))
        for name, words in faults.items()
    ]


def alarm_settings(recipients: tuple[str, ...], host: str) -> Found:
    """Whether mails of the alarm have both an address and a server."""
    if recipients and not host:
        words = "设置了 PORTAL_ALARM_MAIL，没有设置 PORTAL_DESK_SMTP_HOST，报警邮件寄不出"
        return Found("alarm", "报警", Finding(Level.BAD, words, "设置邮件服务器，各项同工作台的"))
    words = f"寄给{len(recipients)}个地址" if recipients else "没有设置 PORTAL_ALARM_MAIL，不寄邮件"
    return Found("alarm", "报警", good(words))


def used_state(public: PublicSettings, desk: DeskSettings) -> Check:
    """Whether the state folder is there, was used by a service, and has the parts it had.

    A disk that is not mounted leaves an empty folder, in which nothing at all is wrong.
    """
    state = public.paths.state

    def look(_now: object) -> Finding:
        if not state.is_dir():
            return Finding(Level.BAD, f"{state} 不在", _GONE)
        if not is_used(state):
            return Finding(Level.BAD, f"{state} 里没有 format 文件，不是用过的数据文件夹", _GONE)
        lost = [part for part in _expected(public, desk) if not os.path.lexists(part)]
        if lost:
            return Finding(Level.BAD, f"{'、'.join(map(str, lost))} 不在", _PART)
        return good("是用过的那一个")

    return Check("state", "数据文件夹", look)


def _expected(public: PublicSettings, desk: DeskSettings) -> list[Path]:
    """Folders that settings name, or that what lies in the state folder once had beside it."""
    state, boxed = public.paths.state, not public.shared.store
    asked = [
        (public.keys, bool(text("PORTAL_KEYS"))),
        (public.dropbox, bool(text("PORTAL_DROPBOX")) and boxed),
        (desk.folder, (state / "holds.json").exists()),
    ]
    if (state / "public.secret").exists():
        asked += [(public.keys, True), (public.dropbox, boxed)]
    return list(dict.fromkeys(part for part, wanted in asked if wanted))
