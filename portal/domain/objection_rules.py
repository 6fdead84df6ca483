"""What an objection must say: the rules of the form, of the page that seals, and of the desk.

The server checks a form as it comes. What a page has sealed it cannot read: the page checks by the
same numbers and words (`portal.web.script_constants`), and `faults_of` once more at the desk.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from portal.domain.characters import clean
from portal.domain.identifiers import parse_credit_code
from portal.domain.objection import (
    ADDRESS_LIMIT,
    ENTRIES_LIMIT,
    FACTS_LIMIT,
    FILE_SIZE_LIMIT,
    FILES_LIMIT,
    NAME_LIMIT,
    FileRole,
    MessageKind,
    ObjectorKind,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from portal.domain.objection import EntryRef, Evidence, Message, Objection, Objector

WHOLE_LIST = "list"
"""What is ticked for the list as a whole; it names no entry."""

WHOLE_LABEL = "名单整体，或者公示和推荐的程序"
"""How the form names it."""

PHONE = r"\+?[0-9][0-9 -]{4,18}[0-9](?:(?:转|[eE][xX][tT]\.?|#) ?[0-9]{1,6})?"
"""A telephone number as a regular expression that Python and browsers read alike."""

MOBILE = r"(?:(?:\+|00)?86[ -]*)?(1[ -]*[3-9](?:[ -]*[0-9]){9})"
"""A mobile number however it is parted, with or without 86 in front, for both as well."""

EMAIL = r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}"
"""A mail address as a regular expression for both."""

MOBILE_NUMBER = r"1[3-9][0-9]{9}"
"""A tidied mobile number, for both."""

PHONE_STEPS = (
    (r"[\u2010-\u2015\u2212\u30fc_~.\u00b7]", "-"),
    (r"[()\[\]]", " "),
    (r"^ *(?:联系电话|电话|手机|座机|[tT][eE][lL])[ :]*", ""),
    (r" *-[ -]*", "-"),
    (r" +", " "),
)
"""What is replaced by what in a typed telephone number, in this order, before it is judged."""

SHORTEST_FACTS = 10

ALIKE_MOST = 5
"""Faults of one kind that are told one by one."""

SAY = {
    "entries": "请选择有异议的条目；对名单整体或者程序有异议的，选最后一项",
    "kind": "请选择以什么身份提出",
    "name": "请填写您的姓名",
    "unit": "请填写单位名称",
    "contact": "请填写联系人姓名",
    "phone": "请填写联系电话，核实情况时要用",
    "phone_form": "联系电话的格式不对，例如13812345678或者0353-1234567",
    "credit": "请填写统一社会信用代码，共18位",
    "credit_form": "统一社会信用代码有误，请对照营业执照或者法人证书核对18位代码",
    "grounds": "请选择异议的理由，可以选多项",
    "facts": "请写明事实和说明",
    "facts_short": f"事实和说明太短，请写清楚具体情况，至少{SHORTEST_FACTS}个字",
    "scan": "请上传加盖公章的扫描件或者照片",
    "notify": "写一个电子邮箱或者手机号码，例如13812345678；不需要通知的不填",
    "trap": "这一项请留空，再提交一次",
    "message_empty": "请填写说明，或者选择文件",
    "message_confirm": "要撤回异议，请先勾选“我确认撤回这件异议”",
    "message_waiting": "已有多份补充在等待经办人员查收，请稍后再补充",
    "withdrawing": "已提交撤回，等待受理单位确认",
}
"""The words beside a field, by rule."""

_PHONE = re.compile(PHONE)
_MOBILE = re.compile(MOBILE)
_TEXTS = {
    "name": "名称",
    "contact": "联系人",
    "phone": "电话",
    "address": "地址",
    "credit_code": "统一社会信用代码",
}


def tidy_phone(typed: str) -> str:
    """A telephone number as people write it, in one form: `（138）0013 8000` is `13800138000`."""
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    for pattern, instead in PHONE_STEPS:
        text = re.sub(pattern, instead, text)
    text = text.strip(" -")
    mobile = _MOBILE.fullmatch(text)
    return mobile[1].replace(" ", "").replace("-", "") if mobile else text


def tidy_contact(typed: str) -> str:
    """Where somebody wants to be told, in one form."""
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    return text if "@" in text else tidy_phone(text)


def contact_kind(text: str) -> str:
    """`mail` or `sms` for a tidied address; empty for what is neither."""
    if re.fullmatch(EMAIL, text):
        return "mail"
    return "sms" if re.fullmatch(MOBILE_NUMBER, text) else ""


def is_phone(text: str) -> bool:
    """Whether a text has the form of a telephone number."""
    return bool(_PHONE.fullmatch(text))


def faults_of(
    objection: Objection, listed: Sequence[EntryRef], *, anonymous: bool
) -> tuple[str, ...]:
    """What of the form's rules an opened objection breaks, in words for the officer.

    `listed` are the entries of the notice as it stands; only what is said of them is compared.
    `anonymous` says whether the office of the notice takes anonymous tips.
    """
    return (
        *_of_kind(objection.objector, anonymous=anonymous),
        *_of_objector(objection.objector, objection.evidence),
        *_of_text(objection),
        *_of_entries(objection.entries, listed),
        *_of_files(objection.evidence),
    )


def few(faults: Iterable[str]) -> Iterator[str]:
    """The first faults of one kind, and how many more there are: a document can have a thousand."""
    told = list(faults)
    yield from told[:ALIKE_MOST]
    if (more := len(told) - ALIKE_MOST) > 0:
        yield f"同样的问题还有{more}处，没有一一列出"


def message_faults_of(message: Message, asked: Collection[int]) -> tuple[str, ...]:
    """The same of a later message; `asked` are the numbers of the office's questions."""
    return tuple(_of_message(message, asked))


