"""A notice's body as blocks, which PDF, Word and newspaper copy all set from.

The blocks are read from the same sanitised HTML that the page shows, so that no output can say
something that another leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; `link` is an address or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `kind` is heading, paragraph, addressee, item, quote or table.

    `level` is a heading's level (2 to 4) or an item's depth; `marker` is an item's number or
    bullet; `rows` are a table's rows of cells, `heads` how many of them repeat on every page.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    marker: str = ""
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()
    heads: int = 0

    @property
    def text(self) -> str:
        """The block's text without styles."""
        return plain(self.runs)


def plain(runs: Iterable[Run]) -> str:
    """Text of runs without styles."""
    return "".join(run.text for run in runs)


def body_blocks(notice: Notice, catalogue: Catalogue) -> tuple[Block, ...]:
    """The blocks of a notice's body."""
    return html_blocks(catalogue.html(notice.body))


def html_blocks(html: str) -> tuple[Block, ...]:
    """The blocks of sanitised HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return tuple(reader.blocks)


# 主送机关: bodies by their names and a colon; 现将名单公示如下： is none.
_BODIES = "政府|局|委|办|办公室|部门|单位|企业|公司|机关|组织|团体|院|校|会|中心|站|厅|队"
_ADDRESSEE = re.compile(rf"(?:各[^。；！？：]{{1,80}}|[^。；！？：]{{0,80}}(?:{_BODIES}))：")
_OPENS_A_LIST = ("如下：", "以下：", "下列：")
_WHOLE = ("https://", "http://", "mailto:")


def as_printed(blocks: Iterable[Block], base: str) -> tuple[Block, ...]:
    """Blocks for paper: links are whole addresses, said in brackets, and 主送机关 is told apart.

    `base` is the address of the notice's page, from which its own links lead on.
    """
    found = [
        replace(
            block,
            runs=_with_addresses(block.runs, base),
            rows=tuple(tuple(_with_addresses(cell, base) for cell in row) for row in block.rows),
        )
        for block in blocks
    ]
    if found and found[0].kind == "paragraph" and _is_addressee(found[0].text):
        found[0] = replace(found[0], kind="addressee")
    return tuple(found)


def _is_addressee(text: str) -> bool:
    return bool(_ADDRESSEE.fullmatch(text)) and not text.endswith(_OPENS_A_LIST)


def _address(link: str, base: str) -> str:
    """Where a link of the text leads, in full; empty where it leads nowhere from paper."""
    try:
        whole = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return whole if whole.startswith(_WHOLE) else ""


def _with_addresses(runs: Iterable[Run], base: str) -> tuple[Run, ...]:
    """Runs with whole addresses as links; after the last run of each stands its address."""
    found: list[Run] = []
    pending = list(runs)
    said = ""
    for number, run in enumerate(pending):
        link = _address(run.link, base)
        said += run.text if link else ""
        found.append(replace(run, link=link))
        ends = number + 1 == len(pending) or pending[number + 1].link != run.link
        if link and ends:
            address = link.removeprefix("mailto:")
            if address not in said:
                found.append(Run(f"（{address}）", run.bold, run.italic, link))
            said = ""
    return tuple(found)


_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_FLOW = {"p", "pre", "dt", "dd"} | _HEADINGS.keys()


@dataclass
class _List:
    ordered: bool
    count: int = 0


@dataclass
class _Reader(HTMLParser):
    """Collects blocks while the parser walks the elements."""

    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    rows: list[list[tuple[Run, ...]]] = field(default_factory=list)
    heads: int = 0
    level: int = 0
    bold: int = 0
    italic: int = 0
    quote: int = 0
    links: list[str] = field(default_factory=list)
    marker: str = ""
    in_table: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        values = {name: value or "" for name, value in attrs}
        if tag in _FLOW:
            self._end_flow()
            self.level = _HEADINGS.get(tag, 0)
        elif tag in {"ul", "ol"}:
            self._end_flow()
            start = values.get("start", "")
            self.lists.append(_List(tag == "ol", int(start) - 1 if start.isdecimal() else 0))
        elif tag == "li":
            self._end_flow()
            self.marker = self._next_marker()
        elif tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "img":
            self._add(f"（图：{values.get('alt') or '见网页'}）")
        elif tag == "br":
            self._add("\n")
        else:
            self._open_style(tag)

    def _open_style(self, tag: str) -> None:
        if tag in {"strong", "b"}:
            self.bold += 1
        elif tag in {"em", "i"}:
            self.italic += 1
        elif tag == "blockquote":
            self._end_flow()
            self.quote += 1
        elif tag == "table":
            self._end_flow()
            self.in_table, self.rows, self.heads = True, [], 0
        elif tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in _FLOW or tag == "li":
            self._end_flow()
        elif tag in {"ul", "ol"} and self.lists:
            self._end_flow()
            self.lists.pop()
        elif tag == "a" and self.links:
            self.links.pop()
        elif tag in {"th", "td"}:
            self.rows[-1].append(tuple(self.runs))
            self.runs = []
        elif tag == "thead":
            self.heads = len(self.rows)
        else:
            self._close_style(tag)

    def _close_style(self, tag: str) -> None:
        if tag in {"strong", "b"}:
            self.bold -= 1
        elif tag in {"em", "i"}:
            self.italic -= 1
        elif tag == "blockquote":
            self._end_flow()
            self.quote -= 1
        elif tag == "table":
            rows = tuple(tuple(row) for row in self.rows)
            self.blocks.append(Block("table", rows=rows, heads=self.heads))
            self.in_table, self.runs = False, []

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self.in_table and not data.strip():
            return
        self._add(data.replace("\n", " "))

    def finish(self) -> None:
        """Close what the text left open."""
        self._end_flow()

    def _add(self, text: str) -> None:
        link = self.links[-1] if self.links else ""
        self.runs.append(Run(text, self.bold > 0, self.italic > 0, link))

    def _next_marker(self) -> str:
        if not self.lists:
            return "•"
        top = self.lists[-1]
        top.count += 1
        return f"{top.count}." if top.ordered else "•"

    def _end_flow(self) -> None:
        runs = _trimmed(self.runs)
        self.runs = []
        level, self.level = self.level, 0
        if not runs or self.in_table:
            return
        if level:
            self.blocks.append(Block("heading", runs, level))
        elif self.lists:
            self.blocks.append(Block("item", runs, len(self.lists), self.marker))
            self.marker = ""
        else:
            self.blocks.append(Block("quote" if self.quote else "paragraph", runs))


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Runs without blanks at either end; empty when nothing is left."""
    kept = list(runs)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        first, last = kept[0], kept[-1]
        kept[0] = Run(first.text.lstrip(), first.bold, first.italic, first.link)
        last = kept[-1]
        kept[-1] = Run(last.text.rstrip(), last.bold, last.italic, last.link)
    return tuple(kept)
