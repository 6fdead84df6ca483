"""Objections (异议): what a citizen sends, what the office answers, and the states of a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

FACTS_LIMIT = 5000
NAME_LIMIT = 60
ADDRESS_LIMIT = 120
FILES_LIMIT = 5
FILE_SIZE_LIMIT = 20 * 1024 * 1024
MESSAGES_LIMIT = 20
ENTRIES_LIMIT = 50


class ObjectorKind(StrEnum):
    """Who objects; a tip without name is 线索 where the office allows (docs/domain.md §5)."""

    PERSON = "person"
    UNIT = "unit"
    ANONYMOUS = "anonymous"

    @property
    def label(self) -> str:
        """The kind's Chinese name."""
        return {"person": "个人", "unit": "单位", "anonymous": "匿名（作为线索）"}[self.value]


class Grounds(StrEnum):
    """What is said to be wrong; one or more in each objection."""

    MISTAKE = "mistake"
    INELIGIBLE = "ineligible"
    UNTRUE = "untrue"
    UNLAWFUL = "unlawful"
    PROCEDURE = "procedure"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The short Chinese text of the list."""
        return _GROUNDS[self]


_GROUNDS = {
    Grounds.MISTAKE: "名称等信息有误",
    Grounds.INELIGIBLE: "不符合申报条件",
    Grounds.UNTRUE: "材料不实",
    Grounds.UNLAWFUL: "违法违规",
    Grounds.PROCEDURE: "程序问题",
    Grounds.OTHER: "其他",
}


class NonAcceptance(StrEnum):
    """Fixed reasons for not accepting an objection (practice, docs/domain.md §5)."""

    ANONYMOUS = "anonymous"
    LATE = "late"
    NO_LEAD = "no-lead"
    FALSE_IDENTITY = "false-identity"
    OFF_TOPIC = "off-topic"
    OWN_RANKING = "own-ranking"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The reason as told to the objector."""
        return _NON_ACCEPTANCE[self]


_NON_ACCEPTANCE = {
    NonAcceptance.ANONYMOUS: "匿名提出，且没有可供查证的线索",
    NonAcceptance.LATE: "超过公示期提出",
    NonAcceptance.NO_LEAD: "没有提供证据或可供查证的线索",
    NonAcceptance.FALSE_IDENTITY: "提供的身份信息不真实",
    NonAcceptance.OFF_TOPIC: "所述事项与公示的名单无关",
    NonAcceptance.OWN_RANKING: "仅对自身奖项等次或排序不服",
    NonAcceptance.UNREADABLE: "信封无法读取，不能知道异议的内容",
}


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not-accepted"
    EXAMINING = "examining"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state's Chinese name."""
        return _STATES[self]

    @property
    def open(self) -> bool:
        """Whether the case still holds back the entries it names."""
        return self in (CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.EXAMINING)

    @property
    def next(self) -> frozenset[CaseState]:
        """States a case may go to from this one."""
        return TRANSITIONS[self]


_STATES = {
    CaseState.RECEIVED: "已收到",
    CaseState.ACCEPTED: "已受理",
    CaseState.NOT_ACCEPTED: "不予受理",
    CaseState.EXAMINING: "核查中",
    CaseState.CLOSED: "已办结",
    CaseState.WITHDRAWN: "已撤回",
}

# The last two lines reopen a case; the desk asks for a reason and two persons.
TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.RECEIVED: frozenset(
        {CaseState.ACCEPTED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN}
    ),
    CaseState.ACCEPTED: frozenset({CaseState.EXAMINING, CaseState.WITHDRAWN}),
    CaseState.EXAMINING: frozenset({CaseState.CLOSED, CaseState.WITHDRAWN}),
    CaseState.WITHDRAWN: frozenset(),
    CaseState.NOT_ACCEPTED: frozenset({CaseState.ACCEPTED}),
    CaseState.CLOSED: frozenset({CaseState.EXAMINING}),
}


