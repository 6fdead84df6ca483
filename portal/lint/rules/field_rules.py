"""F: fields of a notice, beyond what reading them already finds."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from portal.content.notice.notice_folder import FILES, LIST, REVISIONS, TEXT
from portal.domain.identifiers import parse_document_number
from portal.errors import Severity
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.subjects import Subject

_LONGEST_TITLE = 60
_TITLE_FAULT = re.compile(r"\s|[。；，,.;]$")


@rule("F011")
def has_body(subject: Subject) -> Iterator[Finding]:
    """公告没有正文。

    每个公告都要有正文，至少一句话说明公告的事项；名单放在 list.csv，不能代替正文。
    """
    if not subject.notice.body.strip():
        yield subject.body.find(0, "没有正文", "在信息头之后写正文")


@rule("F012")
def title_is_sound(subject: Subject) -> Iterator[Finding]:
    """标题中有空格、换行或句末标点，或者太长。

    标题居中排成一至三行，不断开词语，末尾不用标点（GB/T 9704）；书名号内的标点不受限制。
    """
    title = subject.notice.title
    if _TITLE_FAULT.search(title):
        yield subject.on("title", "标题中有空格或以标点结尾", "去掉空格和末尾的标点")
    if len(title) > _LONGEST_TITLE:
        yield subject.on(
            "title", f"标题有{len(title)}个字", f"缩短到{_LONGEST_TITLE}字以内", Severity.WARNING
        )


@rule("F014")
def number_is_sound(subject: Subject) -> Iterator[Finding]:
    """文号的写法不合规定。

    文号由发文机关代字、年份和序号组成，年份用六角括号〔〕括起，序号不加“第”、不编虚位（GB/T9704）：
    示质强办〔2026〕3号。
    """
    number = subject.notice.number
    if not number:
        return
    try:
        right = parse_document_number(number)
    except ValueError as error:
        yield subject.on("number", str(error), "改正文号；不知道时删去 number")
        return
    if right != number:
        found = subject.on("number", f"文号“{number}”写法不规范", f"改为 {right}")
        yield found.mended(number, right)


@rule("F016")
def no_stray_files(subject: Subject) -> Iterator[Finding]:
    """公告文件夹里有不认识的文件，它不会发布。

    只发布 notice.md、list.csv 和 files/ 中的附件；早先的文本放在 revisions/。
    """
    known = {TEXT, LIST, FILES, REVISIONS}
    for child in sorted(os.listdir(subject.source.folder)):  # noqa: PTH208 - of every notice
        if child not in known and not child.startswith("."):
            yield Finding(
                f"{subject.source.folder}/{child}",
                message=f"不认识的文件“{child}”，不会发布",
                remedy="附件放进 files/；名单用 portal import 转成 list.csv；其余删去",
                severity=Severity.WARNING,
            )


@rule("F017")
def issuer_is_of_the_county(subject: Subject) -> Iterator[Finding]:
    """县（区）公示由别的县（区）的单位发布。

    县（区）名单由本县（区）的单位或市级单位发布。
    """
    site = subject.context.tree.site
    if site is None or subject.notice.county is None:
        return
    office = site.offices[subject.notice.issuer]
    if office.county not in (None, subject.notice.county):
        message = f"发布单位“{office.name}”不属于{subject.county}"
        yield subject.on("issuer", message, "更正 issuer 或 county")


RULES = (
    has_body,
    title_is_sound,
    number_is_sound,
    no_stray_files,
    issuer_is_of_the_county,
)