def _of_message(message: Message, asked: Collection[int]) -> Iterator[str]:
    length = len(message.text)
    if length > FACTS_LIMIT:
        yield f"说明是{length}字，最多{FACTS_LIMIT}字"
    if clean(message.text).refused:
        yield "说明中有别的电脑上显示不出来的字"
    if message.kind is MessageKind.ANSWER and message.answers not in asked:
        yield "说是回答询问，却没有这一条询问"
    if message.kind is not MessageKind.WITHDRAWAL and not (message.text or message.evidence):
        yield "没有说明，也没有文件"
    yield from _of_files(message.evidence)


def _of_kind(who: Objector, *, anonymous: bool) -> Iterator[str]:
    if who.kind is ObjectorKind.ANONYMOUS and not anonymous:
        yield "匿名提出，而受理单位不在网上接收匿名异议"


def _of_objector(who: Objector, files: Sequence[Evidence]) -> Iterator[str]:
    if who.kind is ObjectorKind.ANONYMOUS:
        return
    unit = who.kind is ObjectorKind.UNIT
    if not who.name.strip():
        yield "没有填写单位名称" if unit else "没有填写姓名"
    if not is_phone(who.phone):
        yield "联系电话的格式不对" if who.phone else "没有填写联系电话"
    if not unit:
        return
    if not who.contact.strip():
        yield "没有填写联系人"
    if not any(file.role is FileRole.SEAL_SCAN for file in files):
        yield "没有加盖公章的扫描件"
    try:
        parse_credit_code(who.credit_code)
    except ValueError:
        yield "统一社会信用代码有误"


def _of_text(objection: Objection) -> Iterator[str]:
    if not objection.grounds:
        yield "没有选择理由"
    if objection.notify and not contact_kind(objection.notify):
        yield "进展通知的地址不对，不会发通知"
    length = len(objection.facts)
    if not SHORTEST_FACTS <= length <= FACTS_LIMIT:
        yield f"事实和说明是{length}字，应为{SHORTEST_FACTS}至{FACTS_LIMIT}字"
    who = objection.objector
    for field, limit in (("name", NAME_LIMIT), ("contact", NAME_LIMIT), ("address", ADDRESS_LIMIT)):
        if len(getattr(who, field)) > limit:
            yield f"{_TEXTS[field]}超过{limit}字"
    texts = {label: getattr(who, field) for field, label in _TEXTS.items()}
    for label, text in {**texts, "事实和说明": objection.facts}.items():
        if clean(text).refused:
            yield f"{label}中有别的电脑上显示不出来的字"


def _of_entries(entries: Sequence[EntryRef], listed: Sequence[EntryRef]) -> Iterator[str]:
    if len(entries) > ENTRIES_LIMIT:
        yield f"选择了{len(entries)}个条目，一次最多{ENTRIES_LIMIT}个"
    known = {(e.name, e.category, e.county, e.employer) for e in listed}
    yield from few(
        f"所选条目“{entry.name}”（{entry.category}）不在现在的名单上"
        for entry in entries
        if (entry.name, entry.category, entry.county, entry.employer) not in known
    )


def _of_files(files: Sequence[Evidence]) -> Iterator[str]:
    scans = [file for file in files if file.role is FileRole.SEAL_SCAN]
    if len(files) - len(scans) > FILES_LIMIT:
        yield f"证据文件多于{FILES_LIMIT}个"
    if len(scans) > 1:
        yield "盖章扫描件多于1个"
    yield from few(
        f"文件“{file.name}”的大小不在规定的范围内"
        for file in files
        if not 0 < file.size <= FILE_SIZE_LIMIT
    )
