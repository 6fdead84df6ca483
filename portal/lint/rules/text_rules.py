"""T: what the text says against what the header, the list and the files say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.dates import find_dates, write_date
from portal.domain.text import halfwidth, holds_any
from portal.errors import Severity, Stage
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.subjects import Passage, Prose, Subject

_EDITION = re.compile(r"(?:第[一二三四五六七八九十]{1,3}|首)届(?=[^，。；、\n]{0,8}质量奖)")
_OF_COUNTY = r"(?=[^，。；\n]{0,8}(?:名单|推荐|公示))"
_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r" {0,3}\((?:星期|周)([一二三四五六日天])\)")
_HOUR = re.compile(
    r" {0,3}(?:\([^)]{1,6}\))? {0,3}"
    r"(?P<hour>(?:上午|下午|晚上?)? {0,2}\d{1,2} {0,2}(?:[:时点])\d{0,2}分?)"
)
_MIDNIGHT = re.compile(r"24|23[:时点]59|(?<!\d)0[:时点]")
_PLACEHOLDER = re.compile(
    r"[X×✕Ｘ]{2,}|(?<![A-Za-z])x{3,}(?![A-Za-z])|[（(【\[]?(?:待填写?|待补充?|待定|此处填写?)[）)】\]]?"
    r"|[?？]{3,}|_{4,}|TODO|(?<!\d)0000年|\{[\u4e00-\u9fff]{1,12}\}"
)
_OF_A_PLACEHOLDER = "X×✕Ｘx待此?？_T{"
_NAMES = "张三 李四 王五 某某 张吉惟 林国瑞 林玟书 林雅南 江奕云 刘柏宏 阮建安 林子帆 夏志豪"
_SAMPLE_NAMES = frozenset(_NAMES.split())
_NAMED_FILE = re.compile(
    r"附件\d{0,2}[:：]?[^\n]{0,40}?(?P<name>[^\s:：、，。；《》“”()（）]{1,40}"
    r"\.(?:docx?|xlsx?|pdf|zip|wps|et|jpe?g|png))",
    re.IGNORECASE,
)
_ORDER = re.compile(r"^\d{1,2}[.．、]\s*")
_CHANNEL = re.compile(
    r"\d{3,4}-\d{7,8}|(?<!\d)\d{7,8}(?!\d)|@[\w-]+\.|[路街道巷]\d{1,4}号|地址[:：]"
)
_CUT = re.compile(
    r"^(?P<key>[a-z-]+):[ \t]+(?P<value>[^\"'\[{#\n][^\n]*?)[ \t]#[^\n]*$", re.MULTILINE
)
_FROM_NOW = re.compile(r"即日起")


@rule("T001")
def edition_is_the_notices_own(subject: Subject) -> Iterator[Finding]:
    """标题或正文写的届次与 edition 不一致；正文里可能说的是往届，只提醒。"""
    right = subject.edition.short
    if not re.fullmatch(r"(?:第[一二三四五六七八九十]{1,3}|首)届", right):
        return
    same = {right, "第一届" if right == "首届" else right, "首届" if right == "第一届" else right}
    for match in _EDITION.finditer(subject.notice.title):
        if match.group() not in same:
            message = f"标题写“{match.group()}”，而本公告属于{right}"
            yield subject.on("title", message, "更正标题，或更正 edition")
    for match in _EDITION.finditer(subject.notice.body):
        if match.group() not in same:
            message = f"正文写“{match.group()}”，而本公告属于{right}"
            remedy = "核对；确实说的是往届的不用改"
            yield subject.body.find(match.start(), message, remedy, Severity.WARNING)


@rule("T002")
def county_is_the_texts_own(subject: Subject) -> Iterator[Finding]:
    """县（区）公示的标题或正文写了别的县（区）的名单。"""
    site = subject.context.tree.site
    if site is None or not subject.notice.kind.has_window or not subject.county:
        return
    others = [c.name for c in site.counties.values() if c.name != subject.county]
    pattern = re.compile(f"(?:{'|'.join(map(re.escape, others))}){_OF_COUNTY}")
    for prose in (None, subject.body):
        for match in pattern.finditer(subject.notice.title if prose is None else prose.text):
            message = f"写了“{match.group()}”，而这是{subject.county}的公示"
            if prose is None:
                yield subject.on("title", f"标题{message}", "更正标题，或更正 county")
            else:
                yield prose.find(match.start(), f"正文{message}", "更正正文，或更正 county")


@rule("T003")
def weekdays_are_right(subject: Subject) -> Iterator[Finding]:
    """正文的日期后面写的星期几不对。"""
    plain = halfwidth(subject.notice.body)
    for found in find_dates(plain, subject.year):
        match = _WEEKDAY.match(plain, found.span[1])
        right = _WEEKDAYS[found.date.weekday()]
        if match and match[1].replace("天", "日") != right:
            message = f"{write_date(found.date)}是星期{right}，正文写星期{match[1]}"
            yield subject.body.find(match.start(1), message, f"改为“星期{right}”，或核对日期")


@rule("T004")
def the_last_day_is_whole(subject: Subject) -> Iterator[Finding]:
    """正文给公示期的最后一天写了钟点，而网上受理到这一天24时。

    到访和电话的办公时间另写一句，不要写成公示期的截止时刻。
    """
    window = subject.notice.window
    if window is None:
        return
    plain = halfwidth(subject.notice.body)
    for found in find_dates(plain, subject.year):
        match = _HOUR.match(plain, found.span[1])
        if found.date == window.closes and match and not _MIDNIGHT.search(match["hour"]):
            message = (
                f"正文写公示期到{write_date(found.date)}{match['hour'].strip()}，网上受理到24时"
            )
            yield subject.body.find(match.start("hour"), message, "删去钟点；办公时间另写一句")


@rule("T005")
def nothing_is_left_to_fill_in(prose: Prose) -> Iterator[Finding]:
    """留有没有填写的地方：XX、××、待填、？？？、____、{公示期}。"""
    if not holds_any(prose.text, _OF_A_PLACEHOLDER) and "0000年" not in prose.text:
        return
    for match in _PLACEHOLDER.finditer(prose.text):
        yield prose.find(match.start(), f"“{match.group()}”没有填写", "填写，或删去这一处")


@rule("T006", Stage.PUBLISH)
def nobody_is_a_sample(subject: Subject) -> Iterator[Finding]:
    """名单里有范例常用的姓名，如张三、张吉惟，可能是忘了换掉的样例。"""
    if subject.notice.demonstration:
        return
    for entry in subject.notice.entries:
        if entry.category.individual and entry.name in _SAMPLE_NAMES:
            message = f"“{entry.name}”是范例常用的姓名"
            yield subject.in_list(entry, "名称", message, "核对是不是真实姓名", Severity.WARNING)


@rule("T007")
def named_attachments_are_there(subject: Subject) -> Iterator[Finding]:
    """正文写明的附件文件不在 files/ 里。"""
    present = {file.name for file in subject.notice.attachments}
    for match in _NAMED_FILE.finditer(subject.notice.body):
        name = _ORDER.sub("", match["name"])
        if name not in present and match["name"] not in present and "/" not in name:
            message = f"正文写了附件“{name}”，files/ 里没有"
            yield subject.body.find(match.start("name"), message, "放进 files/，或更正文件名")


@rule("T008", Stage.PUBLISH)
def objections_have_a_channel(subject: Subject) -> Iterator[Finding]:
    """公示没有写明提出异议的电话、邮箱或地址，site.toml 里这个单位也没有，也没有网上异议的公钥。"""
    site, notice = subject.context.tree.site, subject.notice
    if notice.window is None or site is None:
        return
    offices = [site.offices[slug] for slug in (notice.issuer, site.office) if slug in site.offices]
    known = any(office.phone or office.email or office.address for office in offices)
    if not known and not _CHANNEL.search(halfwidth(notice.body)):
        message = "公示没有写明提出异议的电话、邮箱或地址"
        remedy = "写在正文里，或在 site.toml 的 [offices] 填写"
        found = subject.body.find(0, message, remedy, Severity.WARNING)
        yield found.unless("takes_objections", notice.slug)


@rule("T009")
def no_sign_cuts_a_value(subject: Subject) -> Iterator[Finding]:
    """信息头的文字里有井号（#），它和后面的文字都会丢失。"""
    for match in _CUT.finditer(subject.matter.header):
        message = f"“{match['key']}”的井号以后的文字会丢失"
        yield subject.on(match["key"], message, "给整个值加英文引号，或删去注释")


