"""What a notice's PDF and Word file both say, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.dates import write_date, write_minute
from portal.domain.list_tables import list_tables
from portal.domain.phrases import title_lines
from portal.render.blocks import as_printed, body_blocks, plain
from portal.render.column_widths import BODY_CELL_PT, TEXT_WIDTH_MM, column_widths, ems
from portal.render.glyphs import plain_text
from portal.render.links import date_line, issuer_name, permalink, window_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.content.catalogue import Catalogue
    from portal.domain.history import History
    from portal.domain.notice import Notice
    from portal.render.blocks import Block, Run
    from portal.render.column_widths import Widths

TITLE_EMS = TEXT_WIDTH_MM * 72 / 25.4 / 22
"""How many characters of 2号 (22 pt) a line of the title holds."""
_GROUP = 8


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table of the list; `caption` is empty where it is the only one.

    `widths` in millimetres; words of up to `kept_whole` characters are not broken.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: Widths
    kept_whole: int


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """The parts of the document, top to bottom; `facts` stand in the foot of the last page.

    `marks` stand in the head of every page; `heading` is the title as file properties have it.
    `title` is in lines. `copied_to` and `printed` (who, when) are the lines of 版记, or empty.
    """

    marks: tuple[str, ...]
    heading: str
    title: tuple[str, ...]
    number: str
    issuer: str
    blocks: tuple[Block, ...]
    tables: tuple[DocumentTable, ...]
    closing: tuple[str, ...]
    attachments: tuple[str, ...]
    date: str
    seal: bool
    copied_to: str
    printed: tuple[str, str] | None
    facts: tuple[tuple[str, str], ...]
    url: str


def notice_document(notice: Notice, catalogue: Catalogue) -> NoticeDocument:
    """The document of a notice's current revision.

    A later notice that corrects or withdraws it changes the file, which is then entered into the
    ledger again. A notice with a document number is one that will be sealed.
    """
    window = (window_sentence(notice, notice.window, catalogue),) if notice.window else ()
    told = tuple(map(plain_text, notice.told))
    history = catalogue.history(notice)
    url = permalink(notice, catalogue)
    title = plain_text(notice.title)
    printer = notice.printed_by or issuer_name(notice, catalogue)
    return NoticeDocument(
        marks=tuple(map(plain_text, page_marks(notice, history))),
        heading=plain_text(history.mark + notice.title),
        title=tuple(title_lines(title, TITLE_EMS, ems)),
        number=notice.number,
        issuer=issuer_name(notice, catalogue),
        blocks=as_printed(body_blocks(notice, catalogue), url),
        tables=_tables(notice, catalogue.site.words.county),
        closing=(*told, *window),
        attachments=attachment_titles(notice),
        date=date_line(notice),
        seal=bool(notice.number),
        copied_to=notice.copied_to.rstrip("。"),
        printed=(printer, f"{write_date(notice.printed)}印发") if notice.printed else None,
        facts=tuple(_facts(notice, catalogue)),
        url=url,
    )


def _tables(notice: Notice, county_word: str) -> tuple[DocumentTable, ...]:
    """The tables that the page shows, each with its own column widths."""
    found = []
    tables = list_tables(notice, county_word)
    for table in tables:
        head = ("序号", *table.header)
        rows = [
            (str(number), *map(plain_text, row))
            for number, row in zip(table.numbers, table.rows, strict=True)
        ]
        widths, kept_whole = column_widths(head, rows)
        caption = table.caption if len(tables) > 1 else ""
        found.append(DocumentTable(caption, head, tuple(rows), widths, kept_whole))
    return tuple(found)


def body_widths(rows: Sequence[Sequence[Sequence[Run]]]) -> Widths:
    """Millimetres of the columns of a table in the text, by what it holds."""
    if not rows:
        return ()
    columns = max(map(len, rows))
    cells = [[*map(plain, row), *[""] * (columns - len(row))] for row in rows]
    return column_widths(cells[0], cells[1:], BODY_CELL_PT)[0]


def attachment_titles(notice: Notice) -> tuple[str, ...]:
    """What 附件说明 names: titles, not files; one that is there in two formats counts once."""
    names = (plain_text(file.name.rpartition(".")[0] or file.name) for file in notice.attachments)
    return tuple(dict.fromkeys(names))


def page_marks(notice: Notice, history: History) -> tuple[str, ...]:
    """What every page says before its text: that it is fictional, and what came later."""
    demonstration = ("【演示数据，纯属虚构】",) if notice.demonstration else ()
    newest = {later.act: later.short for later in reversed(history.shown)}
    return (*demonstration, *newest.values())


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
