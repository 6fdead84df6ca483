"""Refusals: why a disk would not let a build go on, in words, with what to do about it."""

from __future__ import annotations

import errno
import os
import sqlite3

from portal.errors import BuildError, PortalError, reason_of

_FULL = "磁盘空间不足，{place}写不下；请清出空间（或提高配额）后重新构建"
_READ_ONLY = "{place}所在的磁盘只能读；请改为可写，或用 --out 和 PORTAL_STATE 另选位置后重新构建"
_FORBIDDEN = "没有权限读写{place}；请改正其所有者和权限，或换用有权限的用户后重新构建"
_BROKEN = "读写{place}时磁盘出错；请检查磁盘后重新构建"
_BUSY = "{place}被别的程序占用；请等它结束后重新构建"
_TOO_MANY = "同时打开的文件过多，打不开{place}；请提高 ulimit -n 或减小 --jobs 后重新构建"
_TOO_LARGE = "{place}超过了文件大小的限制；请提高 ulimit -f 后重新构建"
_NO_MEMORY = "内存不足；请减小 --jobs 或增加内存后重新构建"
_OTHER = "{place}：{reason}"

_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EIO: _BROKEN,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
    errno.EFBIG: _TOO_LARGE,
    errno.ENOMEM: _NO_MEMORY,
}
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_IOERR: _BROKEN,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOMEM: _NO_MEMORY,
}


def is_the_records(error: Exception) -> bool:
    """Whether an error can come from a damaged record: neither the content's nor the disk's.

    A byte that is another can be any error where the record is read; a fault of the program, which
    looks the same, comes again when the record is gone.
    """
    if isinstance(error, sqlite3.Error):
        return _code(error) not in _BY_SQLITE
    return not isinstance(error, PortalError | OSError)


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def refusal(error: OSError | sqlite3.Error) -> BuildError:
    """The error that tells a user of a disk's, in one Chinese sentence."""
    if isinstance(error, OSError):
        text = _BY_ERRNO.get(error.errno or 0, _OTHER)
        names = (error.filename, error.filename2)
        place = "、".join(f" {os.fsdecode(n)} " for n in names if isinstance(n, str | bytes))
        reason = reason_of(error)
    else:
        text = _BY_SQLITE.get(_code(error), _OTHER)
        place, reason = "构建记录（PORTAL_STATE 下的 cache 文件夹）", "数据库出错"
    said = text.format(place=place or "文件", reason=reason)
    return BuildError(f"构建没有完成，现有网站完好：{said.strip()}")
