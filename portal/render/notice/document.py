"""What a notice's PDF and Word file both say, and in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.dates import write_minute
from portal.render.blocks import body_blocks
from portal.render.glyphs import plain_text
from portal.render.links import date_line, issuer_name, permalink, window_sentence
from portal.render.notice.list_data import list_rows

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.domain.history import History
    from portal.domain.notice import Notice
    from portal.render.blocks import Block

TEXT_WIDTH_MM = 156.0
_NARROW_EM = 2.0
# Credit codes have 18 characters; rather break long words than let a table run over its edge.
_KEPT_WHOLE = (18, 9, 4)
_WORD = re.compile(r"[!-~]+")
_EM_MM = 10.5 * 25.4 / 72
_INSET_MM = 2.6
_GROUP = 8

Widths = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """The parts of the document, top to bottom; `facts` stand in the foot of the last page.

    `marks` stand in the head of every page; `heading` is the title as file properties have it.
    """

    marks: tuple[str, ...]
    heading: str
    title: str
    number: str
    issuer: str
    blocks: tuple[Block, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: Widths
    kept_whole: int
    closing: tuple[str, ...]
    attachments: tuple[str, ...]
    date: str
    seal: bool
    facts: tuple[tuple[str, str], ...]
    url: str


def notice_document(notice: Notice, catalogue: Catalogue) -> NoticeDocument:
    """The document of a notice's current revision.

    A later notice that corrects or withdraws it changes the file, which is then entered into the
    ledger again. A notice with a document number is one that will be sealed.
    """
    head: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    if notice.entries:
        labels, cells = list_rows(notice, marked=False)
        head = ("序号", *labels)
        rows = [(str(n), *map(plain_text, row)) for n, row in enumerate(cells, start=1)]
    widths, kept_whole = column_widths(head, rows)
    window = (window_sentence(notice, notice.window, catalogue),) if notice.window else ()
    told = tuple(map(plain_text, notice.told))
    history = catalogue.history(notice)
    return NoticeDocument(
        marks=tuple(map(plain_text, page_marks(notice, history))),
        heading=plain_text(history.mark + notice.title),
        title=plain_text(notice.title),
        number=notice.number,
        issuer=issuer_name(notice, catalogue),
        blocks=body_blocks(notice, catalogue),
        head=head,
        rows=tuple(rows),
        widths=widths,
        kept_whole=kept_whole,
        closing=(*told, *window),
        attachments=tuple(attachment.name for attachment in notice.attachments),
        date=date_line(notice),
        seal=bool(notice.number),
        facts=tuple(_facts(notice, catalogue)),
        url=permalink(notice, catalogue),
    )


def page_marks(notice: Notice, history: History) -> tuple[str, ...]:
    """What every page says before its text: that it is fictional, and what came later."""
    demonstration = ("【演示数据，纯属虚构】",) if notice.demonstration else ()
    newest = {later.act: later.short for later in reversed(history.shown)}
    return (*demonstration, *newest.values())


def column_widths(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> tuple[Widths, int]:
    """Millimetres of each column, together the text width, and the longest word kept whole.

    A column gets what its longest text asks for while there is room; then the widest are cut, but
    never below their longest word. Words longer than the second figure may break anywhere.
    """
    if not head:
        return (), 0
    columns = [[label, *(row[i] for row in rows)] for i, label in enumerate(head)]
    wanted = [max(map(_ems, texts)) * _EM_MM + _INSET_MM for texts in columns]
    for longest in (*_KEPT_WHOLE, 0):
        least = [_least(texts, longest) for texts in columns]
        if sum(least) <= TEXT_WIDTH_MM or not longest:
            break
    if sum(wanted) <= TEXT_WIDTH_MM:
        widest = max(range(len(head)), key=lambda i: wanted[i])
        wanted[widest] += TEXT_WIDTH_MM - sum(wanted)
        return tuple(wanted), longest
    low, high = 0.0, TEXT_WIDTH_MM
    for _ in range(40):
        cap = (low + high) / 2
        total = sum(_cut(wanted, least, cap))
        low, high = (cap, high) if total <= TEXT_WIDTH_MM else (low, cap)
    return tuple(round(width, 3) for width in _cut(wanted, least, low)), longest


def _cut(wanted: list[float], least: list[float], cap: float) -> list[float]:
    return [max(low, min(width, cap)) for width, low in zip(wanted, least, strict=True)]


def _least(texts: list[str], longest: int) -> float:
    """Width of the longest word that is kept whole, and of two Chinese characters at least."""
    words = (word for text in texts for word in _WORD.findall(text) if len(word) <= longest)
    return max([_NARROW_EM, *map(_ems, words)]) * _EM_MM + _INSET_MM


def _ems(text: str) -> float:
    """Width in characters; Latin letters as wide as the widest of their kind that is common."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if not char.isascii():
        return 1
    if char.isdigit():
        return 0.48
    if char in "MW@%":
        return 0.95
    return 0.75 if char.isupper() else 0.52


def _facts(notice: Notice, catalogue: Catalogue) -> list[tuple[str, str]]:
    facts = [
        ("网址", permalink(notice, catalogue)),
        ("版次", f"第{notice.revision}版（{write_minute(notice.updated)}发布）"),
    ]
    if notice.revision > 1:
        facts.append(("修订说明", notice.revisions[-1].note))
    target = catalogue.by_slug.get(notice.about) if notice.about else None
    if target:
        facts.append((notice.about_label, f"{target.title}，{permalink(target, catalogue)}"))
    facts.append(("源文指纹（SHA-256）", grouped(notice.digest)))
    line = catalogue.ledger_line(notice.slug, notice.revision)
    # The line holds this file's own fingerprint, so the file can name only the line before.
    entry = f"已登记，上一行指纹 {grouped(line.previous[:16])}" if line else "尚未登记"
    facts.append(("发布台账", entry))
    return facts


def grouped(digest: str) -> str:
    """Hexadecimal digits in groups that a person can compare."""
    return " ".join(digest[i : i + _GROUP] for i in range(0, len(digest), _GROUP))
