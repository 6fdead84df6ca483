"""Beginnings: reads content/texts/<name>.md, the words that a notice of a kind begins with.

    ---
    title: 关于表彰{奖项名称}获奖组织和个人的决定
    ---
    决定对{奖项名称}的下列获奖组织和个人予以表彰，共{名单构成}。

What stands in braces is set in. A paragraph whose fact there is none of, such as 地址 of an office
that gives none, is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.content.files.frontmatter import decode, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from portal.errors import Issue

TEXTS = "texts"

FACTS = (
    *("奖项名称", "届次", "公告种类", "县区", "发布单位", "联系电话", "电子邮箱", "地址"),
    *("公示期", "公示起始日", "公示截止日", "公示期长度", "延长的长度", "延长后截止日"),
    *("名单构成", "组织数", "个人数", "总数", "名额设置", "名额使用"),
    *("环节", "进展", "异议情况"),
    *("推荐限额", "报送期限", "评选程序", "原公告", "原发布日期", "原因"),
)
"""What can be set in; `portal.editorial.facts` says what each is."""

FACT = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True, slots=True)
class BeginningText:
    """The words that a notice begins with; empty where the office has none for its kind."""

    title: str = ""
    body: str = ""


def texts_in(content: Path) -> Iterator[Path]:
    """The files of all beginnings of a content folder."""
    yield from sorted((content / TEXTS).glob("*.md"))


def read_beginning(content: Sequence[Path], name: str) -> BeginningText:
    """The beginning of a kind or later act, from the first folder that has a sound one."""
    for folder in content:
        path = folder / TEXTS / f"{name}.md"
        text, issues = check_beginning(path) if path.is_file() else (BeginningText(), ())
        if path.is_file() and not issues:
            return text
    return BeginningText()


def check_beginning(path: Path) -> tuple[BeginningText, tuple[Issue, ...]]:
    """A beginning with the faults of its file; one that sets in what nobody knows is at fault."""
    faults = Faults(str(path))
    text = decode(path.read_bytes(), faults)
    matter = split(text, faults) if text is not None else None
    if matter is None:
        return BeginningText(), tuple(faults.issues)
    fields = Fields(matter.values, matter.places, faults)
    title = fields.text("title")
    fields.done()
    for match in FACT.finditer(title):
        _check(match, fields.at("title"), faults)
    for number, line in enumerate(matter.body.split("\n"), matter.body_line):
        for match in FACT.finditer(line):
            _check(match, (number, match.start() + 1), faults)
    return BeginningText(title, matter.body), tuple(faults.issues)


def _check(match: re.Match[str], at: tuple[int, int], faults: Faults) -> None:
    if match[1] not in FACTS:
        message = f"“{match.group()}”不是可以填入的内容"
        faults.add("S009", message, f"可用：{'、'.join(f'{{{name}}}' for name in FACTS)}", at)