@rule("T010")
def tags_are_apart(subject: Subject) -> Iterator[Finding]:
    """标签里有全角逗号或顿号，几个标签连成了一个。"""
    for tag in subject.notice.tags:
        if re.search(r"[，、；]", tag):
            message = f"标签“{tag}”里有全角标点"
            yield subject.on("tags", message, "用英文逗号分开：tags: [一, 二]")


@rule("T011")
def from_now_is_the_first_day(subject: Subject) -> Iterator[Finding]:
    """正文写“即日起”，而公示不从发布的当天起，或者截止日不对。"""
    notice, window = subject.notice, subject.notice.window
    if window is None:
        return
    plain = halfwidth(notice.body)
    dates = find_dates(plain, subject.year)
    for match in _FROM_NOW.finditer(plain):
        if notice.published.date() != window.opens:
            message = f"正文写“即日起”，而公示从{write_date(window.opens)}起"
            yield subject.body.find(match.start(), message, "写明起止日期")
        for found in dates:
            if 0 <= found.span[0] - match.end() <= 2 and found.date != window.closes:  # noqa: PLR2004
                message = (
                    f"正文写即日起至{write_date(found.date)}，推算至{write_date(window.closes)}"
                )
                yield subject.body.find(found.span[0], message, "改正正文，或更正 window")


