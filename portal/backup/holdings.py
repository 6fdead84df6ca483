"""What belongs into a backup, and in which order it is read.

Everything below the state folder, unless it is named here as something that can be made again: a
list of what to keep is forgotten when a room begins to store something new. The order makes a
backup taken while everything runs agree with itself, without holding anybody up:

1. the noted heads of audit trail and ledgers: a head later than what it speaks of looks like loss;
2. the register: each row then has its envelope, and an envelope without a row is registered later;
3. the ledgers: each line then has the copy of its text;
4. the drop box, before the desk's envelopes: what moves from one to the other is in one of them;
5. the rest.

Links are followed, for a disk that was put beside (the folder of keys, the drafts) holds what
cannot be made again like any other; one that leads nowhere, or around, stops the backup by name.
Only among notices and within a draft they are left out, and told: nothing reads them there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from portal.backup.backup_format import CONTENT, NOTICES, STATE, SUFFIX
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MADE_AGAIN = frozenset(
    {
        "cache",
        "tmp",
        ".lock",
        ".backup.lock",
        "error.log",
        "quotas.sqlite3",
        "spool",
        "before-upgrade",
        "backup.json",
    }
)
_BESIDE_DATABASES = ("-wal", "-shm", "-journal")
DRAFTS = ".portal-backup-tmp"


@dataclass(frozen=True)
class Holdings:
    """Where everything lies on this machine; `database` is the register's URL.

    `spool` (citizens' half-filled forms) is left out: it lives half a day and is opened by the
    citizen's own page only. `ledger_key` is the ledger's key where it lies outside the keys.
    """

    state: Path
    content: tuple[Path, ...]
    notices: tuple[Path, ...]
    keys: Path
    dropbox: Path
    spool: Path
    database: str
    settings: tuple[tuple[str, str], ...] = ()
    ledger_key: Path | None = None
    left: dict[Path, None] = field(default_factory=dict, compare=False)
    """Links that were left out, each once."""

    @property
    def desk(self) -> Path:
        """The desk's own state."""
        return self.state / "desk"

    def absent(self) -> list[str]:
        """What this machine has not, or was left out, in words; to be asked after `rest`."""
        places = (
            ("工作台", self.desk),
            ("投件箱", self.dropbox),
            ("密钥", self.keys),
            *(("公告", folder) for folder in self.notices),
        )
        gone = [f"{name}（{folder}）" for name, folder in places if not folder.is_dir()]
        return gone + [f"链接 {path}（公告和草稿里的链接不读，也不备份）" for path in self.left]

    def heads(self) -> Iterator[tuple[str, Path]]:
        """Heads noted outside what they speak of."""
        yield f"{STATE}/desk/audit.head", self.desk / "audit.head"
        yield f"{STATE}/dropbox/outbox/audit.head", self.dropbox / "outbox" / "audit.head"
        if self.ledger_key:
            yield f"{STATE}/keys/ledger.heads.json", self.ledger_key.with_suffix(".heads.json")
            yield f"{STATE}/keys/ledger.pem", self.ledger_key
        for path in sorted(self.keys.glob("*.heads.json")):
            yield f"{STATE}/keys/{path.name}", path

    def ledgers(self) -> Iterator[tuple[str, Path]]:
        """The ledger of each folder of notices."""
        for name, folder in zip(_numbered(NOTICES), self.notices, strict=False):
            yield f"{name}/ledger.jsonl", folder / "ledger.jsonl"

    def rest(self) -> Iterator[tuple[str, Path]]:
        """Everything else, the drop box first; what was yielded before comes again."""
        for part in ("inbox", "taken", "cases", "outbox"):
            yield from self._files(f"{STATE}/dropbox/{part}", self.dropbox / part)
        yield from self._files(f"{STATE}/desk", self.desk)
        yield from self._files(f"{STATE}/keys", self.keys)
        yield from self._files(STATE, self.state)
        for name, folder in zip(_numbered(NOTICES), self.notices, strict=False):
            yield from self._files(name, folder)
        for name, folder in zip(_numbered(CONTENT), self.content, strict=False):
            yield from self._files(name, folder)

    def _files(self, name: str, folder: Path) -> Iterator[tuple[str, Path]]:
        """Plain files below a folder, in order, without what can be made again."""
        own = [self.spool, self.keys, self.dropbox, *self.notices, *self.content]
        elsewhere = {path.absolute() for path in own if path != folder}
        for root, folders, files in os.walk(folder, onerror=_refuse, followlinks=True):
            at = Path(root)
            draft = _of_a_draft(at, self.state)
            ours = name.startswith(STATE) and not draft
            reads = not (draft or name.startswith(NOTICES))
            folders[:] = sorted(
                f
                for f in folders
                if _kept(f, ours)
                and (at / f).absolute() not in elsewhere
                and self._taken(at / f, reads=reads)
            )
            for file in sorted(files):
                path = at / file
                if _kept(file, ours) and self._taken(path, reads=reads) and path.is_file():
                    yield f"{name}/{path.relative_to(folder).as_posix()}", path

    def _taken(self, path: Path, *, reads: bool) -> bool:
        """Whether it goes in; `reads` where links are read. RequestError for one that misleads."""
        if not path.is_symlink():
            return True
        if not reads:
            self.left[path] = None
            return False
        if not path.exists():
            raise RequestError(
                f"链接 {path} 指向的 {path.readlink()} 不在（磁盘没有挂上？），备份没有做；"
                "请挂上它，没有用了就删去这个链接"
            )
        if path.is_dir() and path.parent.resolve().is_relative_to(path.resolve()):
            raise RequestError(f"链接 {path} 指回它所在的文件夹，备份没有做；请删去这个链接")
        return True


def _refuse(error: OSError) -> None:
    """A folder that is gone meanwhile holds nothing; one that cannot be read stops the backup."""
    if not isinstance(error, FileNotFoundError):
        raise RequestError(f"不能读取文件夹 {error.filename}，备份没有做") from error


def _of_a_draft(at: Path, state: Path) -> bool:
    """Within the folder of a draft of a notice, whose files may be called as it likes."""
    return at.is_relative_to(state / "drafts") and at != state / "drafts"


def _kept(name: str, ours: bool) -> bool:
    if name == DRAFTS or name.endswith(SUFFIX):
        return False
    return not (ours and (name in _MADE_AGAIN or name.endswith(_BESIDE_DATABASES)))


def _numbered(name: str) -> Iterator[str]:
    """The name, then name.2, name.3 and so on."""
    yield name
    number = 1
    while True:
        number += 1
        yield f"{name}.{number}"


def folders_named(kind: str, names: Sequence[str]) -> list[str]:
    """Of the top folders of an archive those of a kind, in order."""
    wanted = [n for n in names if n == kind or n.startswith(f"{kind}.")]
    return sorted(wanted, key=lambda n: int(n.partition(".")[2] or 1))
