"""What can be found: one document for each notice, guide part, question, form and page."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from portal.search.analysis import SEPARATOR, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Entry, Notice

_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|t[dhr]|dt|dd|blockquote|pre)>|<br\s*/?>|<hr\s*/?>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that a match lies within; `anchor` is the id on the page, if it has one."""

    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Document:
    """One thing that can be found. `path` starts with a slash and is relative to the site's root.

    `digest` names its text; `read` gives the text when it is needed, since converting ten thousand
    notices to index one would be waste.

    `section` is the kind of a notice, or guide, faq, downloads or page. `published` is None for
    pages without a date; these come after all notices.
    """

    path: str
    title: str
    section: str
    digest: str
    read: Callable[[], Iterable[Segment]] = field(compare=False, repr=False)
    published: datetime | None = None
    county: str = ""
    edition: str = ""
    states: tuple[str, ...] = ()
    demonstration: bool = False

    @property
    def year(self) -> str:
        """Year of publication, or the empty string."""
        return str(self.published.year) if self.published else ""

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The text, after the title, in the order of the page."""
        return tuple(self.read())

    @cached_property
    def folded(self) -> str:
        """Title and segments, folded, each ended by the separator."""
        parts = (self.title, *(segment.text for segment in self.segments))
        return "".join(fold(part) + SEPARATOR for part in parts)


def plain_segments(markup: str) -> Iterator[Segment]:
    """The text of sanitised HTML, a segment for each block."""
    for block in _BLOCK_END.split(markup):
        text = html.unescape(_TAG.sub("", block)).strip()
        if text:
            yield Segment(text)


def _entry_segments(number: int, entry: Entry) -> Iterator[Segment]:
    person = f"{entry.employer}{entry.position}"
    for text in (entry.name, entry.credit_code, person, entry.remark):
        if text:
            yield Segment(text, f"entry-{number}")


def _notice_segments(catalogue: Catalogue, notice: Notice) -> Iterator[Segment]:
    office = catalogue.site.offices.get(notice.issuer)
    for text in (notice.number, office.name if office else ""):
        if text:
            yield Segment(text)
    yield from plain_segments(catalogue.html(notice.body))
    for number, entry in enumerate(notice.entries, start=1):
        yield from _entry_segments(number, entry)


def _notice_document(catalogue: Catalogue, notice: Notice, at: datetime) -> Document:
    states = sorted(catalogue.status(notice, at).states)
    return Document(
        f"/notices/{notice.slug}/",
        notice.title,
        notice.kind.value,
        _digest(notice.digest, notice.title, catalogue.site.offices.get(notice.issuer)),
        partial(_notice_segments, catalogue, notice),
        notice.published,
        notice.county or "",
        notice.edition,
        tuple(state.value for state in states),
        notice.demonstration,
    )


def _fixed(catalogue: Catalogue, path: str, title: str, section: str, body: str) -> Document:
    def read() -> Iterator[Segment]:
        return plain_segments(catalogue.html(body))

    return Document(path, title, section, _digest(title, body), read)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def _fixed_documents(catalogue: Catalogue) -> Iterator[Document]:
    """Pages without a date, in the order in which they should be offered."""
    for page in catalogue.guide:
        yield _fixed(catalogue, f"/guide/{page.slug}/", page.title, "guide", page.body)
    for question in catalogue.questions:
        path = f"/faq/#{question.slug}"
        yield _fixed(catalogue, path, question.question, "faq", question.answer)
    for annex in catalogue.annexes:
        yield _fixed(catalogue, f"/downloads/#{annex.slug}", annex.title, "downloads", "")
    for page in catalogue.pages.values():
        yield _fixed(catalogue, f"/{page.slug}/", page.title, "page", page.body)


def documents(catalogue: Catalogue, at: datetime) -> tuple[Document, ...]:
    """Everything that can be found at an instant: notices newest first, then the fixed pages."""
    notices = (_notice_document(catalogue, n, at) for n in catalogue.published(at))
    return (*notices, *_fixed_documents(catalogue))
