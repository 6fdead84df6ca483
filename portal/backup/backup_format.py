"""What an archive is: one age file around a tar archive, whose last member names every other.

format                  portal-backup/1, so that a newer archive is refused before it is read
state/…                 drop box, envelopes, register (always SQLite), keys, drafts, secrets
content/… notices/…     as they lay there; further folders as content.2/ and so on
settings.env            PORTAL_… of the environment in which the backup was made
manifest.json           last: time, program, counts, and size and SHA-256 of each member
"""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

FORMAT = "portal-backup/1"
FORMAT_MEMBER = "format"
SETTINGS = "settings.env"
MANIFEST = "manifest.json"
SUFFIX = ".backup.age"
STATE, CONTENT, NOTICES = "state", "content", "notices"
REGISTER = "state/desk/register.sqlite3"
BLOCK = tarfile.BLOCKSIZE
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: where it goes, its bytes and their SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What an archive holds; `absent` says what this machine has not, `notes` what was not whole.

    `rows` counts each table of the register, `head` is the newest audit line as 412:ab12….
    """

    created: str
    program: str
    members: list[Member] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    head: str = ""
    database: str = ""
    absent: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> bytes:
        """As it is written; slots have no __dict__, hence asdict."""
        content = {"format": FORMAT, **asdict(self)}
        return json.dumps(content, ensure_ascii=False, indent=0).encode()

    def files_below(self, folder: str, suffix: str = "") -> int:
        """How many members lie below a folder."""
        return sum(
            m.name.startswith(f"{folder}/") and m.name.endswith(suffix) for m in self.members
        )


def read_manifest(data: bytes) -> Manifest:
    """The manifest in an archive; RequestError for anything else."""
    try:
        content: dict[str, Any] = json.loads(data)
        if content.pop("format") != FORMAT:
            raise RequestError("备份的清单是另一种格式")
        members = [Member(**member) for member in content.pop("members")]
        return Manifest(members=members, **content)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RequestError("备份的清单无法识别，备份不完整") from error


def refuse_format(data: bytes) -> None:
    """RequestError for an archive that this program cannot read, a newer one in its own words."""
    words = data.decode("ascii", "replace").strip()
    name, _, version = words.partition("/")
    if words == FORMAT:
        return
    if name == FORMAT.partition("/")[0] and version.isdigit():
        raise RequestError(f"这份备份由更新的程序制作（{words}），请先升级本程序再恢复")
    raise RequestError("这不是本程序的备份")


def archive_name(now: datetime) -> str:
    """Name of an archive in a folder of them."""
    return f"portal-{now:%Y%m%d-%H%M%S}{SUFFIX}"


def member_head(name: str, size: int) -> bytes:
    """The tar header of a plain file."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


class ChunkStream(io.RawIOBase):
    """A readable stream over chunks; an error in making them is kept, for pyrage hides it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end. Raises OSError where a chunk could not be made."""
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except BaseException as error:
                self.error = error
                raise OSError("source") from error
            if chunk is None:
                return b""
            self._rest = memoryview(chunk)
        wanted = len(self._rest) if size < 0 else size
        taken, self._rest = bytes(self._rest[:wanted]), self._rest[wanted:]
        return taken
