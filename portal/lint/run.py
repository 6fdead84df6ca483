"""Lint: runs every rule of a stage over a tree and returns all issues, sorted by place.

What is found in a folder by itself depends on its files and on the content alone, and is kept with
them in the lint's cache. What others say of a notice is asked again each time, from the little that
is kept of each; only comparing the lists of an edition is kept too, for as long as none differs.
"""

from __future__ import annotations

import gc
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from portal.content.loader import read, read_ledgers
from portal.errors import Issue, Repair, Severity
from portal.lint.checker import Checker
from portal.lint.content_findings import content_findings
from portal.lint.folder_findings import FolderReading
from portal.lint.holds_file import read_holds
from portal.lint.known_notices import KnownNotices, laid_out, neighbour_findings
from portal.lint.lint_store import forget, opened
from portal.lint.round_findings import round_findings
from portal.lint.rules.neighbours import Context
from portal.lint.rules.rule_groups import (
    LEDGER_RULES,
    Found,
    explain,
    explanations,
    found_of,
    run,
)
from portal.lint.rules.subjects import Surroundings, anchors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.content.loader import Tree
    from portal.errors import Stage
    from portal.ledger.ledger_lines import LedgerLine
    from portal.lint.lint_store import LintStore

__all__ = ("explain", "explanations", "lint")


class Asked(NamedTuple):
    """What a run is asked, see `lint`."""

    content: Sequence[Path]
    notices: Sequence[Path]
    stage: Stage
    holds: Path | None
    desk: str | None
    now: datetime | None
    keyed: Callable[[str], bool]
    checker: Checker
    drafts: Sequence[Path]


def lint(
    content: Sequence[Path],
    notices: Sequence[Path],
    *,
    stage: Stage,
    holds: Path | None = None,
    desk: str | None = None,
    now: datetime | None = None,
    keyed: Callable[[str], bool] = lambda _: False,
    checker: Checker | None = None,
    drafts: Sequence[Path] = (),
    kept: Path | None = None,
    seal: bytes = b"",
) -> list[Issue]:
    """Every fault of a tree in one run; with `drafts`, theirs alone, laid over the tree.

    `holds` is the desk's export of entries held back, `desk` the desk's public key; without a sound
    export no city list and no decision goes out. `now` is when that would
    be, and when the notices that no ledger holds yet would be published; `keyed` tells whether
    objections to a notice can be sealed, `checker` is the office's own program that reads texts.
    `kept` is the folder of the cache; without one, and with a checker, everything is read anew.
    With a `seal` only what was kept under this very secret is believed.
    """
    checker = checker or Checker()
    asked = Asked(content, notices, stage, holds, desk, now, keyed, checker, drafts)
    folder = None if checker.asks else kept
    try:
        return _with_store(asked, folder, seal)
    except (sqlite3.Error, OSError):
        if folder is None:
            raise
        forget(folder)
        return _with_store(asked, None)


def _with_store(asked: Asked, kept: Path | None, seal: bytes = b"") -> list[Issue]:
    with closing(opened(kept, asked.content, asked.notices, seal)) as store, _collector_paused():
        # The same may be found twice; what would mend it counts for nothing there.
        found = {one[:7]: one for one in _found(asked, store) if one.counts(asked.stage)}
    inside = tuple(f"{draft}/" for draft in asked.drafts) or ""
    return [_issue(found[key]) for key in sorted(found) if key[0].startswith(inside)]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause garbage collection: what is read stays to the end, or goes by itself."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _issue(found: Found) -> Issue:
    severity = Severity.WARNING if found.warning else Severity.ERROR
    mended = Repair(*found.repair) if found.repair else None
    return Issue(*found[:6], severity, mended)


def _found(asked: Asked, store: LintStore) -> Iterator[Found]:
    around, of_content = _content(asked, store)
    ledgers, ledger_issues = _ledgers(asked, store)
    folders, doubled = laid_out(asked.notices, asked.drafts)
    yield from (one for one in of_content if not one.proviso)
    yield from map(found_of, (*ledger_issues, *doubled))
    tree = replace(around.tree, ledgers=ledgers)
    held = read_holds(asked.holds, asked.desk, lambda county: _county_name(tree, county))
    if held.fault and held.present:
        yield Found(str(asked.holds), 1, 1, "S008", held.fault, "从工作台重新导出", warning=False)
    wanted = _wanted(asked)
    notices = KnownNotices(
        store, folders, FolderReading(around, frozenset(folders), keep=store.kept)
    )
    context = Context(
        *(tree, around.anchors, around.checker),
        known=notices.known,
        slugs=frozenset(folders),
        holds=held,
        now=asked.now,
        keyed=asked.keyed,
        listing=store.listing,
    )
    yield from run(LEDGER_RULES, context)
    pending = [one for one in of_content if one.proviso]
    sound = not ledger_issues
    for slug, found in notices.findings(wanted):
        known = notices.known.get(slug)
        # A text that the ledger holds is changed by a revision only; an earlier one never is.
        final = not sound or slug in context.recorded or (known and known.revision > 1)
        for one in found:
            told = one._replace(repair=()) if final and one.repair else one
            if told.proviso:
                pending.append(told)
            else:
                yield told
    yield from (one for one in pending if context.stands(one.proviso))
    yield from neighbour_findings(context, store, wanted)
    yield from round_findings(context, store, wanted, " ".join(map(str, asked.drafts)))


def _wanted(asked: Asked) -> Callable[[str], bool]:
    """Whether the findings of a notice are asked for, by its slug."""
    names = {draft.name for draft in asked.drafts}
    return names.__contains__ if names else lambda _: True


def _content(asked: Asked, store: LintStore) -> tuple[Surroundings, list[Found]]:
    """The content around the notices, and what is found in it."""
    kept = store.get("content")
    if kept is not None:
        tree, anchors, found = kept
        return Surroundings(tree, anchors, asked.checker), found
    tree = read(asked.content, ())
    around = Surroundings(tree, anchors_of(tree), asked.checker)
    found = [*map(found_of, tree.issues), *content_findings(around)]
    store.put("content", (tree, around.anchors, found))
    return around, found


def _ledgers(
    asked: Asked, store: LintStore
) -> tuple[dict[str, tuple[LedgerLine, ...]], list[Issue]]:
    """The lines of each ledger; those whose signatures held are not looked at again."""
    held = store.get("ledgers") or {}
    ledgers, issues = read_ledgers(asked.notices, held)
    if ledgers != held:
        store.put("ledgers", ledgers)
    return {folder: tuple(ledger) for folder, ledger in ledgers.items()}, issues


def _county_name(tree: Tree, county: str | None) -> str:
    """A county's Chinese name, which lists use; the desk may write its slug."""
    return (tree.site.county_name(county) if tree.site else "") or county or ""
