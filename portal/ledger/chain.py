"""The ledger's chain: signed lines, each naming the one before; writing them and checking them.

Two kinds of lines. A *key* line names a signing key: the first line of a ledger, signed by itself,
and each change of key, signed by the old and the new. A *revision* line is signed by the key in
force. What is signed is the line's JSON without its signatures, with sorted keys and no blanks.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.errors import RequestError, VerificationError
from portal.ledger.ledger_lines import (
    GENESIS,
    KEY_RECORD,
    KINDS,
    PUT_BACK,
    REVISION_RECORD,
    ledger_rows,
    ledger_texts,
    line_digest,
    revision_of,
)
from portal.ledger.signing import holds, key_id
from portal.ledger.whole_ledger import Chain, Ledger
from portal.machine.file_lock import lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from portal.ledger.signing import SigningKey

_SIGNATURES = ("signature", "endorsed")


@dataclass
class LedgerWriter:
    """Lines to be appended after `head`; `write` puts all of them down at once."""

    head: str
    key: SigningKey
    recorded: datetime
    lines: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Name the key, as the first line of a ledger."""
        self._add({"kind": KEY_RECORD, "public": self.key.public})

    def rotate(self, new: SigningKey) -> None:
        """Hand over to a new key: signed by the new one and endorsed by the old."""
        row = self._row({"kind": KEY_RECORD, "public": new.public, "key": new.id})
        row["signature"] = new.sign(_signed(row))
        row["endorsed"] = self.key.sign(_signed(row))
        self._append(row)
        self.key = new

    def revision(
        self,
        slug: str,
        revision: int,
        published: datetime,
        source: str,
        outputs: Mapping[str, str],
    ) -> None:
        """Enter a published revision."""
        self._add(
            {
                "slug": slug,
                "revision": revision,
                "published": published.isoformat(),
                "source": source,
                "outputs": dict(sorted(outputs.items())),
            }
        )

    def state(self, kind: str, content: Mapping[str, Any]) -> None:
        """Enter something else that is to be held against what is found: keys, scripts."""
        self._add({"kind": kind, **content})

    def write(self, path: Path) -> None:
        """Append the lines; refused when somebody else wrote in between. Nothing is half done."""
        if not self.lines:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            lock(file)
            file.seek(0)
            text = file.read()
            if not text:  # whoever may read the notices may read it
                path.chmod(stat.S_IMODE(path.parent.stat().st_mode) & 0o666)
            before = [line for line in text.splitlines() if line.strip()]
            first = json.loads(self.lines[0])["previous"]
            if first != (line_digest(before[-1]) if before else GENESIS):
                raise RequestError(f"{path} 刚刚有人写入，请重新运行 portal publish")
            # A copy may lack the last line end; two lines in one would be none.
            end = "" if text.endswith("\n") or not text else "\n"
            file.write(end + "".join(f"{line}\n" for line in self.lines))
            file.flush()
            os.fsync(file.fileno())

    def _row(self, content: Mapping[str, Any]) -> dict[str, Any]:
        recorded = self.recorded.isoformat(timespec="seconds")
        chain = {"previous": self.head, "key": self.key.id, "recorded": recorded}
        return {**chain, **content} if "key" in content else {**content, **chain}

    def _add(self, content: Mapping[str, Any]) -> None:
        row = self._row(content)
        row["signature"] = self.key.sign(_signed(row))
        self._append(row)

    def _append(self, row: Mapping[str, Any]) -> None:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        self.lines.append(line)
        self.head = line_digest(line)


def chain_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a line states, without what chains and signs it."""
    chained = {"kind", "previous", "key", "recorded", *_SIGNATURES}
    return {name: value for name, value in row.items() if name not in chained}


def settled_ledger(path: Path) -> bytes:
    """A ledger's bytes as they stand between two writers, never half a line."""
    with path.open("rb") as file:
        lock(file, shared=True)
        return file.read()


