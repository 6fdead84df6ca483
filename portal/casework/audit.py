"""The audit trail: each act of staff or system, chained by SHA-256, written with the act itself.

A line's hash covers its content and the hash before it, so that changing, dropping or reordering
any line breaks every later one. Who can rewrite the whole register could still rewrite the whole
chain; therefore the newest hash is shown on each export and by `portal audit verify`, to be noted
on paper, and a noted hash can be looked for later.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from portal.casework.models import AuditLine
from portal.casework.register import next_value
from portal.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

FIRST = "0" * 64
"""What the first line is chained to."""

SYSTEM = "系统"
"""Who is on record where no person acted."""

_PAGE = 500


class Action(StrEnum):
    """What can be on record."""

    COLLECT = "collect"
    REGISTER = "register"
    UNLOCK = "unlock"
    UNLOCK_FAILED = "unlock-failed"
    OPEN = "open"
    READ_COPY = "read-copy"
    REVEAL = "reveal"
    DOWNLOAD = "download"
    ASSIGN = "assign"
    CONFLICT = "conflict"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXAMINE = "examine"
    ASK = "ask"
    ANSWER = "answer"
    REPLY = "reply"
    WITHDRAW = "withdraw"
    PROPOSE_CLOSE = "propose-close"
    CONFIRM_CLOSE = "confirm-close"
    PROPOSE_DELETE = "propose-delete"
    CONFIRM_DELETE = "confirm-delete"
    DECLINE = "decline"
    EXPORT = "export"
    RETENTION = "retention"
    SIGN_IN = "sign-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGN_OUT = "sign-out"
    PASSWORD = "password"  # noqa: S105 - the name of an act
    STAFF_ADD = "staff-add"
    STAFF_DISABLE = "staff-disable"
    STAFF_RESET = "staff-reset"
    STAFF_RECOVER = "staff-recover"
    PASSKEY_ADD = "passkey-add"
    PASSKEY_REMOVE = "passkey-remove"
    PASSKEY_COPIED = "passkey-copied"
    MAIL_FAILED = "mail-failed"
    UNREADABLE = "unreadable"
    RESTORED = "restored"
    NEW_REGISTER = "new-register"
    STAFF_RIGHTS = "staff-rights"
    DRAFT_SEND = "draft-send"
    DRAFT_RECALL = "draft-recall"
    DRAFT_PASS = "draft-pass"  # noqa: S105 - the name of an act
    DRAFT_RETURN = "draft-return"
    DRAFT_SIGN_OFF = "draft-sign-off"
    DRAFT_DISCARD = "draft-discard"
    PREVIEW_LINK = "preview-link"
    PREVIEW_LINK_END = "preview-link-end"
    PUBLISH = "publish"
    PUBLISH_FAILED = "publish-failed"
    CALENDAR_PROPOSE = "calendar-propose"
    CALENDAR_CONFIRM = "calendar-confirm"
    REDACT = "redact"

    @property
    def label(self) -> str:
        """The act's Chinese name."""
        return _LABELS[self]