@rule("T012")
def words_are_the_offices_own(passage: Passage) -> Iterator[Finding]:
    """用了办公室列为不对的写法，如机构名称、职务的错误写法。

    写法列在 content/wrong-words.txt，每行一条：错的写法，一个空格，对的写法；以井号开头的行不算。
    """
    prose = passage.prose
    for wrong, right in passage.context.wrong_words.pairs:
        start = prose.text.find(wrong)
        while start >= 0:
            message, remedy = f"“{wrong}”应为“{right}”", f"改为“{right}”"
            found = prose.find(start, message, remedy, Severity.WARNING)
            yield found if wrong in right else found.mended(wrong, right)
            start = prose.text.find(wrong, start + len(wrong))


@rule("T013")
def the_offices_program_is_content(passage: Passage) -> Iterator[Finding]:
    """办公室自己的检查程序（设置 PORTAL_CHECKER）提出的，如错别字；只提醒。"""
    prose = passage.prose
    for said in passage.context.checker.ask(prose.text):
        at = (prose.line + said.line - 1, said.column)
        yield Finding(prose.path, at, said.message, "核对原文", Severity.WARNING)


RULES = (
    edition_is_the_notices_own,
    county_is_the_texts_own,
    weekdays_are_right,
    the_last_day_is_whole,
    nobody_is_a_sample,
    named_attachments_are_there,
    objections_have_a_channel,
    no_sign_cuts_a_value,
    tags_are_apart,
    from_now_is_the_first_day,
)
BODY_RULES = (nothing_is_left_to_fill_in,)
PASSAGE_RULES = (words_are_the_offices_own,)
PROSE_RULES = (the_offices_program_is_content,)
