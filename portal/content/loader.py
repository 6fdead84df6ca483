"""Loader: walks content/ and notices/, builds the catalogue, and tells all faults at once."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.annex.annexes import load_annexes
from portal.content.award_files import read_editions
from portal.content.catalogue import Catalogue
from portal.content.former_editions import read_former
from portal.content.heads import heads_of
from portal.content.notice.basis import Basis
from portal.content.notice.notice_reader import Source, read_notice
from portal.content.notice.recorded import (
    Around,
    recorded_texts,
    shown_texts,
    source_of,
)
from portal.content.notice.references import with_references
from portal.content.parts import Page, Question, parts_of
from portal.content.prose_files import read_guide, read_pages, read_questions
from portal.content.review_checks import read_review_checks
from portal.content.selfcheck import read_self_check
from portal.content.shelf import MemoryShelf
from portal.content.site_facts import read_site
from portal.content.working_calendar import load_calendar
from portal.domain.editions import kinds_of
from portal.domain.unrecorded import Unrecorded
from portal.errors import ContentError, Issue, PortalError, Severity, reason_of
from portal.ledger.chain import sound_ledger
from portal.ledger.ledger_lines import LEDGER_NAME
from portal.ledger.whole_ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portal.content.annex.annexes import Annex
    from portal.content.heads import Head, Version
    from portal.content.parts import FormerEdition, Parts
    from portal.content.selfcheck import SelfCheck
    from portal.domain.editions import Edition
    from portal.domain.notice import Notice
    from portal.domain.places import Site
    from portal.domain.workdays import WorkCalendar
    from portal.ledger.ledger_lines import LedgerLine


@dataclass(frozen=True, slots=True)
class Tree:
    """All that was read, faulty parts left out and their faults noted; `site` may be missing.

    `ledger` is what the notices folders record, `ledgers` its lines by folder.
    """

    content: tuple[Path, ...]
    notices: tuple[Path, ...]
    site: Site | None
    calendar: WorkCalendar
    editions: dict[str, Edition]
    sources: tuple[Source, ...]
    guide: tuple[Page, ...]
    pages: dict[str, Page]
    questions: tuple[Question, ...]
    annexes: tuple[Annex, ...]
    former: tuple[FormerEdition, ...]
    self_check: SelfCheck | None
    ledger: Ledger
    ledgers: dict[str, tuple[LedgerLine, ...]]
    issues: tuple[Issue, ...]

    def parts(self, site: Site) -> Parts:
        """All of it that a page may ask for; `site` is the tree's own, known to be there."""
        return parts_of(
            site,
            self.calendar,
            self.editions,
            guide=self.guide,
            pages=self.pages,
            questions=self.questions,
            annexes=self.annexes,
            former=self.former,
            self_check=self.self_check,
            ledger=self.ledger,
        )


def load(
    content: Sequence[Path],
    notices: Sequence[Path],
    *,
    base_url: str | None = None,
    unrecorded: Unrecorded = Unrecorded.LEFT_OUT,
) -> Catalogue:
    """What the ledger holds, or with `unrecorded` what is not in it too.

    Raises ContentError with the issues of all files that are wanted: a faulty text that nobody
    recorded stops no other.
    """
    tree = read(content, notices, base_url=base_url)
    versions, faults = _recorded(tree)
    own = {issue for source in tree.sources for issue in source.issues}
    wanted = faults if unrecorded is Unrecorded.LEFT_OUT else sorted(own)
    issues = [*(issue for issue in tree.issues if issue not in own), *wanted]
    errors = sorted(issue for issue in issues if issue.severity is Severity.ERROR)
    if errors or tree.site is None:
        raise ContentError(f"内容有{len(errors)}处错误，不能发布", errors)
    return Catalogue(tree.parts(tree.site), MemoryShelf(_shown(tree, versions, unrecorded)))


def _recorded(tree: Tree) -> tuple[dict[str, tuple[Version, ...]], list[Issue]]:
    """The recorded texts of each notice; an issue for each that is nowhere to be found."""
    basis = Basis(tree.calendar, tree.editions)
    sources = {source.slug: source for source in tree.sources}
    around = Around(tree.site, tree.editions, sources.keys(), basis, tree.notices)
    found: dict[str, tuple[Version, ...]] = {}
    faults: list[Issue] = []
    for slug in tree.ledger.slugs:
        source = sources.get(slug) or source_of(tree.notices[0] / slug, basis)
        recorded = recorded_texts(source, tree.ledger.of(slug), around)
        found[slug] = recorded.versions
        faults += recorded.faults
    return found, faults


def _shown(
    tree: Tree, versions: Mapping[str, tuple[Version, ...]], unrecorded: Unrecorded
) -> Iterator[tuple[Head, Notice]]:
    """Every text that is shown, with its head."""
    for source in tree.sources:
        yield from shown_texts(source, versions.get(source.slug, ()), unrecorded)
    for slug in versions.keys() - {source.slug for source in tree.sources}:
        yield from heads_of(versions[slug], str(tree.notices[0] / slug))