def _signed(row: Mapping[str, Any]) -> bytes:
    bare = {name: value for name, value in row.items() if name not in _SIGNATURES}
    return json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether a chain holds; `line` (from 1) and `reason` say where and why it breaks.

    `keys` are the ids of the keys that signed, oldest first; `head` is the last line's digest.
    """

    count: int
    keys: tuple[str, ...]
    head: str
    line: int = 0
    reason: str = ""

    @property
    def whole(self) -> bool:
        """Whether every line follows from the one before and is signed."""
        return not self.reason


def check_chain(
    lines: Sequence[str],
    trusted: str | None = None,
    known: Sequence[str] = (),
    *,
    each: bool = True,
) -> ChainReport:
    """Walk a ledger from its first line; `trusted` is the key id it must begin with, if known.

    `known` are lines that were found to hold before: where the ledger begins with them, only those
    after them are looked at. Of the signatures `each` is looked at, or only those of the last line
    and of each change of key: what they sign names the line before by its digest, and so all.
    """
    head, public, keys = GENESIS, "", list[str]()
    begun = 0
    if known and tuple(lines[: len(known)]) == tuple(known):
        begun, head, public = len(known), line_digest(known[-1]), _key_at_end(known)
        keys = [key_id(public)]
    for number, line in enumerate(lines[begun:], start=begun + 1):
        sealed = each or number == len(lines)
        reason, public, key = _check_line(line, head, public, sealed=sealed)
        if not reason and key not in keys:
            keys.append(key)
            if number == 1 and trusted and keys[0] != trusted:
                reason = f"第一把密钥是 {keys[0]}，不是公布的 {trusted}"
        if reason:
            return ChainReport(len(lines), tuple(keys), head, number, reason)
        head = line_digest(line)
    return ChainReport(len(lines), tuple(keys), head)


def _key_at_end(lines: Sequence[str]) -> str:
    """The public key in force after lines that hold."""
    named = f'"kind":"{KEY_RECORD}"'
    last = next(line for line in reversed(lines) if named in line)
    return str(json.loads(last)["public"])


_NEWER = "“{}”这种行是更新的程序写的，本程序不认识：请先升级本程序"


def _check_line(line: str, head: str, public: str, *, sealed: bool) -> tuple[str, str, str]:
    """Why a line does not hold, or nothing; the public key in force after it, and its id.

    A line that is `sealed` is looked at with its signature, one that names a key always is.
    """
    try:
        row = json.loads(line)
        kind, signature = row.get("kind", REVISION_RECORD), str(row["signature"])
        previous, named = row["previous"], row["key"]
        new = str(row["public"]) if kind == KEY_RECORD else public
        key, endorsed = key_id(new), str(row.get("endorsed", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "这一行不是台账的格式", public, ""
    if previous != head:
        return "与上一行接不上：上一行被改动、删去，或者中间插入了内容", public, key
    if not new:
        return "台账没有以签名密钥开头", public, key
    if kind == KEY_RECORD and public and not holds(public, endorsed, _signed(row)):
        return "更换密钥没有得到旧密钥的签名", public, key
    looked_at = sealed or kind == KEY_RECORD
    if named != key or (looked_at and not holds(new, signature, _signed(row))):
        return "签名不符：这一行被改动过", public, key
    return "" if kind in KINDS else _NEWER.format(kind), new, key


def sound_ledger(paths: Sequence[Path], known: Ledger | None = None) -> Ledger:
    """The ledgers of these files, empty where there is none; VerificationError for a broken one.

    What is public is what the ledger says, so a line counts only in a chain that is signed. `known`
    are ledgers that were found to hold before; of one that begins with them only the rest is read.
    """
    before = known.chains if known and len(known.chains) == len(paths) else [Chain()] * len(paths)
    return Ledger(tuple(map(_sound_chain, paths, before)))


def _sound_chain(path: Path, known: Chain) -> Chain:
    texts = sound_lines(path, known.texts, each=False)
    begun = len(known.texts) if texts[: len(known.texts)] == known.texts else 0
    slugs = known.slugs[:begun]
    fresh = enumerate(texts[begun:], start=begun + 1)
    found = [revision_of(text, f"{path}:{number}") for number, text in fresh]
    return Chain(texts, (*slugs, *(line.slug if line else "" for line in found)))


def sound_lines(path: Path, known: Sequence[str] = (), *, each: bool = True) -> tuple[str, ...]:
    """Every line of a ledger that holds as `check_chain` says; else VerificationError."""
    texts = ledger_texts(path)
    report = check_chain(texts, known=known, each=each)
    if texts and not report.whole:
        raise VerificationError(f"{path}:{report.line}: 链条断裂，{report.reason}；{PUT_BACK}")
    return texts


def ledger_writer(
    path: Path, key: SigningKey, at: datetime, known: Iterable[Sequence[str]] = ()
) -> LedgerWriter:
    """A writer at the end of a ledger that holds; an empty ledger begins by naming the key.

    `known` are the lines of ledgers, this one perhaps among them, that were found to hold before.
    """
    lines = [text for text, _ in ledger_rows(path)]
    mine = (held for held in known if held and held[0] == (lines or [""])[0])
    report = check_chain(lines, known=next(mine, ()))
    if not report.whole:
        raise VerificationError(f"{path}:{report.line}: 链条断裂，{report.reason}；{PUT_BACK}")
    writer = LedgerWriter(report.head, key, at)
    if not lines:
        writer.begin()
    elif report.keys[-1] != key.id:
        raise VerificationError(f"{path} 现用的密钥是 {report.keys[-1]}，不是 {key.id}")
    return writer


def refuse_early(ledgers: Iterable[Path], at: datetime) -> None:
    """RequestError for a clock that shows a time before the last line of a ledger was written."""
    for path in ledgers:
        rows = ledger_rows(path)
        last = str(rows[-1][1].get("recorded", "")) if rows else ""
        if last and at < datetime.fromisoformat(last):
            raise RequestError(
                f"本机时钟 {at.isoformat(timespec='seconds')} 早于 {path} 最后一行登记的 {last}，"
                "什么也没有登记；请先校准时钟。"
                "是登记那一行时的时钟快了的，请从备份恢复那以前的台账"
            )
