"""The exception tree, and Issue: one fault in content, with its place.

Messages are Chinese, for the person who can mend the fault.

PortalError
├── ContentError        files under content/ or notices/ are at fault; carries the issues
├── CalendarError       a working-day question outside the calendar's data
├── RequestError        what was asked cannot be done (unknown slug, bad option value)
├── UnreachableError    a service beside this program is away; also an OSError
├── BuildError          the static build failed; the old site is untouched
├── SealError           an envelope cannot be written or opened
│   └── UnreadableError the other side could not read what is about to be sealed
└── VerificationError   a signature, chain or fingerprint does not hold
"""

from __future__ import annotations

import errno
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Stage(StrEnum):
    """When a rule applies: to every draft, or only before publishing."""

    DRAFT = "draft"
    PUBLISH = "publish"


class Severity(StrEnum):
    """Errors stop publishing; warnings are printed and let pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Repair:
    """What a program can mend: the first `old` of the line at or after the place becomes `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One fault. `path` is relative to the tree that was linted; line and column count from 1.

    `repair` is there where the right text follows from the wrong one without a person's knowledge.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    repair: Repair | None = field(default=None, compare=False)

    def __str__(self) -> str:
        remedy = f"（{self.remedy}）" if self.remedy else ""
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}{remedy}"


class PortalError(Exception):
    """Base of every error this package raises on purpose; its text may be shown to a user."""


class ContentError(PortalError):
    """Content cannot be used; `issues` says where and why."""

    def __init__(self, message: str, issues: Sequence[Issue] = ()) -> None:
        super().__init__(message)
        self.issues = tuple(issues)


class CalendarError(PortalError):
    """A date outside the calendar's data; working days there are refused, never guessed."""


class RequestError(PortalError):
    """The request itself is at fault."""


class BuildError(PortalError):
    """The static build failed as a whole; `failures` names each page and its cause."""

    def __init__(self, message: str, failures: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.failures = tuple(failures)


class UnreachableError(PortalError, OSError):
    """A store or database that this program needs is away; nothing that was told is lost."""


class SealError(PortalError):
    """Sealing or unsealing failed; nothing was written."""


class UnreadableError(SealError):
    """A document that the other side would refuse; `field` names what is wrong with it."""

    def __init__(self, field: str) -> None:
        super().__init__("有一项的内容不能保存：过长，或者含有不能识别的字符；请修改后再提交")
        self.field = field


class VerificationError(PortalError):
    """A signature, hash chain or fingerprint does not hold."""


_MACHINE = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EEXIST: "已经存在",
    errno.EISDIR: "是一个文件夹，这里要文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘限额已满",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EFBIG: "文件太大",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接成了一个圈",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.EBUSY: "正在被使用",
    errno.EXDEV: "两处不在同一个磁盘上",
    errno.EPIPE: "对方已经断开",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "对方没有应答",
    errno.ECONNRESET: "对方已经断开",
    errno.ETIMEDOUT: "没有按时应答",
    errno.ENETUNREACH: "网络不通",
    errno.EHOSTUNREACH: "网络不通",
}


# What libraries raise for input that is not what it should be, the special before the general.
_CONTENT: tuple[tuple[type[Exception], str], ...] = (
    (UnicodeError, "不是 UTF-8 编码的文字"),
    (json.JSONDecodeError, "不是正确的 JSON"),
    (KeyError, "缺少应有的一项"),
    (ValueError, "内容不合规定的格式"),
    (TypeError, "内容不合规定的格式"),
)


def reason_of(error: BaseException) -> str:
    """Why something failed, in Chinese: what systems and libraries say is English."""
    if isinstance(error, PortalError):
        return str(error)
    if isinstance(error, OSError):
        return _machine_reason(error)
    for kind, words in _CONTENT:
        if isinstance(error, kind):
            return words
    return f"程序出错（{type(error).__name__}）"


def _machine_reason(error: OSError) -> str:
    cause = getattr(error, "reason", None)  # URLError wraps what went wrong
    if isinstance(cause, OSError) and cause is not error:
        return _machine_reason(cause)
    if error.errno is not None and error.errno < 0:  # only names of hosts have such numbers
        return "找不到这个名称的主机"
    if error.errno in _MACHINE:
        return _MACHINE[error.errno]
    status = getattr(error, "code", None)
    if status is not None:
        return f"对方答复 HTTP {status}"
    return "没有按时应答" if isinstance(error, TimeoutError) else f"系统错误{error.errno or ''}"