class Outcome(StrEnum):
    """How a closed case ended; an upheld one removes its entries and leaves the place vacant."""

    UPHELD = "upheld"
    CORRECTED = "corrected"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The outcome's Chinese name."""
        return {"upheld": "异议成立", "corrected": "信息已更正", "rejected": "异议不成立"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Objector:
    """Who objects. A unit names a contact person; an anonymous objector leaves all empty."""

    kind: ObjectorKind
    name: str = ""
    credit_code: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class EntryRef:
    """A list entry an objection concerns, as it stood: enough to hold it back on later lists."""

    name: str
    category: str
    grade: str = ""
    county: str = ""
    employer: str = ""


class FileRole(StrEnum):
    """What a file is for."""

    EVIDENCE = "evidence"
    SEAL_SCAN = "seal-scan"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file sent along: `member` is its name in the container, `name` what the sender called it.

    `name` is the sender's words: never a path, and not to be trusted as one.
    """

    member: str
    name: str
    size: int
    sha256: str
    role: FileRole = FileRole.EVIDENCE


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection. `whole` is the list as a whole, or its procedure, beside single entries.

    Documents of a former version do not know it: no entries mean the same. `notify` is where the
    sender wants to be told of news.
    `concerns_office` says the objection concerns the publishing office or its staff; it was then
    sealed to the office one level up. `privacy` is the version of the notice that was shown.
    `speak` is the public half that later messages are signed with; empty of a former version.
    `sensitive` says the sender confirmed that sensitive personal data in the files is needed.
    """

    number: str
    notice: str
    revision: int
    received: datetime
    objector: Objector
    grounds: tuple[Grounds, ...]
    facts: str
    privacy: str
    entries: tuple[EntryRef, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    concerns_office: bool = False
    sensitive: bool = False
    whole: bool = False
    notify: str = ""
    speak: str = ""

    @property
    def concerns_list(self) -> bool:
        """Whether the list as a whole is objected to, with single entries or without."""
        return self.whole or not self.entries


class MessageKind(StrEnum):
    """What a citizen sends after the objection."""

    ANSWER = "answer"
    EVIDENCE = "evidence"
    WITHDRAWAL = "withdrawal"

    @property
    def label(self) -> str:
        """The kind's Chinese name."""
        return {"answer": "答复询问", "evidence": "补充材料", "withdrawal": "撤回异议"}[self.value]


@dataclass(frozen=True, slots=True)
class Message:
    """A later message of the citizen; `answers` is the `seq` of the question it answers.

    `signature` is that of the code's holder (`portal.sealed.spoken`), empty of a former version.
    """

    kind: MessageKind
    sent: datetime
    text: str = ""
    answers: int | None = None
    evidence: tuple[Evidence, ...] = ()
    signature: str = ""


class LookAct(StrEnum):
    """What somebody of the office did with what a citizen sent."""

    OPEN = "open"
    SECOND = "second"
    REVEAL = "reveal"
    DOWNLOAD = "download"
    EXPORT = "export"
    HAND_OVER = "hand-over"

    @property
    def label(self) -> str:
        """The act in the citizen's words."""
        return {
            "open": "拆封阅读",
            "second": "复核时阅读（不含姓名、电话和附件）",
            "reveal": "查看完整的联系电话",
            "download": "查看或者下载附件",
            "export": "导出案卷",
            "hand-over": "移送上一级单位",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what a citizen sent: when, what, and by whom (office and role, no names)."""

    at: datetime
    act: LookAct
    by: str


class AnswerKind(StrEnum):
    """What the office sends back."""

    STATUS = "status"
    QUESTION = "question"
    REPLY = "reply"

    @property
    def label(self) -> str:
        """The kind's Chinese name."""
        return {"status": "办理进度", "question": "经办人员询问", "reply": "答复"}[self.value]


@dataclass(frozen=True, slots=True)
class Signature:
    """An office's signature: whose, when it was given, and its value in base64."""

    office: str
    at: datetime
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One item from the office. `seq` rises by one in each case; `state` is the case's after it.

    `text` is what the citizen reads; `reason` the label of the reason for not accepting.
    `office` names the office that now handles the case, when it was handed over. `due` is the day
    by which it aims to reply, while it has not.
    """

    seq: int
    at: datetime
    kind: AnswerKind
    state: CaseState
    text: str = ""
    reason: str = ""
    outcome: Outcome | None = None
    office: str = ""
    signature: Signature | None = None
    due: date | None = None
