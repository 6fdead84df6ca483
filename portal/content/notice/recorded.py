"""What the ledger holds of a notice: the texts that are public, each whole and from its time on.

What is not in the ledger is not public. A text counts as recorded when a ledger line names its
revision and the SHA-256 of its files. It is looked for where it may lie: as the notice's present
text, under revisions/<n>/, and among the copies that registration keeps beside the ledger, so that
an edit in place neither changes nor removes what stands in public:

    notices/.ledger/<SHA-256 of the text's files>/notice.md  list.csv  files/
"""

from __future__ import annotations

import os
import shutil
import stat
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from portal.content.heads import Head, Version, head_of, heads_of
from portal.content.notice.notice_folder import FILES, LIST, REVISIONS, TEXT
from portal.content.notice.notice_reader import Source, read_notice
from portal.content.notice.references import with_references
from portal.domain.unrecorded import LeftOut, Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from portal.content.notice.basis import Basis
    from portal.domain.editions import Edition
    from portal.domain.notice import Notice
    from portal.domain.places import Site
    from portal.ledger.ledger_lines import LedgerLine

COPIES = ".ledger"
_ALWAYS = datetime(1970, 1, 2, tzinfo=SHANGHAI)


class Recorded(NamedTuple):
    """The recorded texts of a notice, first to last, and what keeps one from being shown."""

    versions: tuple[Version, ...] = ()
    faults: tuple[Issue, ...] = ()


class Around(NamedTuple):
    """What a text may name: offices, counties, editions, notices; and how it is read.

    `roots` are the folders of notices, beside whose ledgers copies may lie.
    """

    site: Site | None
    editions: Mapping[str, Edition]
    slugs: Collection[str]
    basis: Basis
    roots: Sequence[Path]


def recorded_texts(source: Source, lines: Sequence[LedgerLine], around: Around) -> Recorded:
    """The recorded texts of a notice; `lines` are those of its ledger that name it.

    A text that was entered again, since its files would be set differently, counts from its first
    line on. One that is nowhere to be found is a fault: what was public must not go silently.
    """
    found: list[Version] = []
    faults: list[Issue] = []
    for number, same in sorted(_by_revision(lines).items()):
        first = same[0]
        text = _text(source, number, {line.source for line in same}, around)
        if text is None:
            faults.append(_missing(source, number))
            continue
        named = with_references(
            replace(source, notice=text, partial=None, issues=()),
            *(around.site, around.editions, around.slugs),
        )
        faults += named.issues
        if named.notice is not None:
            since = max(first.published, first.recorded or first.published)
            found.append(Version(named.notice, since))
    return Recorded(tuple(_with_history(found)), tuple(faults))


def _missing(source: Source, number: int) -> Issue:
    message = f"第{number}稿已经登记发布，找不到与登记相符的原文"
    remedy = "恢复发布时的文件；要改动的，恢复后用 portal revise 另出一稿"
    return Issue(source.text_path, 1, 1, "R004", message, remedy)


def _by_revision(lines: Iterable[LedgerLine]) -> Mapping[int, list[LedgerLine]]:
    found: defaultdict[int, list[LedgerLine]] = defaultdict(list)
    for line in lines:
        found[line.revision].append(line)
    return found


def _text(source: Source, number: int, digests: set[str], around: Around) -> Notice | None:
    """The text of a revision as it was recorded, wherever it lies."""
    present = source.notice
    if present is not None and present.revision == number and present.digest in digests:
        return present
    kept = source.folder / REVISIONS / str(number)
    earlier = _read(kept, source, around.basis) if kept.is_dir() else None
    if earlier is not None and earlier.revision == number:
        redacted = any(r.redacted for r in earlier.revisions)
        if redacted or _digest(earlier, present) in digests:
            return earlier
    places = [root / COPIES / digest for root in around.roots for digest in sorted(digests)]
    for copy in places:
        again = _read(copy, source, around.basis) if copy.is_dir() else None
        if again is not None and again.digest == copy.name and again.revision == number:
            return again
    return None


