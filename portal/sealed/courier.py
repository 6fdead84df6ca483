"""The courier between the two sides: steps over files, each idempotent; nothing is unsealed.

docs/objection-protocol.md §5 gives the steps; `source` is the drop box itself, or the folder that
is carried between two machines. Whoever can write to that folder may put anything into it: the
public side removes nothing without a note that the desk has signed, the desk takes nothing that is
not whole, and what is wrong with one file stops no other. For a drop box in an object store see
`portal.sealed.store_courier`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from portal.errors import PortalError, SealError, UnreachableError, VerificationError
from portal.sealed.arrivals import copy_file, keep, place_for, require_whole
from portal.sealed.case_records import record_of
from portal.sealed.collecting_lock import collecting
from portal.sealed.desk_notes import gone_note, head_time, is_gone, noted_digest, taken_note
from portal.sealed.dropbox import (
    GONE,
    SEALED,
    DropBox,
    closed_folder,
    digest,
    gone_names,
    names_of_case,
    noted_sum,
    publish_bytes,
    remove_envelope,
    sealed_names,
    sum_of,
    sum_path,
    sweep,
)
from portal.sealed.envelope import SIZE_LIMIT, read_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from portal.ledger.signing import SigningKey

HEAD = "audit.head"
NO_KEY = "缺少工作台的公钥 keys/public/desk.pub，收取凭据无法核对，信封一律保留"


@dataclass(frozen=True, slots=True)
class DeskFolders:
    """The desk's side of the exchange."""

    root: Path

    @property
    def envelopes(self) -> Path:
        """Every envelope the desk keeps."""
        return self.root / "envelopes"

    @property
    def outgoing(self) -> Path:
        """Answers and deletions on their way to the public side."""
        return self.root / "outgoing"

    @property
    def tmp(self) -> Path:
        """Files being written."""
        return self.root / "tmp"

    def prepare(self) -> DeskFolders:
        """Create the folders, closed to other users."""
        for folder in (self.root, self.envelopes, self.outgoing, self.tmp):
            closed_folder(folder)
        return self


@dataclass(slots=True)
class Report:
    """What an exchange did: counts, and the names that need a person."""

    taken: int = 0
    given: int = 0
    settled: int = 0
    forgotten: int = 0
    swept: int = 0
    troubles: list[str] = field(default_factory=list)

    def each(self, names: Iterable[str], act: Callable[[str], object]) -> int:
        """Do something with each name; a failure belongs to its item. Returns how many changed."""
        changed = 0
        for name in names:
            try:
                changed += bool(act(name))
            except UnreachableError:
                raise  # what is away for one is away for all
            except (PortalError, OSError, ValueError) as error:
                self.troubles.append(f"{name}：{in_words(error)}")
        return changed


def in_words(error: Exception) -> str:
    """What went wrong with one item, in Chinese whatever it was."""
    if isinstance(error, OSError) and not isinstance(error, PortalError):
        return f"读写没有成功（系统错误{error.errno}），请检查磁盘空间和文件夹权限"
    return (
        str(error) if isinstance(error, PortalError) else f"内容无法识别（{type(error).__name__}）"
    )


def _copy_envelope(tmp: Path, source: Path, target: Path) -> None:
    """The sum comes first, so that no reader meets an envelope without it."""
    if (noted := noted_sum(source)) is not None:
        publish_bytes(tmp, sum_path(target), noted.line())
    copy_file(tmp, source, target)


def _take_one(source: DropBox, desk: DeskFolders, key: SigningKey, name: str) -> bool:
    arrived, target = source.inbox / name, desk.envelopes / name
    signed, kept = noted_digest(source.taken / name, key.public), noted_sum(target)
    if kept and kept == noted_sum(arrived) and target.exists() and signed == kept.sha256:
        return False
    gone = target.with_suffix(GONE).exists()
    wanted = sum_of(arrived) if gone else require_whole(arrived)
    place = None if gone else place_for(target, arrived, wanted)
    fresh = place is not None and keep(desk.tmp, arrived, place, wanted)
    if signed != wanted.sha256:
        publish_bytes(source.tmp, source.taken / name, taken_note(key, name, wanted.sha256))
    return fresh


