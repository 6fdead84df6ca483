"""Two texts of a notice side by side: plain data for the page that shows what a revision did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.differences import (
    Stretch,
    entry_pairs,
    entry_text,
    entry_words,
    moved,
    paragraph_pairs,
    paragraph_words,
    ranges,
    stretches,
)
from portal.render.blocks import html_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from portal.content.catalogue import Catalogue
    from portal.domain.differences import EntryPair, Pair
    from portal.domain.notice import Attachment, Notice, Revision
    from portal.render.blocks import Block, Run

# Beside what changed a reader needs no more than the paragraph before and after.
_AROUND = 1


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row of a comparison. One that is `folded` stands for many and says so in its label."""

    label: str
    before: tuple[Stretch, ...] = ()
    after: tuple[Stretch, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs: `words`, one sentence each, and the rows of the text and of the list."""

    words: tuple[str, ...]
    text: tuple[ComparedRow, ...]
    entries: tuple[ComparedRow, ...]


def compare(catalogue: Catalogue, notice: Notice, old: Revision, new: Revision) -> Comparison:
    """Two texts of a notice, the earlier first."""
    pairs = paragraph_pairs(_paragraphs(catalogue, old.body), _paragraphs(catalogue, new.body))
    entries = entry_pairs(old.entries, new.entries)
    names = f"第{old.number}版", f"第{new.number}版"
    retitled = old.title != new.title
    words = (
        *((f"标题由“{old.title}”改为“{new.title}”",) if retitled else ()),
        *paragraph_words(pairs, *names),
        *entry_words(entries),
        *(("名单的次序有改动",) if moved(entries) else ()),
        *_file_words(notice.files_of(old), notice.files_of(new)),
        *(("公示期延长，见修订说明",) if new.extensions > old.extensions else ()),
    )
    title = (ComparedRow("标题改写", *stretches(old.title, new.title)),) if retitled else ()
    rows = () if all(pair.same for pair in pairs) else tuple(_folded(pairs))
    return Comparison(words, (*title, *rows), tuple(_entry_rows(entries)))


def _paragraphs(catalogue: Catalogue, body: str) -> list[str]:
    return [text for block in html_blocks(catalogue.html(body)) for text in _lines(block)]


def _lines(block: Block) -> Iterator[str]:
    """A block's text; a table's row by row. Where a link leads is part of what it says."""
    if block.rows:
        yield from (" | ".join(map(_said, row)) for row in block.rows)
    else:
        yield f"{block.marker} {_said(block.runs)}".strip()


def _said(runs: Sequence[Run]) -> str:
    said = ""
    for n, run in enumerate(runs):
        said += run.text
        ends = n + 1 == len(runs) or runs[n + 1].link != run.link
        if run.link and ends and run.link.partition(":")[2] != run.text:
            said += f"（{run.link}）"
    return said


def _folded(pairs: Sequence[Pair]) -> Iterator[ComparedRow]:
    """The rows of a text; long runs without a change are told in one row."""
    changed = [n for n, pair in enumerate(pairs) if not pair.same]
    shown = {n + d for n in changed for d in range(-_AROUND, _AROUND + 1)}
    hidden: list[Pair] = []
    for n, pair in enumerate(pairs):
        if n not in shown:
            hidden.append(pair)
            continue
        yield from _hidden(hidden)
        hidden = []
        yield ComparedRow(_label(pair), pair.before, pair.after)
    yield from _hidden(hidden)


def _hidden(pairs: Sequence[Pair]) -> Iterator[ComparedRow]:
    if pairs:
        yield ComparedRow(f"{ranges([pair.new for pair in pairs])}没有改动", folded=True)


def _label(pair: Pair) -> str:
    if not pair.old:
        return f"新增第{pair.new}段"
    if not pair.new:
        return f"删去第{pair.old}段"
    return f"第{pair.new}段" + ("" if pair.same else "改写")


def _entry_rows(pairs: Iterable[EntryPair]) -> Iterator[ComparedRow]:
    for pair in pairs:
        if pair.same:
            continue
        before = entry_text(pair.before) if pair.before else ""
        after = entry_text(pair.after) if pair.after else ""
        label = "改动" if before and after else "删去" if before else "新增"
        yield ComparedRow(label, *stretches(before, after))


def _file_words(old: Iterable[Attachment], new: Iterable[Attachment]) -> Iterator[str]:
    before = {file.name: file.sha256 for file in old}
    after = {file.name: file.sha256 for file in new}
    for what, names in (
        ("新增附件", [name for name in after if name not in before]),
        ("删去附件", [name for name in before if name not in after]),
        ("更换附件", [name for name in after if before.get(name, after[name]) != after[name]]),
    ):
        if names:
            yield f"{what}：{'、'.join(names)}"