def source_of(folder: Path, basis: Basis) -> Source:
    """A notice's folder as it was read; one that is gone holds nothing."""
    if not folder.is_dir():
        return Source(folder, None, None, None, ())
    return read_notice(folder, basis)


def _digest(earlier: Notice, present: Notice | None) -> str:
    """The digest of an earlier text; one without files/ shares the present attachments."""
    if present is None or earlier.attachments or not present.attachments:
        return earlier.digest
    known = (r.digest for r in present.revisions if r.number == earlier.revision)
    return next(known, earlier.digest)


def _read(folder: Path, source: Source, basis: Basis) -> Notice | None:
    """A text in a folder of its own, under the notice's slug."""
    notice = read_notice(folder, basis, earlier=True).notice
    return None if notice is None else replace(notice, slug=source.slug)


def _with_history(versions: Sequence[Version]) -> Iterable[Version]:
    """Each version with the recorded texts before it as its earlier revisions."""
    history: tuple[Notice, ...] = ()
    for version in versions:
        own = version.notice.revisions[-1:]
        earlier = tuple(notice.revisions[-1] for notice in history if notice.revisions)
        yield Version(replace(version.notice, revisions=(*earlier, *own)), version.since)
        history = (*history, version.notice)


def keep_copy(folder: Path, revision: int, digest: str) -> None:
    """Keep a text of a notice's folder beside the ledger, under the digest that a line names."""
    copies = folder.parent / COPIES
    target = copies / digest
    if target.is_dir():
        return
    earlier = folder / REVISIONS / str(revision)
    source = earlier if earlier.is_dir() else folder
    fresh = copies / f".new-{digest}"
    shutil.rmtree(fresh, ignore_errors=True)
    if not copies.is_dir():  # another user's, who may let this one write there, stays as it is
        copies.mkdir(exist_ok=True)
        open_like(copies, folder.parent)
    fresh.mkdir()
    for name in (TEXT, LIST):
        if (source / name).is_file():
            shutil.copyfile(source / name, fresh / name)
    files = source / FILES if (source / FILES).is_dir() else folder / FILES
    if files.is_dir():
        shutil.copytree(files, fresh / FILES)
    open_like(fresh, folder.parent)
    fresh.rename(target)


def open_like(folder: Path, like: Path) -> None:
    """Whoever may read `like` may read a folder with all in it: the desk makes closed files."""
    rights = stat.S_IMODE(like.stat().st_mode)
    for root, _, files in os.walk(folder):
        Path(root).chmod(rights)
        for path in (Path(root, name) for name in files):
            if not path.is_symlink():
                path.chmod(rights & 0o666)


def left_out(source: Source, versions: Sequence[Version]) -> LeftOut | None:
    """Why the present text of a notice is not among its public ones; None where it is."""
    present = source.notice
    if present is None:
        return LeftOut(source.slug, "文件有错误，见 portal lint")
    if versions and versions[-1].notice.digest == present.digest:
        return None
    if any(version.notice.revision == present.revision for version in versions):
        return LeftOut(source.slug, f"第{present.revision}稿与登记的文本不符")
    return LeftOut(source.slug, f"第{present.revision}稿未登记")


MARK = "预览"


def as_preview(notice: Notice) -> Notice:
    """A text that nobody has recorded, marked wherever its title shows."""
    return replace(notice, title=f"【{MARK}】{notice.title}", draft=True)


def shown_texts(
    source: Source,
    versions: Sequence[Version],
    unrecorded: Unrecorded,
    own: Callable[[Notice], str] | None = None,
) -> list[tuple[Head, Notice]]:
    """The texts of a notice that are shown, each with its head; `own` gives a field of it."""
    present, folder = source.notice, str(source.folder)
    if present is not None and unrecorded is not Unrecorded.LEFT_OUT:
        marked = unrecorded is Unrecorded.MARKED
        if not marked or left_out(source, versions):
            notice = as_preview(present) if marked else present
            field = own(notice) if own else ""
            return [(head_of(notice, folder, field, _ALWAYS if marked else None), notice)]
    return heads_of(versions, folder, own)
