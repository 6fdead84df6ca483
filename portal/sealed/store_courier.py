"""The courier between a drop box in an object store and a folder, which then is as if carried.

`carry` does what `public_side` does for a drop box in a folder: whoever runs it, the desk's machine
or one between, has the store on one side and the carried folder on the other. Each step may be
repeated and interrupted anywhere; an envelope leaves the store only against a note that the desk
has signed over its digest, and never before the carried folder has its header.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from portal.errors import SealError, UnreachableError, VerificationError
from portal.sealed.case_records import record_of
from portal.sealed.collecting_lock import collecting
from portal.sealed.courier import HEAD, NO_KEY, DeskFolders, Report, desk_side
from portal.sealed.desk_notes import head_time, is_gone, noted_digest
from portal.sealed.dropbox import (
    GONE,
    GONE_NAME,
    SEALED,
    SEALED_NAME,
    DropBox,
    Sum,
    gone_names,
    noted_sum,
    publish,
    publish_bytes,
    read_small,
    remove_envelope,
    sealed_names,
    sum_of,
    sum_path,
    sweep,
)
from portal.sealed.envelope import SIZE_LIMIT, read_header
from portal.sealed.store_box import CASES, INBOX, OUTBOX, StoreBox, place

if TYPE_CHECKING:
    from typing import BinaryIO

    from portal.ledger.signing import SigningKey

_LOOKUP = 32  # digits
_HEAD_OBJECT = f"{OUTBOX}/{HEAD}"
_SMALL = 4096


def carry(box: StoreBox, carrier: DropBox, now: float, public: str | None) -> Report:
    """Bring home what the desk signed and wrote, fetch what is new; a store away is a trouble.

    `public` is the desk's public key; without it nothing leaves the store.
    """
    report = Report()
    carrier.prepare()
    with collecting(carrier.root):
        try:
            run = _Run(box, carrier, report)
            if public is not None:
                run.bring_home(public)
            elif sealed_names(carrier.taken) or gone_names(carrier.outbox):
                report.troubles.append(NO_KEY)
            run.fetch()
        except UnreachableError as error:
            report.troubles.append(str(error))
        report.swept = sweep(carrier.tmp, now)
    return report


def store_exchange(
    box: StoreBox, carrier: DropBox, desk: DeskFolders, now: float, key: SigningKey
) -> Report:
    """Everything, when the desk's machine reaches the store itself; `carrier` lies between."""
    fetched = carry(box, carrier, now, key.public)
    report = desk_side(carrier, desk, now, key)
    brought = carry(box, carrier, now, key.public)
    for one in (fetched, brought):
        report.settled += one.settled
        report.forgotten += one.forgotten
    report.troubles += list(dict.fromkeys(fetched.troubles + brought.troubles))
    return report


def fetch(box: StoreBox, carrier: DropBox) -> None:
    """Only fetch, before a backup of the carried folder; UnreachableError."""
    carrier.prepare()
    with collecting(carrier.root):
        run = _Run(box, carrier, Report())
        run.fetch()
    if run.report.troubles:
        raise UnreachableError("；".join(run.report.troubles))


