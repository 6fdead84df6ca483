"""P: personal data and secrets in texts, lists and attachments; what attachments hide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.home_addresses import find_home_addresses
from portal.domain.masking import mask_bank_card, mask_identity_number, mask_mobile
from portal.domain.personal_numbers import (
    find_accounts,
    find_bank_cards,
    find_birth_dates,
    find_identity_numbers,
    find_mailboxes,
    find_mobile_numbers,
    find_papers,
)
from portal.domain.text import holds_any
from portal.errors import Severity, Stage
from portal.lint.attachments import READABLE
from portal.lint.headed_cells import headed_cells
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.subjects import Prose, Subject

_PASSWORD = re.compile(
    r"(?:密码|口令|授权码|(?<![A-Za-z])(?:password|passwd|pwd))"
    r"(?:\s*(?:分别)?(?:为|是|：|:|=|＝)\s*|[\s　]+|[（(])[“\"']?(?P<secret>[!-~]{4,})",
    re.IGNORECASE,
)
# What a match must hold, whatever else is in it.
_WITH_A_CODE = "码令pP"


@rule("P001")
def no_identity_numbers(prose: Prose) -> Iterator[Finding]:
    """公民身份号码：18位的，写明是身份证号码而校验位不对的，旧的15位的。

    公开的文本、名单和附件一律不得出现身份证号码，中间加了空格、横线、换行或者写成全角、汉字的也一
    样；确需区分同名的人，写工作单位。
    """
    for (start, _), number in find_identity_numbers(prose.text):
        message = f"有身份证号码 {mask_identity_number(number)}"
        yield prose.find(start, message, "删去；需要区分同名的人时写工作单位")


@rule("P002")
def no_mobile_numbers(prose: Prose) -> Iterator[Finding]:
    """手机号码。

    公开的联系电话用办公室的固定电话，不用个人手机号码。
    """
    for (start, _), number in find_mobile_numbers(prose.text):
        yield prose.find(start, f"有手机号码 {mask_mobile(number)}", "删去，或改用办公电话")


@rule("P003")
def no_bank_cards(prose: Prose) -> Iterator[Finding]:
    """银行卡号（按发卡标识、长度和校验位识别）。"""
    for (start, _), number in find_bank_cards(prose.text):
        yield prose.find(start, f"有银行卡号 {mask_bank_card(number)}", "删去")


@rule("P004")
def no_passwords(prose: Prose) -> Iterator[Finding]:
    """密码或口令。

    邮箱、系统的密码、口令和授权码不得公开；已经公开过的，要立即更换。
    """
    if not holds_any(prose.text, _WITH_A_CODE):
        return
    for match in _PASSWORD.finditer(prose.text):
        yield prose.find(match.start(), "有密码或口令", "删去；如已公开过，立即更换这个密码")


@rule("P005")
def no_home_addresses(prose: Prose) -> Iterator[Finding]:
    """家庭住址。

    “住址……”之类的标注后面写到村、街、号，或者写到楼、单元、室的住宅地址。单位地址（路、街的门牌
    号）不受限制。
    """
    for start, _ in find_home_addresses(prose.text):
        yield prose.find(start, "有家庭住址", "删去，或只写到县（区）")


@rule("P010")
def no_papers(prose: Prose) -> Iterator[Finding]:
    """护照、通行证、军官证、驾驶证、社保卡、医保卡等证件的号码。"""
    for (start, _), _number in find_papers(prose.text):
        yield prose.find(start, "有个人证件的号码", "删去；需要区分同名的人时写工作单位")


@rule("P011")
def no_accounts(prose: Prose) -> Iterator[Finding]:
    """个人的微信号、QQ号。

    公开的联系方式用办公室的电话、邮箱和地址；单位的公众号写明“公众号”。
    """
    for (start, _), _number in find_accounts(prose.text):
        yield prose.find(start, "有微信号或QQ号", "删去，改用办公室的电话或邮箱")


@rule("P012")
def no_birth_dates(prose: Prose) -> Iterator[Finding]:
    """出生日期；只写到年月的只提醒。"""
    for (start, _), whole in find_birth_dates(prose.text):
        severity = Severity.ERROR if whole else Severity.WARNING
        yield prose.find(start, "有出生日期", "删去；事迹材料写到年即可", severity)


@rule("P015")
def lists_have_no_mailboxes(subject: Subject) -> Iterator[Finding]:
    """名单里有邮箱地址。

    名单公开的是获奖的组织和个人，不公开他们的联系方式；异议写给公告里的受理单位。
    """
    for entry in subject.notice.entries:
        cells = (
            ("名称", entry.name),
            ("县区", entry.county),
            ("工作单位", entry.employer),
            ("职务", entry.position),
            ("备注", entry.remark),
            *entry.more,
        )
        for column, value in cells:
            if find_mailboxes(value):
                yield subject.in_list(entry, column, f"“{column}”里有邮箱地址", "删去")


@rule("P014")
def no_numbers_under_a_heading(subject: Subject) -> Iterator[Finding]:
    """表格里由栏目名称写明的证件号码、银行账号、微信号或QQ号，如“护照号”一栏下面的号码。

    查附件里的表格和正文里的表格。删去这一栏；遮去中间几位的不算。
    """
    remedy = "删去这一栏"
    for file, content in subject.attachments:
        path = subject.place_of(file)
        for piece in content.headed:
            message = f"{piece.where}“{piece.text}”一栏有号码"
            yield Finding(path, (piece.line, 1), message, remedy)
    body = subject.body
    if "|" not in body.text:
        return
    lines = body.text.split("\n")
    table = [line.strip().strip("|").split("|") if "|" in line else [] for line in lines]
    for row, _, heading in headed_cells(table):
        offset = sum(len(line) + 1 for line in lines[: row - 1])
        yield body.find(offset, f"表格“{heading}”一栏有号码", remedy)


@rule("P006")
def attachments_hide_nothing(subject: Subject) -> Iterator[Finding]:
    """附件里有看不见的内容：隐藏的工作表、行、列，批注，修订痕迹，隐藏文字，嵌入的文件。

    这些内容打开时看不见，但任何人都能取出；发布前要删去，Word 用“检查文档”功能。
    """
    for file, content in subject.attachments:
        for hidden in content.hidden:
            message, remedy = hidden, "删去隐藏的内容后重新保存（Word、Excel 用“检查文档”）"
            yield Finding(subject.place_of(file), message=message, remedy=remedy)


@rule("P007")
def attachments_can_be_read(subject: Subject) -> Iterator[Finding]:
    """附件打不开、加了密，或者大得异常，不能检查。"""
    for file, content in subject.attachments:
        if content.unreadable:
            path = subject.place_of(file)
            remedy = "用办公软件打开后另存一份再放入"
            yield Finding(path, message=f"附件不能检查：{content.unreadable}", remedy=remedy)


@rule("P008")
def attachments_name_nobody(subject: Subject) -> Iterator[Finding]:
    """附件的属性里有作者、最后修改人等人名或单位。

    文件属性会随附件公开；Word、Excel 用“检查文档”，PDF 用“清除属性”去掉。
    """
    for file, content in subject.attachments:
        if content.people:
            path = subject.place_of(file)
            names = "、".join(f"{key}“{value}”" for key, value in content.people)
            message, remedy = f"文件属性里有{names}", "用“检查文档”去掉文件属性"
            yield Finding(path, message=message, remedy=remedy, severity=Severity.WARNING)


@rule("P009")
def attachments_are_of_known_kinds(subject: Subject) -> Iterator[Finding]:
    """附件的格式不能检查，或者不适合公开。

    可用 .docx、.xlsx、.pdf、.csv、.txt、.jpg、.png。旧格式（.doc、.xls、.wps、.et）不能检查隐藏
    内容，请另存为新格式。
    """
    for file, _ in subject.attachments:
        suffix = file.name.rpartition(".")[2].lower()
        if suffix not in READABLE:
            path = subject.place_of(file)
            message = f"不能检查“.{suffix}”格式的附件"
            yield Finding(path, message=message, remedy="另存为 .docx、.xlsx 或 .pdf")


@rule("P013", Stage.PUBLISH)
def what_no_program_sees_is_answered_for(subject: Subject) -> Iterator[Finding]:
    """附件里有程序不能检查的部分（只有图像的扫描页、不认识的部分、嵌得太深的文件），没有人负责看过。

    打开附件逐页看过，确认没有个人信息以后，在信息头写明：
    examined: [{file: 附件.pdf, by: 张三, note: 逐页看过，没有个人信息}]
    """
    answered = subject.matter.values.get("examined")
    names = {
        str(item["file"])
        for item in (answered if isinstance(answered, list) else ())
        if isinstance(item, dict) and {"file", "by", "note"} <= item.keys()
    }
    present = {file.name for file, _ in subject.attachments}
    for file, content in subject.attachments:
        if content.unseen and file.name not in names:
            parts = "、".join(content.unseen[:5]) + ("等" if len(content.unseen) > 5 else "")  # noqa: PLR2004
            path = subject.place_of(file)
            remedy = f"看过后在信息头写 examined: [{{file: {file.name}, by: 姓名, note: 看了什么}}]"
            yield Finding(path, message=f"有程序不能检查的部分：{parts}", remedy=remedy)
    for name in sorted(names - present):
        message = f"examined 写的附件“{name}”不存在"
        yield subject.on("examined", message, "改正文件名，或删去这一项", Severity.WARNING)


TEXT_RULES = (
    no_identity_numbers,
    no_mobile_numbers,
    no_bank_cards,
    no_passwords,
    no_home_addresses,
    no_papers,
    no_accounts,
    no_birth_dates,
)
RULES = (
    lists_have_no_mailboxes,
    no_numbers_under_a_heading,
    attachments_hide_nothing,
    attachments_can_be_read,
    attachments_name_nobody,
    attachments_are_of_known_kinds,
    what_no_program_sees_is_answered_for,
)