def read(content: Sequence[Path], notices: Sequence[Path], *, base_url: str | None = None) -> Tree:
    """Read all folders; never raises for bad content, the tree's issues say what is wrong."""
    home = content[0]
    site, issues = read_site(home, base_url)
    calendar, calendar_issues = _calendar(content)
    editions, edition_issues = _editions(content)
    guide, guide_issues = read_guide(home)
    pages, page_issues = read_pages(home)
    questions, question_issues = read_questions(home)
    annexes, annex_issues = _annexes(home)
    former, former_issues = read_former(home, editions)
    self_check, check_issues = read_self_check(home)
    kinds = None if edition_issues else kinds_of(editions.values())
    _, review_issues = read_review_checks(home, kinds)
    ledgers, ledger_issues = read_ledgers(notices)
    with _collector_paused():
        sources, source_issues = _sources(notices, Basis(calendar, editions))
        known = [with_references(s, site, editions, sources.keys()) for s in sources.values()]
    issues += (*calendar_issues, *edition_issues, *guide_issues, *page_issues, *question_issues)
    issues += (
        *former_issues,
        *annex_issues,
        *check_issues,
        *review_issues,
        *ledger_issues,
        *source_issues,
    )
    issues += tuple(i for source in known for i in source.issues)
    return Tree(
        content=tuple(content),
        notices=tuple(notices),
        site=site,
        calendar=calendar,
        editions=editions,
        sources=tuple(known),
        guide=guide,
        pages=pages,
        questions=questions,
        annexes=annexes,
        former=former,
        self_check=self_check,
        ledger=Ledger(tuple(chain for found in ledgers.values() for chain in found.chains)),
        ledgers={folder: tuple(found) for folder, found in ledgers.items()},
        issues=issues,
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause garbage collection while notices are read: all of them stay.

    Searching the growing heap again and again was two fifths of the time for 10,000 notices.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _calendar(content: Sequence[Path]) -> tuple[WorkCalendar, tuple[Issue, ...]]:
    try:
        return load_calendar(*(folder / "calendar.yaml" for folder in content)), ()
    except ContentError as error:
        return load_calendar(), error.issues


def _editions(content: Sequence[Path]) -> tuple[dict[str, Edition], list[Issue]]:
    editions: dict[str, Edition] = {}
    issues: list[Issue] = []
    for folder in content:
        found, faults = read_editions(folder)
        for slug in editions.keys() & found.keys():
            path = str(folder / "awards" / f"{slug}.toml")
            issues.append(Issue(path, 1, 1, "F015", f"届次“{slug}”重复", "改用别的文件名"))
        editions |= found
        issues += faults
    return editions, issues


def _annexes(home: Path) -> tuple[tuple[Annex, ...], tuple[Issue, ...]]:
    try:
        return load_annexes(home / "annexes"), ()
    except ContentError as error:
        return (), error.issues


def read_ledgers(
    notices: Sequence[Path], known: Mapping[str, Ledger] | None = None
) -> tuple[dict[str, Ledger], list[Issue]]:
    """The ledger of each folder; a damaged one is an issue, never taken for an empty one.

    `known` are ledgers that were found to hold before: of one that begins with them only the rest
    is looked at.
    """
    ledgers: dict[str, Ledger] = {}
    issues: list[Issue] = []
    for folder in notices:
        path = folder / LEDGER_NAME
        try:
            ledgers[str(folder)] = sound_ledger([path], (known or {}).get(str(folder)))
        except (ValueError, KeyError, TypeError, PortalError) as error:
            message = f"发布台账读不出来：{reason_of(error)}"
            issues.append(
                Issue(
                    str(path),
                    1,
                    1,
                    "R013",
                    message,
                    "换回以后运行 portal verify 核对，不要手工修改",
                )
            )
    return ledgers, issues


def _sources(notices: Sequence[Path], basis: Basis) -> tuple[dict[str, Source], list[Issue]]:
    """Every notice folder by slug; a slug that occurs in two folders is a fault of the second."""
    sources: dict[str, Source] = {}
    issues: list[Issue] = []
    for folder in notices:
        for path in sorted(notice_folders(folder)):
            source = read_notice(path, basis)
            if path.name in sources:
                other = sources[path.name].folder
                message = f"公告“{path.name}”重复，{other} 已有同名文件夹"
                issues.append(Issue(source.text_path, 1, 1, "F015", message, "改用别的文件夹名"))
            else:
                sources[path.name] = source
    return sources, issues


def notice_folders(folder: Path) -> Iterable[Path]:
    """Folders of notices below a folder; hidden ones and those begun with _ are left out."""
    if not folder.is_dir():
        return ()
    with os.scandir(folder) as found:
        names = [one.name for one in found if one.is_dir()]
    return (folder / name for name in names if not name.startswith((".", "_")))