def take(source: DropBox, desk: DeskFolders, key: SigningKey, report: Report) -> None:
    """Copy new envelopes to the desk and note, signed, that it has them."""
    report.taken += report.each(sealed_names(source.inbox), partial(_take_one, source, desk, key))


def give(desk: DeskFolders, source: DropBox, key: SigningKey, report: Report) -> None:
    """Copy answers and deletions to the public side."""

    def give_gone(name: str) -> bool:
        if not is_gone(desk.outgoing / name, key.public):  # written before notes were signed
            note = gone_note(key, name.removesuffix(GONE))
            publish_bytes(desk.tmp, desk.outgoing / name, note)
        if is_gone(source.outbox / name, key.public):
            return False
        copy_file(source.tmp, desk.outgoing / name, source.outbox / name)
        return True

    def give_answer(name: str) -> bool:
        if _deleted(source, name, key.public):
            return False
        mine, theirs = desk.outgoing / name, source.outbox / name
        if theirs.exists():
            if digest(mine) != digest(theirs):
                raise SealError("公众侧已有同名而内容不同的答复，没有覆盖，异议人看不到这一份")
            return False
        copy_file(source.tmp, mine, theirs)
        return True

    report.given += report.each(gone_names(desk.outgoing), give_gone)
    report.given += report.each(sealed_names(desk.outgoing), give_answer)


def _deleted(box: DropBox, name: str, public: str) -> bool:
    return is_gone(box.outbox / f"{name[:32]}{GONE}", public)


def settle(box: DropBox, public: str | None, report: Report) -> None:
    """Remove from the inbox what the desk signed for, keeping the header for status.

    Without the desk's public key nothing is removed.
    """
    if public is None:
        if sealed_names(box.taken) or gone_names(box.outbox):
            report.troubles.append(NO_KEY)
        return
    report.settled += report.each(sealed_names(box.taken), partial(_settle_one, box, public))
    report.forgotten += report.each(gone_names(box.outbox), lambda name: _forget(box, public, name))


def _settle_one(box: DropBox, public: str, name: str) -> bool:
    arrived, note = box.inbox / name, box.taken / name
    signed = noted_digest(note, public)
    if signed is None:
        note.unlink()
        raise VerificationError("收取凭据没有工作台的签名，不予采信，信封保留")
    if not arrived.exists():
        note.unlink()
        return False
    if signed != digest(arrived):
        note.unlink()  # or the desk's next note, for what lies here, could not come
        raise VerificationError("收取凭据与信封不一致，未移除")
    with arrived.open("rb") as stream:
        header = read_header(stream)
    publish_bytes(box.tmp, box.cases / f"{header.name}.json", record_of(header, signed))
    remove_envelope(arrived)
    note.unlink()
    return True


def _forget(box: DropBox, public: str, name: str) -> bool:
    if not is_gone(box.outbox / name, public):
        (box.outbox / name).unlink()
        raise VerificationError("删除凭据没有工作台的签名，没有删除任何内容")
    lookup = name.removesuffix(GONE)
    envelopes = [box.inbox / found for found in names_of_case(box.inbox, lookup)]
    others = [box.outbox / found for found in names_of_case(box.outbox, lookup)]
    others += box.cases.glob(f"{lookup}*.json")
    for path in envelopes:
        remove_envelope(path)
    for path in others:
        path.unlink(missing_ok=True)
    return bool(envelopes or others)


def exchange(box: DropBox, desk: DeskFolders, now: float, key: SigningKey) -> Report:
    """Everything, when both sides are on one machine."""
    report = Report()
    box.prepare()
    desk.prepare()
    with collecting(desk.root, box.root):
        take(box, desk, key, report)
        give(desk, box, key, report)
        settle(box, key.public, report)
        report.swept = box.sweep(now) + sweep(desk.tmp, now)
    return report


