"""Subjects: what rules look at, with the places they report: a tree, a notice, a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import START, Place
from portal.content.files.toml_tables import toml_places
from portal.content.notice.notice_folder import FILES, LIST, REVISIONS, TEXT
from portal.domain.quotas import place_faults
from portal.errors import Severity
from portal.lint.attachments import read_attachment
from portal.lint.checker import Checker
from portal.lint.rules.rule import Finding
from portal.lint.wrong_words import read_wrong_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.content.files.frontmatter import FrontMatter
    from portal.content.loader import Tree
    from portal.content.notice.notice_reader import Source
    from portal.domain.editions import Edition, Step
    from portal.domain.faults import Fault
    from portal.domain.notice import Attachment, Entry, Kind, Notice
    from portal.lint.examined_content import Content
    from portal.lint.wrong_words import WrongWords


@dataclass(frozen=True, slots=True)
class Prose:
    """A piece of text in a file, from `line` on; `url` is the page it is shown on.

    `markdown` tells whether it is the whole body of a page, so that its headings can be judged.
    """

    path: str
    text: str
    line: int = 1
    url: str = ""
    markdown: bool = False
    where: str = ""

    def place(self, offset: int) -> Place:
        """Line and column of an offset."""
        before = self.text.count("\n", 0, offset)
        return self.line + before, offset - (self.text.rfind("\n", 0, offset) + 1) + 1

    def find(
        self, offset: int, message: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> Finding:
        """A finding at an offset of the text."""
        return Finding(self.path, self.place(offset), self.where + message, remedy, severity)


@dataclass(frozen=True)
class Surroundings:
    """The content around the notices: all that a rule on one text by itself may look at.

    `anchors` are those of the prose pages by URL; nothing links into the text of a notice.
    `checker` is the office's own program that reads texts.
    """

    tree: Tree
    anchors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    checker: Checker = Checker()  # noqa: RUF009 - one without a command keeps nothing

    @cached_property
    def wrong_words(self) -> WrongWords:
        """The office's own list of wrong words with the right ones."""
        return read_wrong_words(self.tree.content[0])

    def places(self, path: str) -> dict[str, Place]:
        """Where the keys of a TOML file stand."""
        return toml_places(Path(path).read_text(encoding="utf-8-sig"))


def anchors_of(tree: Tree) -> dict[str, frozenset[str]]:
    """The anchors of the prose pages by URL."""
    from portal.content.text.markdown import render

    pages = {f"/guide/{page.slug}/": page for page in tree.guide}
    pages |= {f"/{page.slug}/": page for page in tree.pages.values()}
    found = {
        url: frozenset(heading.id for heading in render(page.body).headings)
        for url, page in pages.items()
    }
    found["/faq/"] = frozenset(question.slug for question in tree.questions)
    return found


@dataclass(frozen=True)
class Passage:
    """A text that is published as prose, with the content its links lead into."""

    prose: Prose
    context: Surroundings


def unsound_texts(source: Source) -> Iterator[Prose]:
    """Every text of a folder that could not be built into a notice, attachments included."""
    for path in sorted(source.folder.rglob("*")):
        if path.is_symlink():
            continue
        if path.name in (TEXT, LIST) and path.is_file():
            yield Prose(str(path), path.read_text(encoding="utf-8-sig", errors="replace"))
        elif path.parent.name == FILES and path.is_file():
            for piece in read_attachment(path).pieces:
                yield Prose(str(path), piece.text, piece.line, where=piece.where)


@dataclass(frozen=True)
class Subject:
    """One sound notice with its files and the content around it."""

    source: Source
    notice: Notice
    matter: FrontMatter
    context: Surroundings
    body: Prose = field(init=False)

    def __post_init__(self) -> None:
        url = f"/notices/{self.notice.slug}/"
        body = Prose(
            self.source.text_path, self.matter.body, self.matter.body_line, url, markdown=True
        )
        object.__setattr__(self, "body", body)

    @property
    def edition(self) -> Edition:
        """The notice's edition."""
        return self.context.tree.editions[self.notice.edition]

    @property
    def county(self) -> str:
        """The Chinese name of the notice's county, or the empty string."""
        site = self.context.tree.site
        return site.county_name(self.notice.county) if site else ""

    @property
    def step(self) -> Step | None:
        """The step of the edition that this kind of notice shows: what it asks of the window."""
        return self.edition.step_of(self.notice.kind)

    @property
    def stands_on(self) -> tuple[Kind, ...]:
        """The kinds of lists that this one must stand on."""
        return self.edition.stands_on(self.notice.kind)

    @property
    def year(self) -> int:
        """The year that dates of the text mean when they name none."""
        window = self.notice.window
        return (window.opens if window else self.notice.published).year

    @cached_property
    def attachments(self) -> list[tuple[Attachment, Content]]:
        """The attachments of all its texts with what they hold, read once."""
        earlier = [file for text in self.notice.revisions[:-1] for file in text.attachments]
        files = [*self.notice.attachments, *earlier]
        return [(file, read_attachment(Path(file.path))) for file in files]

    def place_of(self, file: Attachment) -> str:
        """Path of an attachment as issues give it; that of an earlier text lies with that text."""
        folder, path = self.source.folder, Path(file.path)
        inside = folder.resolve()
        return f"{folder}/{path.relative_to(inside)}" if path.is_relative_to(inside) else str(path)

    @cached_property
    def of_places(self) -> list[Fault]:
        """Faults against the places of the edition."""
        return place_faults(self.edition, self.notice.entries)

    def texts(self) -> Iterator[Prose]:
        """Everything of the notice that is text: header, body, list, and the earlier texts."""
        yield Prose(self.source.text_path, self.matter.header, 2)
        yield self.body
        if self.source.table is not None:
            yield Prose(self.source.list_path, self.source.table.text)

        if self.notice.revision > 1:
            for path in sorted((self.source.folder / REVISIONS).glob("*/*.*")):
                if path.name in (TEXT, LIST):
                    yield Prose(str(path), path.read_text(encoding="utf-8-sig", errors="replace"))

    def attached(self) -> Iterator[Prose]:
        """The texts inside the attachments, hidden ones and properties too."""
        for file, content in self.attachments:
            path = self.place_of(file)
            for piece in content.pieces:
                yield Prose(path, piece.text, piece.line, where=piece.where)

    def on(
        self, key: str, message: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> Finding:
        """A finding on a key of the header."""
        at = self.matter.places.get(key, START)
        return Finding(self.source.text_path, at, message, remedy, severity)

    def in_list(
        self,
        entry: Entry | None,
        column: str,
        message: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """A finding on a cell of an entry, or on the whole list."""
        table = self.source.table
        at = table.place(entry.line, column) if table and entry and entry.line else START
        return Finding(self.source.list_path, at, message, remedy, severity)
