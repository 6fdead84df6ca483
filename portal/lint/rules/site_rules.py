"""S: the site as a whole: its metadata, the guide, the pages, the questions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.content.beginning_texts import check_beginning, texts_in
from portal.content.prose_files import GUIDE, PAGES
from portal.content.site_facts import NAME
from portal.domain.workdays import SHANGHAI, missing_year
from portal.errors import Severity, Stage
from portal.lint.rules.rule import Finding, rule
from portal.lint.wrong_words import wrong_words_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.neighbours import Context
    from portal.lint.rules.subjects import Surroundings

_RESERVED = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost|example\.(?:com|org|net))$")


@rule("S003", Stage.PUBLISH)
def metadata_is_complete(context: Surroundings) -> Iterator[Finding]:
    """政府网站的标识信息不全：网站标识码、ICP备案号、公安备案号，或网址还是示例。

    上线前由办公室填写；不知道的留空，页面上就不显示，不得编造。
    """
    site = context.tree.site
    if site is None:
        return
    path = f"{context.tree.content[0]}/{NAME}"
    names = {
        "identifier": ("网站标识码", site.identifier),
        "icp": ("ICP备案号", site.icp),
        "police": ("公安备案号", site.police),
    }
    for key, (label, value) in names.items():
        if not value:
            at = context.places(path).get(key, (1, 1))
            remedy = f"上线前在 {key} 填写"
            yield Finding(path, at, f"没有填写{label}", remedy, Severity.WARNING)
    if _RESERVED.search(urlsplit(site.base_url).hostname or ""):
        at = context.places(path).get("base-url", (1, 1))
        message, remedy = f"网址 {site.base_url} 是示例", "上线前改为正式网址"
        yield Finding(path, at, message, remedy, Severity.WARNING)


@rule("S004")
def guide_is_whole(context: Surroundings) -> Iterator[Finding]:
    """政策解读不是完整的六个部分，或次序不对。

    content/guide/ 依次为发文背景、评选范围、奖项设置、评选条件、推荐及评选程序、工作要求。
    """
    found = tuple(page.slug for page in context.tree.guide)
    if found != GUIDE:
        message = f"解读部分为：{'、'.join(found) or '无'}"
        remedy = f"应依次为：{'、'.join(GUIDE)}"
        yield Finding(f"{context.tree.content[0]}/guide", message=message, remedy=remedy)


@rule("S005")
def pages_are_there(context: Surroundings) -> Iterator[Finding]:
    """缺少网站必备的页面：关于、隐私、无障碍、媒体。"""
    for slug in PAGES:
        if slug not in context.tree.pages:
            path = f"{context.tree.content[0]}/pages/{slug}.md"
            yield Finding(path, message=f"缺少页面“{slug}”", remedy="补上这个文件")


@rule("S006")
def questions_are_there(context: Surroundings) -> Iterator[Finding]:
    """没有常见问题（content/faq.yml）。"""
    if not context.tree.questions:
        path = f"{context.tree.content[0]}/faq.yml"
        yield Finding(path, message="没有常见问题", remedy="按 docs/content-format.md 写一份")


@rule("S007")
def editions_are_there(context: Surroundings) -> Iterator[Finding]:
    """没有任何届次（content/awards/）。"""
    if not any(any(folder.glob("awards/*.toml")) for folder in context.tree.content):
        path = f"{context.tree.content[0]}/awards"
        yield Finding(path, message="没有届次", remedy="为每一届写一个 .toml 文件")


@rule("S011")
def caps_name_known_places(context: Surroundings) -> Iterator[Finding]:
    """限额写了网站没有的县（区），对哪里都不起作用。

    县（区）的名称在 content/site.toml 的 [counties] 中，限额在 content/awards/ 的 [[caps]] 中。
    """
    site = context.tree.site
    known = [county.name for county in site.counties.values()] if site else []
    for edition in context.tree.editions.values():
        for name in sorted({name for cap in edition.caps for name in cap.counties} - {*known}):
            path = f"{context.tree.content[0]}/awards/{edition.slug}.toml"
            message = f"限额写了网站没有的县（区）“{name}”"
            yield Finding(path, message=message, remedy=f"可写：{'、'.join(known)}")


@rule("S012")
def wrong_words_can_be_read(context: Surroundings) -> Iterator[Finding]:
    """错词表 content/wrong-words.txt 不是 UTF-8 编码，或者有一行不是两个不同的词。"""
    path, found = str(wrong_words_file(context.tree.content[0])), context.wrong_words
    if not found.encoded:
        yield Finding(path, message="文件不是 UTF-8 编码", remedy="用 UTF-8 编码另存")
    for number, line in found.odd:
        message, remedy = f"“{line}”不是两个不同的词", "写：错的写法，一个空格，对的写法"
        yield Finding(path, (number, 1), message, remedy)


@rule("S009")
def beginnings_can_be_set_in(context: Surroundings) -> Iterator[Finding]:
    """content/texts/ 下的范文有误：信息头读不出来，或者花括号里的不是可以填入的内容。

    有误的范文不用，起草从空白的正文开始；不影响已经写好的公告。
    """
    for folder in context.tree.content:
        for path in texts_in(folder):
            for issue in check_beginning(path)[1]:
                at = (issue.line, issue.column)
                yield Finding(issue.path, at, issue.message, issue.remedy, Severity.WARNING)


@rule("X003")
def versions_rise(context: Surroundings) -> Iterator[Finding]:
    """附件改了，版本号却没有比以前的版本高。

    以前的版本在 content/annexes/earlier/；每次改动都要有新的版本号，并写明改了什么。
    """
    for annex in context.tree.annexes:
        if annex.earlier and _parts(annex.version) <= _parts(annex.earlier[0].version):
            path = f"{context.tree.content[0]}/annexes/{annex.slug}.yml"
            message = f"版本号{annex.version}没有比以前的{annex.earlier[0].version}高"
            yield Finding(path, _line_of(path, "version:"), message, "改为更高的版本号")


def _line_of(path: str, beginning: str) -> tuple[int, int]:
    lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(beginning)), 1), 1


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@rule("S010")
def next_year_is_known(context: Context) -> Iterator[Finding]:
    """到了11月，还没有下一年的放假安排，下一年的公示期不能推算。

    国务院办公厅的通知一般在11月公布；公布以后在工作台的“放假安排”页粘贴录入，或者写入
    content/calendar.yaml。
    """
    if context.now is None:
        return
    year = missing_year(context.tree.calendar, context.now.astimezone(SHANGHAI).date())
    if year is not None:
        path = f"{context.tree.content[0]}/calendar.yaml"
        message, remedy = f"没有{year}年的放假安排", "国务院办公厅的通知公布以后录入"
        yield Finding(path, (1, 1), message, remedy, Severity.WARNING)


CLOCK_RULES = (next_year_is_known,)
TREE_RULES = (
    versions_rise,
    wrong_words_can_be_read,
    caps_name_known_places,
    metadata_is_complete,
    guide_is_whole,
    pages_are_there,
    questions_are_there,
    editions_are_there,
    beginnings_can_be_set_in,
)