def desk_side(carrier: DropBox, desk: DeskFolders, now: float, key: SigningKey) -> Report:
    """The desk's half, with a carried folder."""
    report = Report()
    carrier.prepare()
    desk.prepare()
    with collecting(desk.root, carrier.root):
        take(carrier, desk, key, report)
        give(desk, carrier, key, report)
        report.swept = sweep(desk.tmp, now)
    return report


def public_side(box: DropBox, carrier: DropBox, now: float, public: str | None) -> Report:
    """The public side's half: bring notes and answers home, settle, load what is new.

    `public` is the desk's public key; None where it has not been carried here yet.
    """
    report = Report()
    box.prepare()
    carrier.prepare()
    with collecting(box.root, carrier.root):
        if public is not None:
            _bring_home(box, carrier, public, report)
        settle(box, public, report)
        report.each(sealed_names(carrier.inbox), lambda name: _unload(box, carrier, name))
        report.taken += report.each(sealed_names(box.inbox), lambda name: _load(box, carrier, name))
        report.swept = box.sweep(now) + sweep(carrier.tmp, now)
    return report


def _bring_home(box: DropBox, carrier: DropBox, public: str, report: Report) -> None:
    """Signed notes and deletions, and answers that are not here yet; the desk's head both ways."""
    how = (box, carrier, public)
    report.each(sealed_names(carrier.taken), partial(_note_home, *how))
    report.given += report.each(gone_names(carrier.outbox), partial(_gone_home, *how))
    report.given += report.each(sealed_names(carrier.outbox), partial(_answer_home, *how))
    report.each([HEAD], partial(_share_head, *how))


def _note_home(box: DropBox, carrier: DropBox, public: str, name: str) -> bool:
    if not (box.inbox / name).exists() or (box.taken / name).exists():
        return False
    if noted_digest(carrier.taken / name, public) is None:
        raise VerificationError("收取凭据没有工作台的签名，不予采信，信封保留")
    copy_file(box.tmp, carrier.taken / name, box.taken / name)
    return True


def _gone_home(box: DropBox, carrier: DropBox, public: str, name: str) -> bool:
    if is_gone(box.outbox / name, public):
        return False
    if not is_gone(carrier.outbox / name, public):
        raise VerificationError("删除凭据没有工作台的签名，没有删除任何内容")
    copy_file(box.tmp, carrier.outbox / name, box.outbox / name)
    return True


def _answer_home(box: DropBox, carrier: DropBox, public: str, name: str) -> bool:
    if (box.outbox / name).exists() or _deleted(box, name, public):
        return False
    if (carrier.outbox / name).stat().st_size > SIZE_LIMIT:
        raise SealError("答复超过允许的大小，没有取回")
    with (carrier.outbox / name).open("rb") as stream:
        if f"{read_header(stream).name}{SEALED}" != name:
            raise SealError("文件名与信封头部不一致")
    copy_file(box.tmp, carrier.outbox / name, box.outbox / name)
    return True


def _share_head(box: DropBox, carrier: DropBox, public: str, name: str) -> bool:
    """The newer of two heads goes to both places, so that a lost stick hides no roll-back."""
    newest = max(head_time(place.outbox / name, public) for place in (box, carrier))
    for one, other in ((box, carrier), (carrier, box)):
        if newest and head_time(one.outbox / name, public) == newest:
            if head_time(other.outbox / name, public) != newest:
                copy_file(other.tmp, one.outbox / name, other.outbox / name)
            return True
    return False


def _unload(box: DropBox, carrier: DropBox, name: str) -> bool:
    """Take out of the carried folder what has been settled."""
    if not (box.inbox / name).exists():
        remove_envelope(carrier.inbox / name)
        (carrier.taken / name).unlink(missing_ok=True)
        return True
    return False


def _load(box: DropBox, carrier: DropBox, name: str) -> bool:
    """Put an envelope into the carried folder; a copy that is not as it was is made anew."""
    mine, theirs = box.inbox / name, carrier.inbox / name
    noted = box.note_sum(mine)
    if theirs.exists() and noted_sum(theirs) == noted and sum_of(theirs) == noted:
        return False
    _copy_envelope(carrier.tmp, mine, theirs)
    return True
