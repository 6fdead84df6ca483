"""Office parts: every part of a Word or Excel package, by patterns and not by a parser.

No entity can blow up, and nothing is overlooked: the text of every XML part, the values of its
attributes, and whatever is embedded, to be examined in its turn.
"""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Sequence

LARGEST = 200_000_000
_MEMBERS = 5_000

_XML = (".xml", ".rels", ".vml", ".xhtml", ".html", ".htm")
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_HARMLESS = (".odttf", ".fntdata", ".ttf", ".otf")
_BLANK = re.compile(r"[\r\n\t]+")
# Possessive (`*+`) where nothing given back could match: styles are long, and hold no text at all.
_LEAF = re.compile(r"<(?P<tag>[\w:.-]{1,60}+)(?:\s[^<>]*+)?+>(?P<text>[^<]++)</(?P=tag)>")
_LAST_PARAGRAPH = re.compile(r"</(?:\w{1,20}:)?p>\s{0,9}(?=</(?:\w{1,20}:)?tc>)")
_CELL_END = re.compile(r"</(?:\w{1,20}:)?(?:tc|c)>")
_ROW_END = re.compile(r"</(?:\w{1,20}:)?(?:p|tr|row|si)>|<(?:\w{1,20}:)?br\b[^<>]*>")
# The value of such a cell is the place of a string that stands elsewhere.
_SHARED = re.compile(r"""(?<=t="s">)\s{0,9}<v>\d{1,9}</v>""")
_TAG = re.compile(r"<[^<>]*+>")
_ATTRIBUTE = re.compile(r"""=\s*"([^"<>]{5,4000})"|=\s*'([^'<>]{5,4000})'""")
_TELLING = re.compile(r"[\u4e00-\u9fff]|(?:\d\D{0,2}){7}|[@＠]")
_RUNS = frozenset({"t", "v", "delText", "instrText", "delInstrText"})
_WIDE = " | "


class Part(NamedTuple):
    """A text of a package: the part's name, the paragraph's number in it, the text."""

    name: str
    number: int
    text: str


def check_size(archive: zipfile.ZipFile) -> None:
    """Refuse, by the directory alone, what would unpack without end."""
    members = archive.infolist()
    if len(members) > _MEMBERS or sum(member.file_size for member in members) > LARGEST:
        raise ValueError("展开后过大")


def xml_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names and texts of all parts that are marked up."""
    for name in archive.namelist():
        if name.lower().endswith(_XML):
            yield name, _decoded(archive.read(name))


def other_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of everything else that could say something."""
    for name in archive.namelist():
        if not name.lower().endswith((*_XML, *_HARMLESS, "/")):
            yield name, archive.read(name)


def paragraphs(name: str, xml: str) -> Iterator[Part]:
    """The text of a part, paragraph by paragraph, row by row."""
    for number, line in enumerate(_lines(xml), 1):
        if line.strip():
            yield Part(name, number, html.unescape(row_text(line.split("\t"))))


def table_rows(xml: str) -> list[list[str]]:
    """The cells of each row of the tables of a part, one below the other."""
    rows = (line.split("\t") for line in _lines(xml) if "\t" in line)
    return [[html.unescape(_WIDE.join(cell.split(_WIDE))) for cell in row] for row in rows]


def _lines(xml: str) -> list[str]:
    """The paragraphs and rows of a part as lines, the cells of a row apart by tabs."""
    xml = _BLANK.sub(" ", xml)
    if 't="s">' in xml:
        xml = _SHARED.sub("", xml)
    xml = _ROW_END.sub("\n", _CELL_END.sub("\t", _LAST_PARAGRAPH.sub("", xml)))
    return _TAG.sub("", _LEAF.sub(_leaf, xml)).split("\n")


def _leaf(match: re.Match[str]) -> str:
    """The text of one element: a run's goes on in the next, any other stands alone."""
    if match["tag"].rpartition(":")[2] in _RUNS:
        return match["text"]
    return f"{_WIDE}{match['text']}{_WIDE}" if match["text"].strip() else ""


def untold(text: str, known: str) -> str:
    """The cells of a row that a text does not hold yet."""
    return _WIDE.join(cell for cell in text.split(_WIDE) if cell.strip() not in known)


def attributes(name: str, xml: str) -> Iterator[Part]:
    """What stands in attributes and might be meant for a reader: choices, caches, descriptions."""
    found = [html.unescape(value) for value in {a or b: 0 for a, b in _ATTRIBUTE.findall(xml)}]
    telling = [value for value in found if _TELLING.search(value) and "://" not in value]
    if telling:
        yield Part(name, 1, _WIDE.join(dict.fromkeys(telling)))


def strings(name: str, data: bytes) -> Iterator[Part]:
    """What can be read in bytes of an unknown form, in three encodings."""
    for text in (data.decode("latin-1"), data.decode("utf-16-le", "replace")):
        yield Part(name, 1, _printable(text))
    yield Part(name, 1, _printable(data[1:].decode("utf-16-le", "replace")))


def _printable(text: str) -> str:
    kept = re.findall(r"[ -~\u4e00-\u9fff\uff10-\uff19]{6,}", text)
    return _WIDE.join(part for part in kept if _TELLING.search(part))


def _decoded(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def row_text(cells: Sequence[str]) -> str:
    """A row with its cells apart, but for cells that hold one digit of a number each."""
    cells = [cell.strip() for cell in cells]
    text = cells[0]
    for before, cell in pairwise(cells):
        boxes = len(before) == len(cell) == 1
        text += ("\t" if boxes else _WIDE if text and cell else "") + cell
    return text
