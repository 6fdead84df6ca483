"""Renewal: the stages of a build that has something to do, in the order they run.

read → choose → render → publish → remember. Each hands on what it found and touches nothing that an
earlier one is responsible for. Importing this module loads all that rendering takes, while other
processes still look at the files.
"""

from __future__ import annotations

import contextlib
import itertools
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from portal.content.index import Index
from portal.content.queries import fingerprint
from portal.content.record.changes import Changes
from portal.content.record.refreshing import renew_store
from portal.errors import BuildError
from portal.freezer.artifacts import file_of
from portal.freezer.groups import SEARCH
from portal.freezer.pages.plan import plan
from portal.freezer.pages.rendering import renderer
from portal.freezer.pages.scene import Scene
from portal.freezer.pages.stale import (
    LISTS,
    changed_answers,
    changed_by_edits,
    changed_by_parts,
    changed_by_time,
    queries_of,
    stale_urls,
)
from portal.freezer.processes.aside import Aside
from portal.freezer.processes.pool import batches, run
from portal.freezer.published.published_folder import NOTHING, Edits
from portal.freezer.record.recorded_catalogue import part_key
from portal.freezer.record.store import CORE, left_out_of
from portal.freezer.sources.source_reading import reader
from portal.freezer.task import CORE_CHANGED, BuildResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from portal.content.heads import Head
    from portal.content.parts import Parts
    from portal.content.record.reading import FolderRead
    from portal.freezer.artifacts import Artifact
    from portal.freezer.pages.rendering import Rendered
    from portal.freezer.processes.pool import Work
    from portal.freezer.published.published_folder import Output, Published
    from portal.freezer.task import Looks, Task

R = TypeVar("R")
T = TypeVar("T")

_BATCH = 48
# Forking pays only when there is much to do.
_WORTH_FORKING = 200


class Reading(NamedTuple):
    """What is read: the content, the notices' heads, and why all pages are due, if they are.

    `program` is the stamp of the program that shows them.
    """

    parts: Parts
    heads: Mapping[str, Head]
    full: str
    program: str


class Choice(NamedTuple):
    """What is to be done: which artifacts of how many are made, and which files go.

    `published` says what each page read that stands now; `outdated` names the recorded queries that
    give something else now.
    """

    reading: Reading
    scene: Scene
    planned: int
    due: Sequence[Artifact]
    gone: Sequence[str]
    published: Mapping[str, str]
    outdated: set[str]


def renew(task: Task, output: Output, looks: Looks) -> BuildResult:
    """All stages of a build, in order."""
    reading = read(task, looks)
    choice = choose(task, reading)
    if reading.full:
        task.reporter.note(reading.full)
    pages: dict[str, str] = {}
    published = NOTHING
    if reading.full or choice.due or choice.gone:
        with output.next_site(len(choice.published), whole=bool(reading.full)) as site:
            pages = render(task, choice, site.folder)
            published = site.publish(_edits(choice))
    next_change = remember(task, output, choice, pages, published)
    changed = published.changed
    written = len(choice.due) if changed is None else len(changed) - len(choice.gone)
    return BuildResult(
        choice.planned,
        len(choice.due),
        written,
        len(choice.gone),
        reading.full,
        next_change,
        left_out_of(task.store),
    )


def _edits(choice: Choice) -> Edits:
    written = [file_of(artifact.url) for artifact in choice.due]
    return Edits(choice.planned, written, [file_of(url) for url in choice.gone])


def read(task: Task, looks: Looks) -> Reading:
    """Bring the record's notices up to date; what changed stays dirty until it is shown."""
    store, folders = task.store, task.options.folders
    # What needs no knowledge of the edits is done while the files are still looked at.
    stored = store.heads()
    *_, changes = (Changes(), *looks.sources)
    assert isinstance(changes, Changes)
    with store.transaction():
        found = renew_store(store, folders, changes, stored, partial(_read_folders, task))
        dirty = changed_by_parts(found.shown, found.parts, found.differ)
        if store.get("program") != looks.program:
            store.drop_html()
        store.put_dirty(dirty | changed_by_edits(found.before, found.heads))
    full = looks.full or (CORE_CHANGED if CORE in dirty else "")
    if not full and looks.output:
        full = f"{next(iter(looks.output))} 在构建之外被改动，全部重建"
    return Reading(found.parts, found.heads, full, looks.program)


def _read_folders(
    task: Task, parts: Parts, slugs: Collection[str], folders: Sequence[str]
) -> Iterator[FolderRead]:
    """What folders of notices hold; BuildError when one went while the others were read."""
    count = 0
    for reads in stage(task, "读取公告", reader(parts, task.options.folders, slugs), folders):
        count += len(reads)
        yield from reads
    if count != len(folders):
        task.options.folders.report_faults()


