"""Build: a function of its inputs and the as-of time; it begins by looking whether to do anything.

look (what changed) → read (only that) → choose (what is stale) → render → publish (one swap) →
remember. Anything odd about the record or the output means that everything is rendered, and the
build says in one line why. This module looks; `renewal`, which loads the whole site, does the rest.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import sqlite3
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from portal.errors import BuildError
from portal.freezer.processes.aside import Aside
from portal.freezer.published.published_folder import Output, touched
from portal.freezer.record.stamps import program_stamp
from portal.freezer.record.store import CORE, Store
from portal.freezer.sources.changes import edited
from portal.freezer.task import CORE_CHANGED, BuildOptions, BuildResult, Looks, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portal.freezer.report import Reporter


def build(options: BuildOptions, at: datetime, reporter: Reporter) -> BuildResult:
    """Bring the output up to date with its inputs as of an instant.

    Raises ContentError or BuildError with every fault; the published site is then untouched.
    """
    options.cache.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(options.out.absolute()).encode()).hexdigest()[:12]
    with _lock(options.cache / f"{name}.lock", reporter), contextlib.ExitStack() as stack:
        store = _open(options.cache / f"{name}.sqlite")
        stack.callback(store.close)
        try:
            task = Task(options, at, reporter, store)
            output = Output(options.out, store)
            looks = _look(task, output)
            stack.callback(looks.close)
            if _nothing_due(task) and _nothing_changed(looks):
                return _unchanged(store)
            from portal.freezer.renewal import Renewal

            return Renewal(task, output, looks).run()
        except OSError as error:
            place = f"（{error.filename}）" if error.filename else ""
            raise BuildError(f"构建没有完成：{error.strerror}{place}") from error


@contextlib.contextmanager
def _lock(path: Path, reporter: Reporter) -> Iterator[None]:
    """One build of an output at a time; forked processes hold the lock too, until they end."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reporter.note("另一个构建正在进行，等待其结束")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open(path: Path) -> Store:
    """The store, or a new one in place of a file that cannot be read."""
    try:
        store = Store(path)
        store.ready()
    except sqlite3.DatabaseError:
        path.unlink()
        store = Store(path)
        store.ready()
    return store


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
    )
