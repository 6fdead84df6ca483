"""Checks of the installation itself: its fonts, its folders and who may read them."""

from __future__ import annotations

import os
import stat
from shlex import quote
from typing import TYPE_CHECKING

from portal.content.fonts import FONT_FILES, FONTS
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_WRITTEN = (".lock", ".sqlite3", ".sqlite3-wal", ".sqlite3-shm")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def fonts() -> Check:
    """Whether the documents' fonts are installed."""

    def look(_now: object) -> Finding:
        missing = [name for name in FONT_FILES if not (FONTS / name).is_file()]
        if missing:
            return Finding(
                Level.BAD, f"缺少排版字体 {missing[0]}，不能生成文档", "运行 portal setup"
            )
        return good("齐全")

    return Check("fonts", "排版字体", look)


def closed_folders(folders: Sequence[Path]) -> Check:
    """Whether what must be closed to other users of the machine is, and can be written to."""

    def look(_now: object) -> Finding:
        for folder in folders:
            if os.path.lexists(folder) and (fault := _unusable(folder)) is not None:
                return fault
        for folder in folders:
            if folder.is_dir() and _open_to_others(folder):
                return Finding(
                    Level.SOON,
                    f"{folder} 对机器上的其他用户开放",
                    f"运行 chmod 700 {quote(str(folder))}",
                )
        return good("只有本用户能进")

    return Check("folders", "文件夹权限", look)


def _unusable(folder: Path) -> Finding | None:
    """What keeps a service from writing there; None where nothing does.

    Locks and databases too: a command that was run as another user may have left its own.
    """
    if not folder.is_dir():
        remedy = "移走它，再从备份恢复（docs/operation.md）"
        return Finding(Level.BAD, f"{folder} 不是文件夹", remedy)
    remedy = "用服务的用户运行，或者改正属主和权限"
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(Level.BAD, f"当前用户不能写入 {folder}", remedy)
    for file in sorted(folder.iterdir()):
        if file.name.endswith(_WRITTEN) and not os.access(file, os.R_OK | os.W_OK):
            return Finding(Level.BAD, f"当前用户不能写入 {file}", remedy)
    return None


def _open_to_others(folder: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(folder.stat().st_mode) & _OTHERS)


def content(read: Callable[[], object]) -> Check:
    """Whether content and notices can be read; what is wrong is told by `portal lint`."""

    def look(_now: object) -> Finding:
        read()
        return good("可以读取")

    return Check("content", "内容和公告", look)
