"""The version of everything below the state folder: a program never works on what it does not know.

    <state>/format          portal-state/1

The register has revisions of its own, envelopes and backups a version in their first line; this one
stands for the layout of the folders and for every file in them that has none.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from pathlib import Path

STATE_VERSION = 1
_NAME = "portal-state"


def accept_state(folder: Path) -> None:
    """Note the version in a folder that has none; RequestError for a newer or an odd one."""
    if not is_used(folder):
        _note(folder / "format")


def require_used(folder: Path) -> None:
    """RequestError for a folder that no service ever worked in: its disk may not be mounted."""
    if not is_used(folder):
        raise RequestError(
            f"{folder} 不在，或者里面没有 format 文件，不是网站或者工作台用过的数据文件夹："
            "请检查磁盘是否挂上、PORTAL_STATE 是否写对；新装的，先启动一次网站或者工作台"
        )


def refuse_owner(folder: Path, user: int) -> None:
    """RequestError for root (`user` 0) in another user's folder: its files would stop the service.

    Locks, registers and keys that root makes there are root's own, closed to everybody else.
    """
    try:
        owner = folder.stat().st_uid
    except FileNotFoundError:
        return
    if user == 0 and owner != 0:
        name = _name(owner)
        raise RequestError(
            f"{folder} 属于用户 {name}，用 root 运行会在里面留下它不能读写的文件，服务会因此停下。"
            f"请用那个用户运行：runuser -u {name} -- portal …"
        )


def _name(user: int) -> str:
    import pwd  # POSIX alone has it, and numbers of users

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def is_used(folder: Path) -> bool:
    """Whether a version is noted; RequestError for a newer or an odd one."""
    path = folder / "format"
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return False
    except PermissionError as error:
        raise RequestError(
            f"不能读取 {path}：{folder} 不是给这个用户的，请用服务的用户运行"
            "（runuser -u portal-desk -- portal …）"
        ) from error
    name, _, version = text.partition("/")
    if name != _NAME or not (version.isascii() and version.isdigit()):
        raise RequestError(
            f"{path} 无法识别，里面应为 {_NAME}/{STATE_VERSION}；请从备份恢复这个文件"
        )
    if int(version) > STATE_VERSION:
        raise RequestError(
            f"{folder} 是更新的程序用过的（{text}，本程序到 {STATE_VERSION}）：请先升级本程序；"
            "要退回旧程序的，用升级以前的备份恢复"
        )
    return True


def _note(path: Path) -> None:
    """Whole or not at all, and never over another; a folder that is read only is left alone."""
    with suppress(OSError):
        closed_folder(path.parent)
        draft = path.with_name(f"format.{secrets.token_hex(4)}")
        draft.write_text(f"{_NAME}/{STATE_VERSION}\n", encoding="ascii")
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