_LABELS = {
    Action.COLLECT: "收取",
    Action.REGISTER: "登记",
    Action.UNLOCK: "解锁密钥",
    Action.UNLOCK_FAILED: "密钥口令不对",
    Action.OPEN: "拆封查看",
    Action.READ_COPY: "阅读复核副本",
    Action.REVEAL: "查看完整电话",
    Action.DOWNLOAD: "查看或者下载附件",
    Action.ASSIGN: "分办",
    Action.CONFLICT: "回避上转",
    Action.ACCEPT: "受理",
    Action.REFUSE: "不予受理",
    Action.EXAMINE: "开始核查",
    Action.ASK: "要求补充",
    Action.ANSWER: "收到补充",
    Action.REPLY: "答复",
    Action.WITHDRAW: "异议人撤回",
    Action.PROPOSE_CLOSE: "提请办结",
    Action.CONFIRM_CLOSE: "复核办结",
    Action.PROPOSE_DELETE: "提请删除",
    Action.CONFIRM_DELETE: "复核删除",
    Action.DECLINE: "复核退回",
    Action.EXPORT: "导出",
    Action.RETENTION: "到期清理",
    Action.SIGN_IN: "登录",
    Action.SIGN_IN_FAILED: "登录失败",
    Action.SIGN_OUT: "退出",
    Action.PASSWORD: "修改密码",
    Action.STAFF_ADD: "新增人员",
    Action.STAFF_DISABLE: "停用人员",
    Action.STAFF_RESET: "重置人员",
    Action.STAFF_RECOVER: "提请重置人员",
    Action.PASSKEY_ADD: "登记通行密钥",
    Action.PASSKEY_REMOVE: "删去通行密钥",
    Action.PASSKEY_COPIED: "通行密钥计数倒退，停用",
    Action.MAIL_FAILED: "邮件未送达",
    Action.UNREADABLE: "信封无法读取",
    Action.RESTORED: "确认恢复的登记簿",
    Action.NEW_REGISTER: "新建登记簿",
    Action.STAFF_RIGHTS: "设定人员权限",
    Action.DRAFT_SEND: "公告送审",
    Action.DRAFT_RECALL: "公告撤回送审",
    Action.DRAFT_PASS: "公告审核通过",
    Action.DRAFT_RETURN: "公告退回",
    Action.DRAFT_SIGN_OFF: "公告签发",
    Action.DRAFT_DISCARD: "放弃公告草稿",
    Action.PREVIEW_LINK: "发出公告预览链接",
    Action.PREVIEW_LINK_END: "收回公告预览链接",
    Action.PUBLISH: "公告发布",
    Action.PUBLISH_FAILED: "公告发布没有完成",
    Action.CALENDAR_PROPOSE: "提出放假安排",
    Action.CALENDAR_CONFIRM: "确认放假安排",
    Action.REDACT: "紧急撤下个人信息",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line of the chain: what to note on paper."""

    seq: int
    hash: str


def _digest(line: AuditLine) -> str:
    content = [
        line.seq,
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        line.actor,
        line.action,
        line.case_number,
        line.detail,
        line.previous,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def record(
    session: Session,
    at: datetime,
    actor: str,
    action: Action,
    *,
    case: str = "",
    detail: Mapping[str, str | int] | None = None,
) -> AuditLine:
    """Append one line in the caller's transaction: the act and its record stand or fall together.

    `detail` names things (a state, a file number, a chosen reason), never what a citizen wrote.
    """
    seq = next_value(session, "audit")
    last = session.get(AuditLine, seq - 1)
    if last is None and seq > 1:
        raise VerificationError("审计记录的末行缺失，暂停办理；请运行 portal audit verify")
    line = AuditLine(
        seq=seq,
        at=at,
        actor=actor,
        action=action.value,
        case_number=case,
        detail=json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
        previous=last.hash if last else FIRST,
    )
    line.hash = _digest(line)
    session.add(line)
    return line


def head(session: Session) -> Head:
    """The newest line; seq 0 for an empty trail."""
    line = session.scalar(select(AuditLine).order_by(AuditLine.seq.desc()).limit(1))
    return Head(line.seq, line.hash) if line else Head(0, FIRST)


def verify(session: Session, noted: Head | None = None) -> Head:
    """Walk the chain; VerificationError names the first line that does not hold.

    `noted` is a number and hash written down earlier: a rewritten or shortened chain lacks it.
    """
    previous, expected = FIRST, 1
    while page := session.scalars(
        select(AuditLine).where(AuditLine.seq >= expected).order_by(AuditLine.seq).limit(_PAGE)
    ).all():
        for line in page:
            if line.seq != expected:
                raise VerificationError(f"审计记录第{expected}行缺失")
            if line.previous != previous or line.hash != _digest(line):
                raise VerificationError(f"审计记录第{line.seq}行与链不符：内容被改动过")
            if noted and noted.seq == line.seq and noted.hash != line.hash:
                raise VerificationError(f"审计记录第{line.seq}行与先前抄录的校验值不同：链被重写过")
            previous, expected = line.hash, expected + 1
        session.expunge_all()
    lines = session.scalar(select(func.count()).select_from(AuditLine)) or 0
    if lines != expected - 1:
        raise VerificationError("审计记录中有编号不连续的行")
    if noted and noted.seq >= expected:
        raise VerificationError(f"审计记录只有{expected - 1}行，少于先前抄录的{noted.seq}行")
    return Head(expected - 1, previous)
