"""What is approved: the sum that each act names, and the text that the ledger signs.

Drafting, review and sign-off name the sum of all files of a draft, the `review:` of the header left
out: the names come from the accounts, not from whoever typed them. The signer is shown, and the
ledger signs, the text with the three names set in. That text follows from the first sum and the
names alone, so what two persons read and what the third signs is one text (docs/publishing.md).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import split
from portal.content.notice.notice_folder import TEXT, read_folder
from portal.content.notice.notice_writer import write_text
from portal.editorial.drafts import parsed
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMES = "review"


@dataclass(frozen=True, slots=True)
class Names:
    """The three of the header's `review:`, as the accounts write them."""

    drafted: str
    reviewed: str
    approved: str

    def header(self) -> dict[str, str]:
        """As the header has them."""
        return {"drafted": self.drafted, "reviewed": self.reviewed, "approved": self.approved}


def seen_digest(folder: Path) -> str:
    """SHA-256 of the `sha256sum` lines of all files below a folder, hidden ones left out.

    Of notice.md the text without names counts, so that setting them in changes nothing.
    """
    lines = [f"{_sum(path, name)}  {name}\n" for path, name in sorted(_files(folder), key=_by_name)]
    return hashlib.sha256(os.fsencode("".join(lines))).hexdigest()


def _by_name(file: tuple[Path, str]) -> bytes:
    return os.fsencode(file[1])


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if not hidden and (path.is_symlink() or not path.is_dir()):
            yield path, name


def _sum(path: Path, name: str) -> str:
    if path.is_symlink():
        return f"link {path.readlink()}"
    if not path.is_file():
        return "special"
    if name == TEXT:
        data = path.read_bytes()
        try:
            data = _without_names(_decoded(data)).encode()
        except ValueError:  # no text at all: the bytes themselves count
            data = b"\0" + data
        return hashlib.sha256(data).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _without_names(text: str) -> str:
    """The text with its `review:` taken out; one whose header cannot be read stays as it is."""
    matter = split(text, Faults(TEXT))
    if matter is None or _NAMES not in matter.values:
        return text
    values = {key: value for key, value in matter.values.items() if key != _NAMES}
    try:
        return write_text(values, matter.body, text)
    except RequestError:  # a header that no program can write is nobody's to approve
        return text


def text_with_names(folder: Path, names: Names) -> str:
    """The notice.md of a folder with the names set in; RequestError for one that is not sound."""
    bare = _without_names(_decoded((folder / TEXT).read_bytes()))
    values, body = parsed(bare)
    return write_text({**values, _NAMES: names.header()}, body, bare)


def digest_with(folder: Path, text: str) -> str:
    """What the ledger signs of a folder once its notice.md is `text`."""
    found = read_folder(folder, Faults(TEXT), Faults(TEXT))
    listed = found.sums.partition("\n")[2]
    own = f"{hashlib.sha256(text.encode()).hexdigest()}  {TEXT}\n"
    return replace(found, sums=own + listed).digest(found.attachments)
