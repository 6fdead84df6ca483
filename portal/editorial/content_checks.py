"""What the lint says about a content file as it is to be: the whole tree with the draft over it.

There is no second set of rules. The tree is laid out beside the real one, with links to every file
but those that the draft writes, so that what is looked at is what placing will make.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.catalogue import Catalogue
from portal.content.loader import load, read
from portal.editorial.draft_checks import Remark
from portal.errors import ContentError, Issue, Severity, Stage
from portal.lint.run import lint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.editorial.content_drafts import ContentDraft
    from portal.editorial.draft_checks import LintedTree

FIELD, ELSEWHERE = "line", "elsewhere"
_MARK = "【预览】"


def check_content(draft: ContentDraft, around: LintedTree, now: datetime) -> list[Remark]:
    """Everything the lint says of the file, and what else the content has that it had not."""
    with laid_over(draft, around.content) as folders:
        issues = _lint(around, folders, (), now)
        own = str(folders[0] / draft.file.path)
        remarks = [Remark(_at_home(i), FIELD, line=i.line) for i in issues if i.path == own]
        remarks += [Remark(i, ELSEWHERE) for i in _new(issues, draft, around, now, folders[0], ())]
    return remarks


def faults_of_tree(draft: ContentDraft, around: LintedTree, now: datetime) -> list[Issue]:
    """Every error that the site would have and has not now, notices included.

    Nothing that is kept of earlier runs is trusted: this is asked before a text goes up. What the
    ledger holds is read as the site reads it only for a file that the reading of notices looks at.
    """
    with laid_over(draft, around.content) as folders:
        issues = _lint(around, folders, around.notices, now)
        own = str(folders[0] / draft.file.path)
        found = [_at_home(i) for i in issues if i.path == own]
        found += _new(issues, draft, around, now, folders[0], around.notices)
        errors = [issue for issue in found if issue.severity is Severity.ERROR]
        if not errors and draft.file.shapes_notices:
            try:
                load(folders, around.notices)
            except ContentError as error:
                errors = list(_unknown(error, around, folders[0]))
    return errors


def content_preview(draft: ContentDraft, around: LintedTree, base: Catalogue) -> Catalogue | None:
    """The catalogue with the draft's file in it; None where it leaves nothing to be shown."""
    with laid_over(draft, around.content) as folders:
        tree = read(folders, ())
        own = str(folders[0] / draft.file.path)
        unread = any(one.path == own and one.severity is Severity.ERROR for one in tree.issues)
    if tree.site is None or unread:
        return None
    stem = draft.file.filename.rpartition(".")[0]
    marked = draft.file.annex
    # A form is carried away as a file: it says itself what it is.
    annexes = tuple(
        replace(one, title=_MARK + one.title) if marked and one.slug == stem else one
        for one in tree.annexes
    )
    shown = replace(tree, annexes=annexes, ledger=base.parts.ledger)
    return Catalogue(shown.parts(tree.site), base.shelf)


@contextmanager
def laid_over(draft: ContentDraft, content: tuple[Path, ...]) -> Iterator[tuple[Path, ...]]:
    """The content folders, in place of the first a copy in which the draft stands."""
    with tempfile.TemporaryDirectory(prefix="portal-content-") as name:
        home, target = content[0].absolute(), Path(name) / "content"
        shutil.copytree(home, target, copy_function=_link)
        for path, data in draft.outcome().items():
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            place.write_bytes(data)
        yield (target, *content[1:])


def _link(source: str, target: str) -> None:
    Path(target).symlink_to(source)


def _lint(
    around: LintedTree, content: tuple[Path, ...], notices: tuple[Path, ...], now: datetime
) -> list[Issue]:
    return lint(
        content, notices, stage=Stage.DRAFT, now=now, keyed=around.keyed, checker=around.checker
    )


def _new(  # noqa: PLR0917 - one comparison
    issues: list[Issue],
    draft: ContentDraft,
    around: LintedTree,
    now: datetime,
    over: Path,
    notices: tuple[Path, ...],
) -> list[Issue]:
    """What is said of other files, as far as it is not said of them today."""
    others = [_told(issue, over) for issue in issues if issue.path != str(over / draft.file.path)]
    others = [issue for issue in others if issue.severity is Severity.ERROR]
    if not others:
        return []
    home = around.content[0]
    known = {_said(_told(issue, home)) for issue in _lint(around, around.content, notices, now)}
    return [issue for issue in others if _said(issue) not in known]


def _unknown(error: ContentError, around: LintedTree, over: Path) -> Iterator[Issue]:
    """Why the tree cannot be shown, unless it could not be before."""
    known: set[tuple[str, str, str]] = set()
    try:
        load(around.content, around.notices)
    except ContentError as before:
        known = {_said(_told(issue, around.content[0])) for issue in before.issues}
    for issue in error.issues:
        told = _told(issue, over)
        if _said(told) not in known:
            yield told


def _said(issue: Issue) -> tuple[str, str, str]:
    return issue.path, issue.code, issue.message


def _told(issue: Issue, home: Path) -> Issue:
    """An issue by its path below the content folder."""
    path = Path(issue.path)
    inside = path.is_relative_to(home)
    return replace(issue, path=path.relative_to(home).as_posix()) if inside else issue


def _at_home(issue: Issue) -> Issue:
    return replace(issue, path=Path(issue.path).name, repair=None)
