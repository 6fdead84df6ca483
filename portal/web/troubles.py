"""Troubles of the machine in words: a full or read-only disk, a database locked or damaged."""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the machine, and what its keeper does about it."""

    title: str
    remedy: str


FULL = Trouble("服务器的磁盘已满", "请管理员清理磁盘；已经受理、登记的内容不受影响")
READ_ONLY = Trouble(
    "服务器的磁盘不能写入", "请管理员检查磁盘是否只读、文件夹的权限是否正确；已保存的内容不受影响"
)
DENIED = Trouble(
    "服务器上有文件没有权限读或者写",
    "请管理员用服务的用户运行 portal doctor，改正文件夹和文件的属主、权限；已保存的内容不受影响",
)
LOCKED = Trouble("数据库正忙", "请稍后再试；一直如此的，请管理员检查是否有其他程序占用数据库")
GONE = Trouble("连接不上数据库", "请稍后再试；一直如此的，请管理员检查数据库是否在运行")
DAMAGED = Trouble("数据库损坏或者不完整", "请管理员停止使用，用最近的备份恢复，再运行核对")
FAILING = Trouble("磁盘读写出错", "请管理员检查磁盘，并准备用备份恢复")

_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: DENIED,
    errno.EPERM: DENIED,
    errno.EIO: FAILING,
}
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_IOERR: FAILING,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
# PostgreSQL's classes of errors, by the start of their codes.
_BY_STATE = (
    ("53100", FULL),
    ("25006", READ_ONLY),
    ("55P03", LOCKED),
    ("40", LOCKED),
    ("53", LOCKED),
    ("57", GONE),
    ("08", GONE),
    ("42P01", DAMAGED),
    ("XX", DAMAGED),
    ("58", FAILING),
)
_PRIMARY = 0xFF  # SQLite's extended codes carry the primary one in their lowest byte


def machine_trouble(error: BaseException) -> Trouble | None:
    """What an error says about the machine; None when it says something else."""
    return next((found for one in _chain(error) if (found := _of(one))), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what a database library wrapped in it, and what it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__


def _of(error: BaseException) -> Trouble | None:
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return next((trouble for start, trouble in _BY_STATE if state.startswith(start)), None)
    if type(error).__module__.partition(".")[0] == "psycopg":
        return GONE if type(error).__name__ in {"OperationalError", "InterfaceError"} else None
    return LOCKED if type(error).__name__ == "TimeoutError" else None


def _of_sqlite(error: sqlite3.Error) -> Trouble | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & _PRIMARY == sqlite3.SQLITE_ERROR and "no such table" in str(error):
        return DAMAGED
    return _BY_SQLITE.get(code & _PRIMARY)
