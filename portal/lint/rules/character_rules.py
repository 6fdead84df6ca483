"""C: characters that nobody sees, that others cannot read, or that the documents cannot print."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.content.fonts import missing_glyphs
from portal.content.notice.notice_folder import REVISIONS
from portal.domain.characters import clean, shown
from portal.errors import Severity
from portal.lint.rules.rule import rule
from portal.lint.rules.subjects import Prose, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portal.domain.characters import Remark
    from portal.lint.rules.rule import Finding

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COLUMNS = (("名称", "name"), ("工作单位", "employer"), ("职务", "position"), ("县区", "county"))

_clean = lru_cache(maxsize=4)(clean)  # each text is asked for by four rules in turn


@rule("C001")
def readable_everywhere(prose: Prose) -> Iterator[Finding]:
    """文字里有别的电脑显示不出来的字：自造字（私用区）、转换编码时丢失的字（�）、没有定义的字符。

    多半来自旧的输入法或旧系统的造字。查出本字，用标准字库中的字代替；确实没有的，用偏旁说明，并与本人
    核对。
    """
    for remark, many in _distinct(_clean(prose.text).refused):
        yield prose.find(remark.offset, remark.message + many, "照原件改正", _severity(prose))


@rule("C002")
def nothing_unseen(prose: Prose) -> Iterator[Finding]:
    """文字里有看不见的字符、部首字形、不规范的间隔号，或者形同拉丁字母的别的字母。

    控制字符、零宽字符、方向控制符、软连字符看不见，却使同一个名称前后不一致，查找和比对都会出错；从
    PDF 复制的“⻢”是部首，不是“马”；少数民族姓名的间隔号用“·”；
    拉丁字母的词里混有西里尔或希腊字母的，查找时找不到。导入时会自动改正。正文中不影响名称的
    只提醒。
    """
    for remark, many in _distinct(_clean(prose.text).changes):
        soft = prose.markdown and not _CONTROL.match(remark.found)
        severity = Severity.WARNING if soft else _severity(prose)
        remedy = f"改为“{remark.instead}”" if remark.instead.strip() else "删去这个字符"
        message = f"{_what(remark)}{many}"
        found = prose.find(remark.offset, message, remedy, severity)
        # What holds a line end has no place on one line.
        one_line = "\n" not in remark.found + remark.instead
        yield found.mended(remark.found, remark.instead) if one_line else found


@rule("C003")
def nothing_lost(prose: Prose) -> Iterator[Finding]:
    """汉字之间有问号或空框，可能是丢失的字；汉字后面有附加符号；一个词里混有几种字母。

    用 Excel 把名单存成 CSV 时，GBK 没有的字会变成“?”。与原件核对；确实是问号的，用全角“？”。
    """
    for remark, many in _distinct(_clean(prose.text).doubts):
        yield prose.find(remark.offset, remark.message + many, "照原件改正", Severity.WARNING)


@rule("C004")
def names_are_whole(subject: Subject) -> Iterator[Finding]:
    """名单的名称、工作单位、职务或县区里有丢失的字、不规范的间隔号、附加符号或合成的符号。

    名称中的问号和空框是转换编码时丢失的字；“买买提.艾力”的间隔号应为“·”；“㈱”写作“（株）”。
    """
    entries = subject.notice.entries
    whole = "\n".join(getattr(entry, name) for entry in entries for _, name in _COLUMNS)
    if not clean(whole, name=True).remarks:
        return
    for entry in entries:
        for column, name in _COLUMNS:
            value = getattr(entry, name)
            known = {(r.offset, r.found) for r in (*clean(value).refused, *clean(value).changes)}
            for remark in clean(value, name=True).remarks:
                if (remark.offset, remark.found) not in known:
                    remedy = f"改为“{remark.instead}”" if remark.instead else "照原件改正"
                    yield subject.in_list(entry, column, _what(remark), remedy)


@rule("C005")
def every_character_has_a_glyph(subject: Subject) -> Iterator[Finding]:
    """公告里有排版字体没有的字，PDF 印不出来。

    先核对用字。姓名确实用这个字的（多为扩展E至I区的生僻字），把有这个字的字体文件放进 fonts
    文件夹，运行 portal setup --added fonts，办法见 docs/documents.md。
    """
    title = Prose(subject.source.text_path, subject.notice.title)
    texts = [title, subject.body]
    if subject.source.table is not None:
        texts.append(Prose(subject.source.list_path, subject.source.table.text))
    for prose in texts:
        unreadable = {remark.found for remark in _clean(prose.text).refused}
        for character in missing_glyphs(prose.text):
            if character in unreadable:
                continue
            message = f"{shown(character)}在排版字体中没有字形"
            remedy = "核对用字；确需使用的，加一个有这个字的字体（docs/documents.md）"
            if prose is title:
                yield subject.on("title", f"标题中的{message}", remedy)
            else:
                yield prose.find(prose.text.index(character), message, remedy)


def _distinct(remarks: Iterable[Remark]) -> Iterator[tuple[Remark, str]]:
    """The first remark of each character, with how many more there are."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks:
        found.setdefault(remark.found, []).append(remark)
    for same in found.values():
        yield same[0], f"（共{len(same)}处）" if len(same) > 1 else ""


def _severity(prose: Prose) -> Severity:
    """An earlier text cannot be changed any more."""
    return Severity.WARNING if f"/{REVISIONS}/" in prose.path else Severity.ERROR


def _what(remark: Remark) -> str:
    """A change that a cleaner would tell, as what is wrong."""
    return remark.message.replace("去掉了", "有").replace("改为", "应为")


TEXT_RULES = (readable_everywhere, nothing_unseen, nothing_lost)
RULES = (names_are_whole, every_character_has_a_glyph)
