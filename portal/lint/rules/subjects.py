"""Subjects: what rules look at, with the places they report: a tree, a notice, a text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import START, Place
from portal.content.files.toml_tables import toml_places
from portal.content.notice.notice_folder import FILES, LIST, REVISIONS, TEXT
from portal.domain.earlier_lists import EarlierList, EarlierLists
from portal.domain.notice import Kind, Notice
from portal.domain.quotas import place_faults
from portal.domain.standing import STANDS_ON, standing_faults
from portal.domain.window import honest_window
from portal.domain.workdays import SHANGHAI
from portal.errors import CalendarError, Severity
from portal.lint.attachments import Content, read_attachment
from portal.lint.checker import Checker
from portal.lint.holds_file import NO_HOLDS, HoldsFile
from portal.lint.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portal.content.files.frontmatter import FrontMatter
    from portal.content.loader import Tree
    from portal.content.notice.notice_reader import Source
    from portal.domain.awards import Edition
    from portal.domain.faults import Fault
    from portal.domain.notice import Attachment, Entry
    from portal.domain.window import PublicityWindow
    from portal.ledger.ledger_lines import LedgerLine

_ALWAYS = datetime.max.replace(tzinfo=SHANGHAI)


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
class Context:
    """The whole tree, the desk's export of holds, and the time; shared answers are kept.

    `keyed` tells by its slug whether objections to a notice can be sealed to an office's key;
    `checker` is the office's own program that reads texts.
    """

    tree: Tree
    holds: HoldsFile = NO_HOLDS
    now: datetime | None = None
    keyed: Callable[[str], bool] = lambda _: False
    checker: Checker = Checker()  # noqa: RUF009 - one without a command keeps nothing
    _earlier: dict[tuple[str, Kind], EarlierLists] = field(default_factory=dict, compare=False)

    @cached_property
    def notices(self) -> dict[str, Notice]:
        """Every sound notice by slug."""
        return {s.slug: s.notice for s in self.tree.sources if s.notice is not None}

    @cached_property
    def by_kind(self) -> dict[tuple[str, Kind], list[Source]]:
        """Sources of sound notices by edition and kind, oldest first."""
        found: defaultdict[tuple[str, Kind], list[Source]] = defaultdict(list)
        for source in sorted(self.tree.sources, key=lambda source: source.slug):
            if source.notice is not None:
                found[source.notice.edition, source.notice.kind].append(source)
        return found

    @cached_property
    def county_lists(self) -> dict[tuple[str, str], list[Subject]]:
        """County lists that were not withdrawn, by edition and county, in order of publishing."""
        found: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
        for source in self.tree.sources:
            notice, matter = source.notice or source.partial, source.matter
            if notice is None or matter is None or notice.slug in self.withdrawn:
                continue
            if notice.kind is Kind.COUNTY_PUBLICITY:
                subject = Subject(source, notice, matter, self)
                found[notice.edition, notice.county or ""].append(subject)
        for subjects in found.values():
            subjects.sort(key=lambda subject: (subject.notice.published, subject.notice.slug))
        return found

    def earlier_lists(self, edition: str, kind: Kind) -> EarlierLists:
        """The lists of an edition and kind, indexed once for all that stand on them."""
        known = self._earlier.get((edition, kind))
        if known is None:
            sources = self.by_kind.get((edition, kind), ())
            lists = [self._earlier_list(s.notice) for s in sources if s.notice is not None]
            known = self._earlier[edition, kind] = EarlierLists(lst for lst in lists if lst)
        return known

    def _earlier_list(self, notice: Notice) -> EarlierList | None:
        window, site = notice.window, self.tree.site
        if window is None or site is None:
            return None
        return EarlierList(
            notice.title,
            notice.entries,
            notice.published,
            self._closes(notice, window),
            self.withdrawn.get(notice.slug),
            site.county_name(notice.county),
        )

    @cached_property
    def recommended(self) -> dict[tuple[str, str], list[tuple[Subject, Entry]]]:
        """Who takes a place of a county, by edition and county: whoever was not struck off.

        Struck off is whom a second publicity left out, and whose objection was upheld.
        """
        found: dict[tuple[str, str], list[tuple[Subject, Entry]]] = {}
        for key, subjects in self.county_lists.items():
            lists = [self._earlier_list(subject.notice) for subject in subjects]
            index = EarlierLists(lst for lst in lists if lst)
            upheld = [h for edition, h in self.holds.holds if edition == key[0] and h.upheld]
            found[key] = [
                (subject, entry)
                for subject, lst in zip(subjects, lists, strict=True)
                for entry in subject.notice.entries
                if not (lst and index.second(lst, entry, _ALWAYS))
                and not any(h.means(entry, subject.county) for h in upheld)
            ]
        return found

    @cached_property
    def withdrawn(self) -> dict[str, datetime]:
        """When each withdrawn notice was withdrawn."""
        return {
            n.amends: n.published
            for n in self.notices.values()
            if n.kind is Kind.WITHDRAWAL and n.amends
        }

    @cached_property
    def ledgered(self) -> dict[tuple[str, int], LedgerLine]:
        """Ledger lines by slug and revision."""
        return {
            (line.slug, line.revision): line for ls in self.tree.ledgers.values() for line in ls
        }

    def _closes(self, notice: Notice, window: PublicityWindow) -> datetime:
        """When a window was really over: it is counted from the recorded publication."""
        recorded = self.recorded.get(notice.slug)
        if recorded is None or notice.demonstration:
            return window.closes_at
        try:
            return honest_window(window, recorded, self.tree.calendar).closes_at
        except CalendarError:
            return _ALWAYS

    @cached_property
    def recorded(self) -> dict[str, datetime]:
        """When each notice of the ledger went up, by the clock of the first line about it."""
        found: dict[str, datetime] = {}
        for line in (line for lines in self.tree.ledgers.values() for line in lines):
            at = line.recorded or line.published
            found[line.slug] = min(at, found.get(line.slug, at))
        return found

    @cached_property
    def newest(self) -> dict[str, datetime]:
        """When the newest line of each notices folder's ledger was published."""
        ledgers = self.tree.ledgers.items()
        return {f: max(line.published for line in lines) for f, lines in ledgers if lines}

    @cached_property
    def wrong_words(self) -> tuple[tuple[str, str], ...]:
        """The office's own list of wrong words with the right ones."""
        path = self.tree.content[0] / "wrong-words.txt"
        lines = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []
        pairs = (line.split() for line in lines if not line.startswith("#"))
        return tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2)  # noqa: PLR2004

    def places(self, path: str) -> dict[str, Place]:
        """Where the keys of a TOML file stand."""
        return toml_places(Path(path).read_text(encoding="utf-8-sig"))

    @cached_property
    def anchors(self) -> dict[str, frozenset[str]]:
        """Anchors of the prose pages by URL; nothing links into the text of a notice."""
        from portal.content.text.markdown import render

        pages = {f"/guide/{page.slug}/": page for page in self.tree.guide}
        pages |= {f"/{page.slug}/": page for page in self.tree.pages.values()}
        found = {
            url: frozenset(heading.id for heading in render(page.body).headings)
            for url, page in pages.items()
        }
        found["/faq/"] = frozenset(question.slug for question in self.tree.questions)
        return found


@dataclass(frozen=True)
class Passage:
    """A text that is published as prose, with the tree its links lead into."""

    prose: Prose
    context: Context


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
    """One sound notice with its files and the tree around it."""

    source: Source
    notice: Notice
    matter: FrontMatter
    context: Context
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
    def working_days(self) -> int:
        """How many working days the edition asks of this kind's window; 0 for kinds without."""
        if self.notice.kind is Kind.COUNTY_PUBLICITY:
            return self.edition.county_working_days
        return self.edition.city_working_days if self.notice.kind.has_window else 0

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

    @cached_property
    def standing(self) -> list[Fault]:
        """Faults against the lists this one must stand on, as they were when it was published."""
        notice, context = self.notice, self.context
        if notice.kind not in STANDS_ON or context.tree.site is None:
            return []
        earlier = context.earlier_lists(notice.edition, STANDS_ON[notice.kind])
        return standing_faults(notice.kind, notice.entries, earlier, notice.published)

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
