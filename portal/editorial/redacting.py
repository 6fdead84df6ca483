"""Redacting (紧急撤下个人信息): a leaked number is taken out of every text of a notice at once.

The recorded text goes to revisions/<n>/ with the number struck out and `redacted: <reason>` in its
header, and stands in public from then on; what is left of the present text is the next revision,
which a second person approves by publishing it. The copies beside the ledger that hold the number
are removed. The ledger keeps every line, and so the digest of what was published.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.notice.notice_folder import FILES, LIST, REVISIONS, TEXT, read_folder
from portal.content.notice.notice_writer import write_text
from portal.content.notice.recorded import COPIES
from portal.domain.personal_numbers import plain_digits, spelled_otherwise
from portal.editorial.drafts import copy_text, parsed, write_whole
from portal.editorial.revising import put_back, swap_folders
from portal.errors import RequestError
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger
from portal.lint.attachments import READABLE, read_attachment

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

STRUCK = "（已删去）"
"""What stands in the place of what was taken out."""

_LEAST, _LEAST_NAME, _MOST = 4, 2, 60
_MASK, _ROUND = "●", 12


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was done: the revision that waits for approval, and what the number was taken out of.

    `revision` is 0 where the present text never held it; `files` are attachments that were taken
    away whole, since nothing can be struck out of them; `unseen` are those that no program could
    look into, so that somebody has to.
    """

    revision: int
    texts: tuple[str, ...]
    files: tuple[str, ...]
    copies: int
    unseen: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the number stood nowhere."""
        return not (self.texts or self.files or self.copies)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that holds it: the file in the notice's folder, its line, the words round it.

    `line` is 0 and `shown` empty for an attachment, which is taken away whole.
    """

    place: str
    line: int = 0
    shown: str = ""


def hits(folder: Path, leaked: str) -> list[Hit]:
    """Every place of a notice, in any revision, that holds it; what leaked is masked."""
    pattern = _pattern(leaked)
    put_back(folder)
    earlier = sorted(path for path in (folder / REVISIONS).glob("*") if path.is_dir())
    found = []
    for part in (folder, *earlier):
        for path in _texts(part):
            text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
            name = str(path.relative_to(folder))
            found += [Hit(name, line, shown) for line, shown in _masked(text, pattern)]
        names = [str(path.relative_to(folder)) for path in _leaking(part, pattern)]
        found += [Hit(mask(name, leaked)) for name in names]
    return found


def mask(text: str, leaked: str) -> str:
    """A line about it, such as the name of a file, without what leaked."""
    masked = list(text)
    for start, end in _found(text, _pattern(leaked)):
        masked[start:end] = _MASK * (end - start)
    return "".join(masked)


