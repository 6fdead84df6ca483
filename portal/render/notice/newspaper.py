"""Copy that a newspaper can set at once: a full and a short form (docs/domain.md §6)."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from portal.domain.awards import Sort
from portal.domain.dates import write_date, write_minute
from portal.domain.notice import Kind, ListOrder
from portal.render.blocks import body_blocks
from portal.render.fullwidth import character_count, full_width, widened
from portal.render.links import (
    date_line,
    issuer_name,
    page_address,
    permalink,
    terms_of,
    window_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.content.catalogue import Catalogue
    from portal.domain.awards import Category, ListTerms
    from portal.domain.notice import Entry, Notice

_INDENT = "\u3000\u3000"
_STROKE = "（按姓氏笔画为序）"
_RULE = "────────"


def newspaper_text(notice: Notice, catalogue: Catalogue) -> bytes:
    """Full copy, short copy and a note to the editor, without tabs and page furniture.

    Of a withdrawn notice the note alone, after a first line that forbids printing.
    """
    history = catalogue.history(notice)
    sections = []
    if history.withdrawn:
        sections.append("【已撤回，不得刊登】")
    if notice.demonstration:
        sections.append("【演示数据，纯属虚构，不得刊登】")
    if not history.withdrawn:
        sections += [f"{later.short}（本行不刊登）" for later in history.shown]
    for label, copy in (
        ("全文稿", full_copy(notice, catalogue)),
        ("简讯稿", short_copy(notice, catalogue)),
    ):
        if history.withdrawn:
            break
        count = sum(character_count(line) for line in copy)
        sections += [f"{_RULE} {label}（共{count}字） {_RULE}", *copy, ""]
    sections += [f"{_RULE} 编辑须知（不刊登） {_RULE}", *editor_notes(notice, catalogue)]
    return ("\r\n".join(sections) + "\r\n").encode("utf-8-sig")


def full_copy(notice: Notice, catalogue: Catalogue) -> list[str]:
    """Headline, text, the whole list, and window and channels as one paragraph."""
    copy = [full_width(notice.title), *_body(notice, catalogue)]
    copy += _listing(notice, catalogue)
    copy += [_INDENT + full_width(sentence) for sentence in notice.told]
    if notice.window:
        copy.append(_INDENT + window_sentence(notice, notice.window, catalogue))
    copy += _signature(notice, catalogue)
    return copy


def short_copy(notice: Notice, catalogue: Catalogue) -> list[str]:
    """Headline, counts instead of names, where the whole list stands, and the window."""
    copy = [full_width(notice.title)]
    sentence = f"{issuer_name(notice, catalogue)}{write_date(notice.published)}发布公告："
    if notice.entries:
        kind = "表彰" if notice.kind is Kind.DECISION else "公示"
        copy.append(
            f"{_INDENT}{sentence}{kind}{_counts(notice.entries, terms_of(notice, catalogue))}。"
            f"名单详见：{permalink(notice, catalogue)}"
        )
    else:
        first = next(iter(_body(notice, catalogue)), "").strip()
        copy.append(f"{_INDENT}{sentence}{first}全文详见：{permalink(notice, catalogue)}")
    if notice.window:
        copy.append(_INDENT + window_sentence(notice, notice.window, catalogue))
    return copy


def editor_notes(notice: Notice, catalogue: Catalogue) -> list[str]:
    """What an editor must know and no reader sees: version, corrections, where to check."""
    notes = [
        f"发布单位：{issuer_name(notice, catalogue)}",
        f"发布时间：{write_minute(notice.published)}",
        f"版次：第{notice.revision}版（{write_minute(notice.updated)}）",
        f"核对网址：{permalink(notice, catalogue)}",
        f"源文指纹（SHA-256）：{notice.digest}",
    ]
    for later in reversed(catalogue.history(notice).shown):
        other = f"，{page_address(later.by, catalogue)}" if later.by else "此前稿件以本稿为准。"
        notes.append(later.sentence + other)
    if notice.order is ListOrder.STROKE:
        notes.append("个人名单按姓氏笔画为序，排版时请勿改动次序。")
    return notes


def _body(notice: Notice, catalogue: Catalogue) -> list[str]:
    lines = []
    for block in body_blocks(notice, catalogue):
        if block.kind == "table":
            lines += [_INDENT + "；".join(_cells(row)) + "。" for row in block.rows[block.heads :]]
        else:
            marker = f"{block.marker} " if block.marker and block.marker != "•" else ""
            lines += [
                _INDENT + marker + full_width(line.strip())
                for line in block.text.split("\n")
                if line.strip()
            ]
    return lines


def _cells(row: Sequence[Iterable[object]]) -> list[str]:
    texts = ["".join(getattr(run, "text", "") for run in cell).strip() for cell in row]
    return [full_width(text) for text in texts if text]


def _listing(notice: Notice, catalogue: Catalogue) -> list[str]:
    """The list by grade and class: `类别（N名）（按姓氏笔画为序）`, then the names."""
    lines: list[str] = []
    terms = terms_of(notice, catalogue)
    for grade in (*terms.grades, None):
        chosen = [entry for entry in notice.entries if entry.grade == grade]
        if grade and chosen:
            lines.append(f"{_INDENT}{grade}（{len(chosen)}个）")
        for category in terms.categories:
            members = [entry for entry in chosen if entry.category == category]
            if members:
                lines += _class(category, members, notice)
    return lines


def _class(category: Category, members: list[Entry], notice: Notice) -> list[str]:
    order = _STROKE if category.individual and notice.order is ListOrder.STROKE else ""
    heading = f"{_INDENT}{category}（{len(members)}{category.sort.measure}）{order}"
    if category.sort is Sort.ORGANIZATION:
        return [heading, _INDENT + " ".join(full_width(entry.name) for entry in members)]
    if any(entry.apart or entry.position for entry in members):
        return [heading, *(_INDENT + _person(entry) for entry in members)]
    return [heading, _INDENT + " ".join(widened(full_width(entry.name)) for entry in members)]


def _person(entry: Entry) -> str:
    post = full_width(entry.apart + entry.position)
    return f"{widened(full_width(entry.name))} {post}".rstrip()


def _counts(entries: Sequence[Entry], terms: ListTerms) -> str:
    """Counts by grade and class: 质量奖组织2个，提名奖组织3个、个人2名."""
    order: dict[str, int] = {grade: n for n, grade in enumerate(terms.grades)}
    ranked = sorted(entries, key=lambda entry: order.get(entry.grade or "", len(order)))
    parts = []
    for grade, group in groupby(ranked, key=lambda entry: entry.grade):
        members = list(group)
        parts.append((grade or "") + counted(members))
    return "，".join(parts)


def counted(entries: Sequence[Entry]) -> str:
    """How many entries of each sort: 组织3个、个人2名."""
    sorts = Counter(entry.category.sort for entry in entries)
    return "、".join(f"{s.label}{sorts[s]}{s.measure}" for s in Sort if sorts[s])


def _signature(notice: Notice, catalogue: Catalogue) -> list[str]:
    return [_INDENT + issuer_name(notice, catalogue), _INDENT + date_line(notice)]