def choose(task: Task, reading: Reading) -> Choice:
    """Decide which artifacts are due: all, or those that read what gives another answer now."""
    options, store = task.options, task.store
    index = Index(reading.heads.values(), task.at)
    scene = Scene(reading.parts, index, store.path, options.objections_url, options.formats)
    published = {} if reading.full else store.pages()
    changed, outdated = (set(), set()) if reading.full else _changed(task, index)
    searched: dict[str, str] = {}
    if options.formats is None or SEARCH in options.formats:
        from portal.freezer.pages.searching import outdated_data, update_search

        searched = update_search(scene, reading.program, partial(stage, task))
        changed |= outdated_data(published, searched)
    if published and not searched and not _moves(changed):
        # The artifacts are those of the published site: only texts of notices have changed.
        stale = stale_urls(published, published, changed)
        return Choice(
            reading, scene, len(published), store.artifacts(stale), [], published, outdated
        )
    planned = {a.url: a for a in _planned(scene, searched)}
    stale = stale_urls(planned, published, changed)
    return Choice(
        reading,
        scene,
        len(planned),
        [planned[url] for url in stale],
        sorted(published.keys() - planned.keys()),
        published,
        outdated,
    )


def _planned(scene: Scene, searched: Mapping[str, str]) -> Iterator[Artifact]:
    """Every artifact of the site that a scene is of."""
    return plan(scene.catalogue(), scene.index, scene.formats, searched, scene.objections_url)


def _changed(task: Task, index: Index) -> tuple[set[str], set[str]]:
    """Every key whose answer is not what the published site shows, and the queries among them."""
    changed = task.store.dirty()
    changed |= changed_by_time(index, datetime.fromisoformat(task.store.get("at")))
    outdated = changed_answers(index, task.store.answers()) if LISTS in changed else set()
    return changed | outdated, outdated


def _moves(changed: set[str]) -> bool:
    """Whether these keys can add or remove an artifact. A ledger does so by its notices alone."""
    parts = (key for key in changed if key.startswith(part_key("")))
    return LISTS in changed or any(key != part_key("ledger") for key in parts)


def render(task: Task, choice: Choice, folder: Path) -> dict[str, str]:
    """Write what is due below a folder; what each page read. BuildError with all failures."""
    pages: dict[str, str] = {}
    failures: list[str] = []
    for rendered in _rendered(task, renderer(choice.scene, folder), choice.due):
        failures += rendered.failures
        pages.update(rendered.pages)
        if rendered.html:
            with task.store.transaction():
                task.store.put_html(rendered.html)
    if failures:
        raise BuildError(f"{len(failures)}个页面生成失败，原有网站未改动", sorted(failures))
    return pages


def _rendered(
    task: Task, make: Callable[[], Work[Artifact, Rendered]], due: Sequence[Artifact]
) -> Iterator[Rendered]:
    """Render artifacts. Of a few, the slow are made aside: they take libraries of their own."""
    name = "生成页面"
    slow = [artifact for artifact in due if artifact.slow]
    if not slow or task.options.jobs == 1 or len(due) >= _WORTH_FORKING:
        yield from stage(task, name, make, due)
        return
    quick = [artifact for artifact in due if not artifact.slow]
    task.reporter.start(name, len(due))
    with contextlib.closing(Aside(lambda: run(make, [slow], 1))) as aside:
        for rendered in itertools.chain(run(make, batches(quick, _BATCH), 1), aside):
            task.reporter.advance(len(rendered.pages))
            yield rendered
    task.reporter.finish()


def remember(
    task: Task,
    output: Output,
    choice: Choice,
    pages: Mapping[str, str],
    result: Published,
) -> datetime | None:
    """Record what is published now; what was dirty has been shown. When something changes next."""
    store, index = task.store, choice.scene.index
    next_change, asked = index.next_change(), queries_of(pages.values())
    with store.transaction():
        if result.changed is None:
            store.drop_pages()
        store.put_pages(((artifact, pages[artifact.url]) for artifact in choice.due), choice.gone)
        # Nobody asks any more what has changed and was not asked now.
        store.drop_answers(choice.outdated - asked)
        store.put_answers((key, fingerprint(key, index)) for key in asked)
        store.clear_dirty()
        store.put("program", choice.reading.program)
        store.put("options", task.options.fingerprint)
        store.put("at", task.at.isoformat())
        store.put("due", next_change.isoformat() if next_change else "")
        store.put("pages", str(choice.planned))
        output.remember(result)
    return next_change


def stage(task: Task, name: str, make: Callable[[], Work[T, R]], items: Sequence[T]) -> Iterator[R]:
    """Work through items in batches, by several workers when there are many."""
    task.reporter.start(name, len(items))
    jobs = task.options.jobs if len(items) >= _WORTH_FORKING else 1
    work = batches(items, _BATCH)
    for number, result in enumerate(run(make, work, jobs)):
        task.reporter.advance(len(work[number]))
        yield result
    task.reporter.finish()
