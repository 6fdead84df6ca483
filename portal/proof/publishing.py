"""Entering published revisions into the ledger, with the SHA-256 of each file they are given as."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.content.catalogue import Catalogue
from portal.content.notice.notice_folder import TEXT
from portal.content.notice.recorded import keep_copy
from portal.content.parts import with_parts
from portal.content.queries import Windowed
from portal.ledger.chain import ledger_writer
from portal.ledger.ledger_lines import LEDGER_NAME, LedgerLine, ledger_texts
from portal.proof.form_lines import changed
from portal.render.notice.formats import formats_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from pathlib import Path

    from portal.domain.notice import Notice
    from portal.ledger.chain import LedgerWriter
    from portal.ledger.signing import SigningKey
    from portal.proof.form_lines import FormSeals


@dataclass(frozen=True, slots=True)
class Entered:
    """A revision that was entered; `anew` when only its files were set again."""

    slug: str
    revision: int
    title: str
    source: str
    anew: bool = False


def signed_outputs(notice: Notice, catalogue: Catalogue) -> dict[str, str]:
    """SHA-256 of each signed format by file name."""
    return {
        fmt.filename: hashlib.sha256(fmt.render(notice, catalogue)).hexdigest()
        for fmt in formats_of(notice)
        if fmt.signed
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that is not in the ledger; it can be entered once its time `at` has come."""

    slug: str
    revision: int
    title: str
    at: datetime


def waiting(catalogue: Catalogue, folder: Path) -> list[Waiting]:
    """The texts of a notices folder that nobody has entered, the earliest first."""
    found = [
        Waiting(n.slug, n.revision, n.title, n.updated)
        for n in _of_folder(catalogue, folder)
        if catalogue.ledger_line(n.slug, n.revision) is None
    ]
    return sorted(found, key=lambda item: (item.at, item.slug))


def _of_folder(
    catalogue: Catalogue, folder: Path, only: Collection[str] | None = None
) -> list[Notice]:
    """The notices of a folder; of named ones those too that they amend and the ledger holds."""
    if only is None:
        return [n for n in catalogue.notices if (folder / n.slug / TEXT).exists()]
    found = {slug: catalogue.notice(slug) for slug in only if (folder / slug / TEXT).exists()}
    for notice in list(found.values()):
        amended = catalogue.notice(notice.amends) if notice and notice.amends else None
        held = amended and catalogue.ledger_line(amended.slug, amended.revision)
        if amended and held and (folder / amended.slug / TEXT).exists():
            found.setdefault(amended.slug, amended)
    return [notice for notice in found.values() if notice is not None]


def _still_open(catalogue: Catalogue, folder: Path, at: datetime) -> list[Notice]:
    """The notices of a folder whose window ends after an instant; no other one is read."""
    heads = catalogue.index().by_slug
    slugs = [s for s in catalogue.ask(Windowed()) if (heads[s].closes or 0) > at.timestamp()]
    found = (catalogue.notice(slug) for slug in slugs if (folder / slug / TEXT).exists())
    return [notice for notice in found if notice is not None]


def publish_folder(
    catalogue: Catalogue,
    folder: Path,
    key: SigningKey,
    at: datetime,
    *,
    only: Collection[str] | None = None,
    anew: bool = False,
    form: FormSeals | None = None,
) -> list[Entered]:
    """Enter what a notices folder publishes into its ledger, or `only` the notices named.

    The catalogue is one of all texts, entered or not. A copy of each text is kept first, then all
    lines are written at once: a line never stands without the text that it names. With `form`,
    keys and scripts of the objection form that are not there as they stand are entered first.
    """
    path = folder / LEDGER_NAME
    known = [chain.texts for chain in catalogue.parts.ledger.chains]
    writer = ledger_writer(path, key, at, known)
    if form:
        windows = _still_open(catalogue, folder, at)
        for kind, content in changed(ledger_texts(path), form.lines(windows)):
            writer.state(kind, content)
    entered = enter_revisions(catalogue, _of_folder(catalogue, folder, only), writer, at, anew=anew)
    for item in entered:
        keep_copy(folder / item.slug, item.revision, item.source)
    writer.write(path)
    return entered


def enter_revisions(
    catalogue: Catalogue,
    notices: Iterable[Notice],
    writer: LedgerWriter,
    at: datetime,
    *,
    anew: bool = False,
) -> list[Entered]:
    """Add a line for every public revision that has none, oldest first.

    With `anew`, revisions whose files would come out different today (a new layout, another
    address of the site) get a further line; what was handed out before stays known. So does a
    notice that one entered now corrects or withdraws: each of its files tells of that.
    """
    catalogue = catalogue.as_of(at)
    notices = list(notices)
    entered: list[Entered] = []
    amended = {
        notice.amends
        for notice in notices
        if notice.amends and catalogue.ledger_line(notice.slug, 1) is None
    }
    for notice in sorted(notices, key=lambda notice: (notice.updated, notice.slug)):
        if notice.published > at:
            continue
        for revision in notice.revisions[:-1]:
            if catalogue.ledger_line(notice.slug, revision.number) is None:
                # The earlier text has no files of its own any more; its source still counts.
                writer.revision(
                    notice.slug, revision.number, revision.published, revision.digest, {}
                )
                entered.append(
                    Entered(notice.slug, revision.number, revision.title, revision.digest)
                )
        line = catalogue.ledger_line(notice.slug, notice.revision)
        if notice.updated > at or (line and not anew and notice.slug not in amended):
            continue
        if line and line.outputs == signed_outputs(notice, catalogue):
            continue
        outputs = signed_outputs(notice, _with_pending(catalogue, notice, writer.head))
        writer.revision(notice.slug, notice.revision, notice.updated, notice.digest, outputs)
        again = line is not None
        entered.append(
            Entered(notice.slug, notice.revision, notice.title, notice.digest, anew=again)
        )
    return entered


def _with_pending(catalogue: Catalogue, notice: Notice, head: str) -> Catalogue:
    """The catalogue as it will be: the files name the line before their own."""
    line = LedgerLine(notice.slug, notice.revision, notice.updated, notice.digest, previous=head)
    parts = with_parts(catalogue.parts, ledger=catalogue.ledger.with_line(line))
    return Catalogue(parts, catalogue.shelf, catalogue.at)


def as_revision(notice: Notice, number: int) -> Notice | None:
    """The notice as it stood in an earlier revision, or None where there is no such revision."""
    if number == notice.revision:
        return notice
    found = [n for n, revision in enumerate(notice.revisions) if revision.number == number]
    if not found:
        return None
    revision = notice.revisions[found[0]]
    return replace(
        notice,
        title=revision.title,
        body=revision.body,
        entries=revision.entries,
        digest=revision.digest,
        revisions=notice.revisions[: found[0] + 1],
    )
