"""What can be found: one document for each notice, guide part, question, form and page."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from portal.content.winners import winners_over
from portal.domain.workdays import SHANGHAI
from portal.search.analysis import SEPARATOR, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portal.content.catalogue import Catalogue
    from portal.content.heads import Head
    from portal.domain.notice import Entry, Notice, Status

_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|t[dhr]|dt|dd|blockquote|pre)>|<br\s*/?>|<hr\s*/?>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that a match lies within; `anchor` is the id on the page, if it has one."""

    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A document's title and its text after it, in the order of the page."""

    title: str
    segments: tuple[Segment, ...]

    @property
    def folded(self) -> str:
        """Title and segments, folded, each ended by the separator."""
        parts = (self.title, *(segment.text for segment in self.segments))
        return "".join(fold(part) + SEPARATOR for part in parts)


@dataclass(frozen=True)
class Document:
    """One thing that can be found. `path` starts with a slash and is relative to the site's root.

    `digest` names its text; `read` gives the text when it is needed, since converting ten thousand
    notices to index one would be waste.

    `section` is the kind of a notice, or winner, guide, faq, downloads or page. `published` is None
    for pages without a date; these come after all notices.
    """

    path: str
    section: str
    digest: str
    read: Callable[[], Text] = field(compare=False, repr=False)
    published: datetime | None = None
    county: str = ""
    edition: str = ""
    states: tuple[str, ...] = ()
    demonstration: bool = False

    @property
    def year(self) -> str:
        """Year of publication, or the empty string."""
        return str(self.published.year) if self.published else ""

    @property
    def text(self) -> Text:
        """Title and segments, read each time: kept, those of all hits would fill the memory."""
        return self.read()

    @cached_property
    def folded(self) -> str:
        """The text as it is searched."""
        return self.text.folded


def plain_segments(markup: str) -> Iterator[Segment]:
    """The text of sanitised HTML, a segment for each block."""
    for block in _BLOCK_END.split(markup):
        text = html.unescape(_TAG.sub("", block)).strip()
        if text:
            yield Segment(text)


def _entry_segments(number: int, entry: Entry) -> Iterator[Segment]:
    person = f"{entry.employer}{entry.position}"
    more = (value for _, value in entry.more)
    for text in (entry.name, entry.credit_code, person, *more, entry.remark):
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


def notice_text(catalogue: Catalogue, notice: Notice) -> Text:
    """What a notice is found by: number, office, body, and every field of every list entry."""
    return Text(notice.title, tuple(_notice_segments(catalogue, notice)))


def notice_digest(catalogue: Catalogue) -> Callable[[str], str]:
    """Digest of a notice's text from its own files' and the offices', whose names stand in it."""
    offices = _digest(repr(catalogue.site.offices))
    return lambda digest: _digest(digest, offices)


def states_of(status: Status) -> tuple[str, ...]:
    """The states under which a notice is found."""
    return tuple(sorted(state.value for state in status.states))


def _notice_document(
    catalogue: Catalogue, head: Head, status: Status, digest: Callable[[str], str]
) -> Document:
    edition = catalogue.editions.get(head.edition)
    return Document(
        path=f"/notices/{head.slug}/",
        section=head.kind,
        digest=digest(head.digest),
        read=partial(_read, catalogue, head.slug),
        published=datetime.fromtimestamp(head.published, SHANGHAI),
        county=head.county,
        edition=head.edition,
        states=states_of(status),
        demonstration=edition is not None and edition.demonstration,
    )


def _read(catalogue: Catalogue, slug: str) -> Text:
    return notice_text(catalogue, catalogue.by_slug[slug])


def _fixed(catalogue: Catalogue, path: str, title: str, section: str, *bodies: str) -> Document:
    def read() -> Text:
        return Text(
            title, tuple(s for body in bodies for s in plain_segments(catalogue.html(body)))
        )

    return Document(path, section, _digest(title, *bodies), read)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fixed_documents(catalogue: Catalogue) -> Iterator[Document]:
    """Pages without a date, in the order in which they should be offered."""
    for page in catalogue.guide:
        yield _fixed(catalogue, f"/guide/{page.slug}/", page.title, "guide", page.body)
    for question in catalogue.questions:
        path = f"/faq/#{question.slug}"
        yield _fixed(catalogue, path, question.question, "faq", question.answer)
    for annex in catalogue.annexes:
        path, texts = f"/downloads/#{annex.slug}", (annex.name, annex.purpose, annex.filled_by)
        yield _fixed(catalogue, path, annex.title, "downloads", *filter(None, texts))
    for page in catalogue.pages.values():
        yield _fixed(catalogue, f"/{page.slug}/", page.title, "page", page.body)


def _winner_documents(catalogue: Catalogue, at: datetime) -> Iterator[Document]:
    """Everybody who won, by each of its names and its credit code."""
    for winner in winners_over(catalogue, at):
        entries = [win.entry for win in winner.wins]
        won = (
            f"{win.edition.name}{win.entry.grade or ''}{'（已撤销）' if win.revoked else ''}"
            for win in winner.wins
        )
        found = (*(e.credit_code for e in entries), *(e.name for e in entries[1:]), *won)
        texts = tuple(dict.fromkeys(filter(None, (*found, *(e.employer for e in entries)))))
        read = partial(Text, winner.name, tuple(map(Segment, texts)))
        digest = _digest(winner.name, *texts)
        fiction = winner.demonstration
        yield Document(winner.path, "winner", digest, read, demonstration=fiction)


def documents(catalogue: Catalogue, at: datetime) -> tuple[Document, ...]:
    """Everything that can be found at an instant: notices newest first, then the fixed pages.

    It takes the heads alone: a notice is read when its text is.
    """
    digest, index = notice_digest(catalogue), catalogue.index(at)
    notices = (_notice_document(catalogue, h, index.status(h), digest) for h in index.public)
    return (*notices, *_winner_documents(catalogue, at), *fixed_documents(catalogue))
