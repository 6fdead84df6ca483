"""Build: a function of its inputs and the as-of time; it begins by looking whether to do anything.

look (what changed) → read (only that) → choose (what is stale) → render → publish (one swap) →
remember. Anything odd about the record or the output means that everything is rendered, and the
build says in one line why. This module looks; `renewal`, which loads the whole site, does the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from portal.content.record.cache_folder import own_folder
from portal.content.record.changes import edited
from portal.content.record.stamps import program_stamp
from portal.freezer.processes.aside import Aside
from portal.freezer.published.published_folder import Output, touched
from portal.freezer.record.store import CORE, Store, left_out_of
from portal.freezer.refusals import is_the_records, refusal
from portal.freezer.task import CORE_CHANGED, BuildOptions, BuildResult, Looks, Task
from portal.machine.file_lock import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portal.freezer.report import Reporter


def build(options: BuildOptions, at: datetime, reporter: Reporter) -> BuildResult:
    """Bring the output up to date with its inputs as of an instant.

    Raises ContentError or BuildError with every fault; the published site is then untouched.
    """
    name = hashlib.sha256(str(options.out.absolute()).encode()).hexdigest()[:12]
    record = options.cache / f"{name}.sqlite"
    try:
        own_folder(options.cache)
        with _lock(record.with_suffix(".lock"), reporter):
            known = record.exists()
            try:
                return _build(record, options, at, reporter)
            except Exception as error:
                if not known or not is_the_records(error):
                    raise
                reporter.note("构建记录已损坏，清除后全部重建")
                _drop(record)
                return _build(record, options, at, reporter)
    except (OSError, sqlite3.Error) as error:
        raise refusal(error) from error


def _build(record: Path, options: BuildOptions, at: datetime, reporter: Reporter) -> BuildResult:
    with contextlib.ExitStack() as stack:
        store = Store(record)
        stack.callback(store.close)
        store.ready()
        task = Task(options, at, reporter, store)
        output = Output(options.out, store)
        looks = _look(task, output)
        stack.callback(looks.close)
        if _nothing_due(task) and _nothing_changed(looks):
            return _unchanged(store)
        from portal.freezer.renewal import renew

        return renew(task, output, looks)


def _drop(record: Path) -> None:
    """Forget a record with all that goes with it."""
    for suffix in (".sqlite", ".sqlite-journal", ".search"):
        record.with_suffix(suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def _lock(path: Path, reporter: Reporter) -> Iterator[None]:
    """One build of an output at a time; forked processes hold the lock too, until they end."""
    with path.open("w") as file:
        try:
            lock(file, wait=False)
        except BlockingIOError:
            reporter.note("另一个构建正在进行，等待其结束")
            lock(file)
        yield


def _look(task: Task, output: Output) -> Looks:
    """Compare with the record what can be compared at once, and begin to look at the files."""
    options, store = task.options, task.store
    other = store.get("options") != options.fingerprint
    core = CORE in store.dirty()  # a build that failed after it had noticed
    full = output.oddity() or (CORE_CHANGED if core else "")
    if other and store.get("tree"):
        full = "构建设置有变化，全部重建"
    afresh = other or core
    sources = Aside(
        partial(edited, options.folders, None if afresh else store.path),
        niceness=0 if afresh else 3,
    )
    # Its answer is needed last.
    published = None if full or options.clean else Aside(partial(touched, store.path), niceness=10)
    program = program_stamp()  # while the others have begun
    if program != store.get("program"):
        if not afresh:
            sources.close()
            sources = Aside(partial(edited, options.folders, None))
        full = "程序或模板有更新，全部重建" if store.get("tree") else full
    if options.clean:
        full = "按要求全部重建"
    return Looks(program, full, sources, published)


def _nothing_due(task: Task) -> bool:
    """Whether the published site, of an earlier instant perhaps, may still hold now."""
    store = task.store
    last, due = store.get("at"), store.get("due")
    return (
        bool(last)
        and not store.dirty()
        and datetime.fromisoformat(last) <= task.at
        and (not due or task.at < datetime.fromisoformat(due))
    )


def _nothing_changed(looks: Looks) -> bool:
    """Whether the files are as the last build left them; waits for the first difference."""
    return not looks.full and not looks.sources and looks.output is not None and not looks.output


def _unchanged(store: Store) -> BuildResult:
    due = store.get("due")
    return BuildResult(
        pages=int(store.get("pages")),
        next_change=datetime.fromisoformat(due) if due else None,
        left_out=left_out_of(store),
    )
