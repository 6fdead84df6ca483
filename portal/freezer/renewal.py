"""Renewal: the stages of a build that has something to do, in order.

Importing this module loads all that rendering takes, while other processes still look at the files.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from portal.content.index import Index
from portal.content.queries import fingerprint
from portal.content.record.stored_parts import put_parts, stored_parts
from portal.errors import BuildError
from portal.freezer.groups import SEARCH
from portal.freezer.pages.freezing import file_of
from portal.freezer.pages.plan import planned_urls
from portal.freezer.pages.rendering import renderer
from portal.freezer.pages.scene import Scene
from portal.freezer.pages.stale import (
    LISTS,
    changed_answers,
    changed_by_edits,
    changed_by_ledger,
    changed_by_time,
    queries_of,
    stale_urls,
)
from portal.freezer.processes.aside import Aside
from portal.freezer.processes.pool import batches, run
from portal.freezer.published.published_folder import Edits
from portal.freezer.record.recorded_catalogue import part_fingerprints, part_key
from portal.freezer.record.stamps import Stamps
from portal.freezer.record.store import CORE
from portal.freezer.sources.changes import Changes, survey
from portal.freezer.sources.source_reading import reader
from portal.freezer.task import CORE_CHANGED, BuildResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from portal.content.heads import Head
    from portal.content.parts import Parts
    from portal.freezer.pages.rendering import Rendered
    from portal.freezer.processes.pool import Work
    from portal.freezer.published.published_folder import Output
    from portal.freezer.sources.source_reading import Read
    from portal.freezer.task import Looks, Task

R = TypeVar("R")

_BATCH = 48
# Forking pays only when there is much to do.
_WORTH_FORKING = 200


class Renewal:
    """One build of an output that has something to do, or may have."""

    def __init__(self, task: Task, output: Output, looks: Looks) -> None:
        self.options, self.at, self.reporter, self.store = task
        self.output, self.looks = output, looks
        self.full = looks.full
        self.outdated: set[str] = set()

    def run(self) -> BuildResult:
        """All stages in order."""
        # What needs no knowledge of the edits is done while the files are still looked at.
        before = {head.slug: head for head in self.store.heads()}
        parts, heads = self._read(before, self._changes())
        if not self.full and self.looks.output:
            self.full = f"{next(iter(self.looks.output))} 在构建之外被改动，全部重建"
        return self._render(parts, Index(heads.values(), self.at))

    def _changes(self) -> Changes:
        """What was edited since the last build."""
        *_, changes = (Changes(), *self.looks.sources)
        assert isinstance(changes, Changes)
        return changes

    def _is_other(self, key: str, value: str) -> bool:
        return self.store.get(key) != value

    def _read(self, before: dict[str, Head], changes: Changes) -> tuple[Parts, dict[str, Head]]:
        """Bring the store's notices up to date; what changed stays dirty until it is shown."""
        store = self.store
        parts, dirty = self._read_parts(changes)
        if CORE in dirty and not changes.everything:
            self.full = self.full or CORE_CHANGED
            changes = survey(self.options.folders, Stamps())
        again = changes.folders | changes.removed
        kept = (
            {}
            if changes.everything
            else {slug: head for slug, head in before.items() if head.folder not in again}
        )
        heads = dict(kept)
        with store.transaction():
            store.drop_notices(before.keys() - kept.keys())
            count = 0
            for reads in self._read_notices(parts, changes, kept):
                store.put_notices(reads)
                heads.update((read.head.slug, read.head) for read in reads)
                count += len(reads)
            dangling = any(head.amends and head.amends not in heads for head in heads.values())
            if count != len(changes.folders) or len(heads) != len(kept) + count or dangling:
                self.options.folders.report_faults()
            if self._is_other("program", self.looks.program):
                store.drop_html()
            if changes.stamps[1]:
                store.put_stamps("sources", changes.stamps)
            store.put_dirty(dirty | changed_by_edits(before, heads))
        return parts, heads

    def _read_parts(self, changes: Changes) -> tuple[Parts, set[str]]:
        """The content besides the notices, and the keys of those parts that changed."""
        before = None if changes.everything else stored_parts(self.store)
        if before is not None and not changes.content:
            return before, set()
        parts = self.options.folders.load_parts()
        prints = part_fingerprints(parts)
        changed = {key for key, value in prints.items() if self._is_other(key, value)}
        if before is not None:
            changed |= changed_by_ledger(before, parts)
        with self.store.transaction():
            put_parts(self.store, parts)
            for key, value in prints.items():
                self.store.put(key, value)
            self.store.put_dirty(changed)
        return parts, changed

    def _read_notices(
        self, parts: Parts, changes: Changes, kept: dict[str, Head]
    ) -> Iterator[list[Read]]:
        slugs = kept.keys() | changes.slugs
        yield from self._run("读取公告", reader(parts, slugs), sorted(changes.folders))

    def _run(self, stage: str, make: Callable[[], Work[R]], items: list[str]) -> Iterator[R]:
        """Work through items in batches, by several workers when there are many."""
        self.reporter.start(stage, len(items))
        jobs = self.options.jobs if len(items) >= _WORTH_FORKING else 1
        work = batches(items, _BATCH)
        for number, result in enumerate(run(make, work, jobs)):
            self.reporter.advance(len(work[number]))
            yield result
        self.reporter.finish()

    def _render(self, parts: Parts, index: Index) -> BuildResult:
        """Choose, render, publish and remember."""
        options = self.options
        scene = Scene(parts, index, self.store.path, options.objections_url, options.formats)
        published = {} if self.full else self.store.pages()
        changed_keys = self._changed(index)
        searched = options.formats is None or SEARCH in options.formats
        if self._same_plan(changed_keys) and not searched:
            planned = list(published)
        else:
            planned = planned_urls(scene.catalogue(), index, options.formats)
        if searched:
            from portal.freezer.pages.searching import outdated, update_search

            scene = replace(scene, search=update_search(scene, self.looks.program, self._run))
            planned += scene.search
            changed_keys |= outdated(published, scene.search)
        stale = stale_urls(planned, published, changed_keys)
        gone = sorted(published.keys() - set(planned))
        pages: dict[str, str] = {}

        def write(folder: Path) -> None:
            pages.update(self._write(scene, folder, stale))

        changed: list[str] | None = []
        if self.full:
            self.reporter.note(self.full)
            self.output.replace(write, len(planned))
            changed = None
        elif stale or gone:
            edits = Edits(
                len(published), len(planned), [*map(file_of, stale)], [*map(file_of, gone)]
            )
            changed = self.output.update(write, edits)
        due = self._remember(index, published, pages, gone, changed)
        written = len(stale) if changed is None else len(changed) - len(gone)
        return BuildResult(len(planned), len(stale), written, len(gone), self.full, due)

    def _same_plan(self, changed: set[str]) -> bool:
        """Whether the URLs are those of the published tree: only texts of notices have changed."""
        return (
            not self.full
            and LISTS not in changed
            and not any(key.startswith(part_key("")) for key in changed)
        )

    def _changed(self, index: Index) -> set[str]:
        """Every key whose answer is not what the published tree shows."""
        if self.full:
            return set()
        changed = self.store.dirty()
        changed |= changed_by_time(index, datetime.fromisoformat(self.store.get("at")))
        if LISTS in changed:
            self.outdated = changed_answers(index, self.store.answers())
        return changed | self.outdated

    def _write(self, scene: Scene, folder: Path, urls: list[str]) -> Iterator[tuple[str, str]]:
        """Render URLs below a folder; BuildError with all failures once all were tried."""
        failures: list[str] = []
        for rendered in self._rendered(renderer(scene, folder), urls):
            failures += rendered.failures
            if rendered.html:
                with self.store.transaction():
                    self.store.put_html(rendered.html)
            yield from rendered.pages
        if failures:
            raise BuildError(f"{len(failures)}个页面生成失败，原有网站未改动", sorted(failures))

    def _rendered(self, make: Callable[[], Work[Rendered]], urls: list[str]) -> Iterator[Rendered]:
        """Render URLs. Of a few, XML feeds are made aside: they take libraries of their own."""
        stage = "生成页面"
        feeds = [url for url in urls if url.startswith("/feeds/") and url.endswith(".xml")]
        if not feeds or self.options.jobs == 1 or len(urls) >= _WORTH_FORKING:
            yield from self._run(stage, make, urls)
            return
        pages = [url for url in urls if url not in feeds]
        self.reporter.start(stage, len(urls))
        with contextlib.closing(Aside(lambda: run(make, [feeds], 1))) as aside:
            for rendered in itertools.chain(run(make, batches(pages, _BATCH), 1), aside):
                self.reporter.advance(len(rendered.pages))
                yield rendered
        self.reporter.finish()

    def _remember(
        self,
        index: Index,
        published: dict[str, str],
        pages: dict[str, str],
        gone: list[str],
        changed: list[str] | None,
    ) -> datetime | None:
        """Record what is published now; what was dirty has been shown."""
        store, due = self.store, index.next_change()
        asked = queries_of(pages.values())
        with store.transaction():
            if changed is None:
                store.drop_pages()
            store.put_pages(pages.items(), gone)
            # Nobody asks any more what has changed and was not asked now.
            store.drop_answers(self.outdated - asked)
            store.put_answers((key, fingerprint(key, index)) for key in asked)
            store.clear_dirty()
            store.put("program", self.looks.program)
            store.put("options", self.options.fingerprint)
            store.put("at", self.at.isoformat())
            store.put("due", due.isoformat() if due else "")
            store.put("pages", str(len(published.keys() | pages.keys()) - len(gone)))
            self.output.remember(changed)
        return due