@dataclass(slots=True)
class _Run:
    """One carrying: what lies in the store is listed once, and kept up to date."""

    box: StoreBox
    carrier: DropBox
    report: Report

    def names(self, folder: str) -> set[str]:
        return set(self.box.store.names(folder))

    def bring_home(self, public: str) -> None:
        """Notes, deletions, answers, headers of cases, the head."""
        report, carrier = self.report, self.carrier
        report.settled += report.each(sealed_names(carrier.taken), partial(self.settle, public))
        there = {folder: self.names(folder) for folder in (INBOX, OUTBOX, CASES)}
        gone = gone_names(carrier.outbox)
        report.forgotten += report.each(gone, partial(self.forget, public, there))
        lost = {name[:_LOOKUP] for name in (*gone, *there[OUTBOX]) if GONE_NAME.fullmatch(name)}
        answers = [n for n in sealed_names(carrier.outbox) if n not in there[OUTBOX]]
        report.given += report.each([n for n in answers if n[:_LOOKUP] not in lost], self.give)
        cases = {path.name for path in carrier.cases.glob("*.json")} - there[CASES]
        report.each(sorted(n for n in cases if n[:_LOOKUP] not in lost), self.give_case)
        report.each([HEAD], partial(self.share_head, public))

    def settle(self, public: str, name: str) -> bool:
        """Out of the store, and out of the carried folder, what the desk signed for."""
        signed = noted_digest(self.carrier.taken / name, public)
        if signed is None:
            raise VerificationError("收取凭据没有工作台的签名，不予采信，信封保留")
        removed = self._settle_stored(name, signed)
        remove_envelope(self.carrier.inbox / name)
        (self.carrier.taken / name).unlink(missing_ok=True)
        return removed

    def _settle_stored(self, name: str, signed: str) -> bool:
        whole = place(INBOX, name)
        try:
            found = self.box.store.find(whole, 0)
            header = self.box.inbox_header(name)
        except FileNotFoundError:
            return False
        if (found.sha256 or self._digest(whole)) != signed:
            raise VerificationError("收取凭据与信封不一致，未移除")
        case, record = f"{header.name}.json", record_of(header, signed)
        publish_bytes(self.carrier.tmp, self.carrier.cases / case, record)
        self.box.store.put(place(CASES, case), record, replace=True)
        self.box.store.remove(whole)
        return True

    def _digest(self, whole: str) -> str:
        digest = hashlib.sha256()
        for chunk in self.box.store.chunks(whole):
            digest.update(chunk)
        return digest.hexdigest()

    def forget(self, public: str, there: dict[str, set[str]], name: str) -> bool:
        """Everything of a case whose deletion the desk signed; the deletion itself stays."""
        note = self.carrier.outbox / name
        if not is_gone(note, public):
            note.unlink()
            raise VerificationError("删除凭据没有工作台的签名，没有删除任何内容")
        lookup = name.removesuffix(GONE)
        found = [
            (folder, other)
            for folder, names in there.items()
            for other in names
            if other.startswith(lookup) and other != name
        ]
        for folder, other in found:
            self.box.store.remove(place(folder, other))
        answers = self.carrier.outbox.glob(f"{lookup}.*{SEALED}")
        for path in (*answers, *self.carrier.cases.glob(f"{lookup}*.json")):
            path.unlink(missing_ok=True)
        if name not in there[OUTBOX]:
            self.box.store.put(place(OUTBOX, name), read_small(note), replace=True)
        return bool(found)

    def give(self, name: str) -> bool:
        """An answer to the store; never in the place of another."""
        path = self.carrier.outbox / name
        if path.stat().st_size > SIZE_LIMIT:
            raise SealError("答复超过允许的大小，没有送出")
        with path.open("rb") as stream:
            if f"{read_header(stream).name}{SEALED}" != name:
                raise SealError("文件名与信封头部不一致")
            self.box.store.put(place(OUTBOX, name), stream)
        return True

    def give_case(self, name: str) -> bool:
        """A header that the store has lost."""
        self.box.store.put(place(CASES, name), (self.carrier.cases / name).read_bytes())
        return True

    def share_head(self, public: str, name: str) -> bool:
        """The newer of two heads goes to both places, so that a lost folder hides no roll-back."""
        mine, theirs = self.carrier.outbox / name, self.carrier.tmp / name
        try:
            publish_bytes(self.carrier.tmp, theirs, self.box.store.read(_HEAD_OBJECT, _SMALL))
        except FileNotFoundError:
            theirs.unlink(missing_ok=True)
        stored, here = head_time(theirs, public), head_time(mine, public)
        if stored > here:
            publish_bytes(self.carrier.tmp, mine, read_small(theirs))
        elif here > stored:
            self.box.store.put(_HEAD_OBJECT, read_small(mine), replace=True)
        theirs.unlink(missing_ok=True)
        return True

    def fetch(self) -> None:
        """Copy into the carried folder what it has not, or not whole."""
        names = sorted(name for name in self.names(INBOX) if SEALED_NAME.fullmatch(name))
        self.report.taken += self.report.each(names, self._fetch_one)

    def _fetch_one(self, name: str) -> bool:
        whole, target = place(INBOX, name), self.carrier.inbox / name
        found = self.box.store.find(whole, 0)
        if found.size > SIZE_LIMIT:
            raise SealError("信封超过允许的大小，没有收取")
        noted = Sum(found.size, found.sha256) if found.sha256 else None
        if target.exists() and noted == noted_sum(target) == sum_of(target):
            return False
        if noted is not None:  # the sum comes first: no reader meets an envelope without it
            publish_bytes(self.carrier.tmp, sum_path(target), noted.line())
        publish(self.carrier.tmp, target, partial(self._copy, whole))
        return True

    def _copy(self, whole: str, out: BinaryIO) -> None:
        out.writelines(self.box.store.chunks(whole))