def _masked(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    spans, masked = _found(text, pattern), list(text)
    for start, end in spans:
        masked[start:end] = _MASK * (end - start)
    for start, end in spans:
        words = "".join(masked[max(0, start - _ROUND) : end + _ROUND])
        yield text.count("\n", 0, start) + 1, " ".join(words.split())


def recorded_sums(folder: Path) -> dict[int, set[str]]:
    """The sums by which the ledger beside a notice's folder knows each of its revisions."""
    found: dict[int, set[str]] = {}
    for line in read_ledger(folder.parent / LEDGER_NAME):
        if line.slug == folder.name:
            found.setdefault(line.revision, set()).add(line.source)
    return found


def refuse_reason(leaked: str, reason: str) -> None:
    """RequestError for a reason that is missing, or holds what is to be taken out."""
    if not reason.strip() or _pattern(leaked).search(reason):
        raise RequestError("请写明撤下的原因；原因随文公布，不能含有要删去的内容")


def redact(
    folder: Path,
    digests: Mapping[int, Collection[str]],
    leaked: str,
    reason: str,
    at: datetime,
) -> Redaction:
    """Take a leaked number, name or address out of a notice's folder, whole or not at all.

    `digests` are the sums by which the ledger knows each recorded revision. Stopped on the way, it
    is completed when it is called again. RequestError for what is too short to be looked for.
    """
    pattern = _pattern(leaked)
    refuse_reason(leaked, reason)
    put_back(folder)
    found = read_folder(folder, Faults(str(folder)), Faults(str(folder)))
    if found.matter is None:
        raise RequestError(f"{folder}/{TEXT} 的信息头读不出来，先改正再撤下")
    recorded, number = max(digests, default=0), int(found.matter.values.get("revision") or 1)
    prepared = folder.with_name(f".new-{folder.name}")
    shutil.rmtree(prepared, ignore_errors=True)
    shutil.copytree(folder, prepared)
    original = _original(folder, found.digest(found.attachments), digests.get(recorded, ()))
    fresh = 0
    if number == recorded and (_holds(folder, pattern) or _holds(original, pattern)):
        fresh = number + 1
        _begin_next(prepared, original, fresh, reason, at)
    texts, files = _cleaned(prepared, pattern, reason.strip())
    if texts or files:
        swap_folders(prepared, folder)
    else:
        shutil.rmtree(prepared)
    known = {digest for sums in digests.values() for digest in sums}
    copies = _remove_copies(folder.parent / COPIES, known, pattern)
    return Redaction(fresh, texts, files, copies, tuple(_unseen(folder)))


def still_holding(root: Path, leaked: str) -> list[str]:
    """Names of the notices below a folder whose texts hold it, in any revision."""
    pattern = _pattern(leaked)
    texts = (path for path in sorted(root.rglob("*")) if path.name in (TEXT, LIST))
    return sorted(
        {
            path.relative_to(root).parts[0]
            for path in texts
            if COPIES not in path.relative_to(root).parts
            and path.is_file()
            and _struck(path, pattern) is not None
        }
    )


def _pattern(leaked: str) -> re.Pattern[str]:
    """Whatever a person would read as the same: other widths, spaces and marks between."""
    plain = "".join(leaked.split())
    least = _LEAST if plain.isascii() else _LEAST_NAME
    if not least <= len(plain) <= _MOST:
        raise RequestError(f"要删去的内容应为{least}至{_MOST}个字")
    return spelled_otherwise(plain)


def _original(folder: Path, present: str, digests: Collection[str]) -> Path:
    """Where the recorded text lies: in the folder, or beside the ledger when it was overwritten."""
    if present in digests:
        return folder
    copies = (folder.parent / COPIES / digest for digest in sorted(digests))
    return next((copy for copy in copies if copy.is_dir()), folder)


def _begin_next(prepared: Path, original: Path, number: int, reason: str, at: datetime) -> None:
    """The recorded text as an earlier one, the present one as the next revision."""
    earlier = prepared / REVISIONS / str(number - 1)
    shutil.rmtree(earlier, ignore_errors=True)
    earlier.mkdir(parents=True)
    copy_text(original, earlier)
    text = _text_of(prepared)
    values, body = parsed(text)
    note = f"删去误登的个人信息：{reason.strip()}"
    stamp = {"revision": number, "updated": at.replace(microsecond=0), "note": note}
    write_whole(prepared / TEXT, write_text({**values, **stamp}, body, text).encode())


def _text_of(folder: Path) -> str:
    return (folder / TEXT).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def _holds(folder: Path, pattern: re.Pattern[str]) -> bool:
    """Whether a text, its list or its attachments hold what is looked for."""
    return any(_struck(path, pattern) is not None for path in _texts(folder)) or any(
        True for _ in _leaking(folder, pattern)
    )


def _texts(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in (TEXT, LIST) if (folder / name).is_file())


def _leaking(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    """Attachments whose name or content holds it, also what no reader sees."""
    if not (folder / FILES).is_dir():
        return
    for path in sorted((folder / FILES).iterdir()):
        pieces = read_attachment(path).pieces if path.is_file() else ()
        if pattern.search(path.name) or any(_found(piece.text, pattern) for piece in pieces):
            yield path


def _unseen(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob(f"{FILES}/*")):
        content = read_attachment(path)
        if content.unseen or content.unreadable or path.suffix.lower()[1:] not in READABLE:
            yield str(path.relative_to(folder))


def _struck(path: Path, pattern: re.Pattern[str]) -> str | None:
    """The text of a file without what is looked for; None where it does not hold it."""
    text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    spans = _found(text, pattern)
    for start, end in reversed(spans):
        text = text[:start] + STRUCK + text[end:]
    return text if spans else None


def _found(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(plain_digits(text))]


def _cleaned(
    prepared: Path, pattern: re.Pattern[str], reason: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Strike it out of all texts of a folder; the files that were changed, and those removed."""
    earlier = sorted(path for path in (prepared / REVISIONS).glob("*") if path.is_dir())
    texts: list[str] = []
    files: list[str] = []
    taken = _taken_away(prepared, pattern)
    files += [path.name for path in taken]
    texts += _struck_out(prepared, prepared, pattern)
    for folder in earlier:
        own = _taken_away(folder, pattern)
        changed = _struck_out(prepared, folder, pattern)
        # An earlier text without files of its own shares the present ones.
        shared = taken and not (folder / FILES).is_dir()
        if own or changed or shared:
            _say_so(folder, reason)
        texts += changed
        files += [f"{folder.relative_to(prepared)}/{path.name}" for path in own]
    return tuple(texts), tuple(files)


def _struck_out(prepared: Path, folder: Path, pattern: re.Pattern[str]) -> list[str]:
    changed = []
    for path in _texts(folder):
        text = _struck(path, pattern)
        if text is not None:
            mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
            write_whole(path, (mark + text).encode())
            changed.append(str(path.relative_to(prepared)))
    return changed


def _taken_away(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    leaking = list(_leaking(folder, pattern))
    for path in leaking:
        path.unlink()
    return leaking


def _say_so(folder: Path, reason: str) -> None:
    text = _text_of(folder)
    values, body = parsed(text)
    write_whole(folder / TEXT, write_text({**values, "redacted": reason}, body, text).encode())


def _remove_copies(copies: Path, digests: Iterable[str], pattern: re.Pattern[str]) -> int:
    leaking = [copies / digest for digest in sorted(digests) if (copies / digest).is_dir()]
    leaking = [copy for copy in leaking if _holds(copy, pattern)]
    for copy in leaking:
        shutil.rmtree(copy)
    return len(leaking)
