"""The ledger of published revisions: notices/ledger.jsonl, one JSON object a line.

Each line names a revision, when it was published, the SHA-256 of its source and of each output, and
the SHA-256 of the line before, so that no line can be changed, removed or put in between. Reading
is all the site and the lint need; `ledger.signing` signs, `ledger.chain` writes and checks.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.errors import VerificationError, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LEDGER_NAME = "ledger.jsonl"
GENESIS = "0" * 64
"""What the first line names as the line before it."""

KEY_RECORD = "key"
REVISION_RECORD = "revision"
SEALING_RECORD, FORM_RECORD = "sealing", "form"
KINDS = frozenset({KEY_RECORD, REVISION_RECORD, SEALING_RECORD, FORM_RECORD})
"""A line of another kind was written by a newer program: who does not know it must not go on."""

PUT_BACK = "请用最近一份备份里的台账换回它；公布过的各行，公开网站的 ledger.json 里也有"
"""What to do about a ledger that cannot be read: nobody mends a signed line by hand."""
_NO_JSON = f"台账这一行不是 JSON；{PUT_BACK}"
_NO_LEDGER = f"这个文件不是发布台账，一行也读不出来；{PUT_BACK}。还没有发布过公告的，删去这个文件"
_CUT = (
    "台账最后一行只有一半（写入时断电，或者复制时中断）；"
    "备份或者网站的 ledger.json 里有完整的这一行，就恢复它；"
    "都没有的，这一行还没有登记成功，删去这半行，再运行 portal publish"
)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One published revision; `source` is the SHA-256 of the notice's source files, in hex.

    `outputs` are the SHA-256 of each file it was published as. `recorded` is when the line was
    written, later than `published` for a revision entered afterwards or set anew. `digest` is the
    SHA-256 of the line itself, which the next line repeats as `previous`.
    """

    slug: str
    revision: int
    published: datetime
    source: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    previous: str = GENESIS
    key: str = ""
    recorded: datetime | None = None
    signature: str = ""
    digest: str = ""


def ledger_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every line as text and as read; VerificationError for a line that is no JSON object."""
    return [(line, _row(line, f"{path}:{number}")) for number, line in _numbered(path)]


def ledger_texts(path: Path) -> tuple[str, ...]:
    """Every line as text; VerificationError where only half of the last is there."""
    return tuple(line for _, line in _numbered(path))


def _numbered(path: Path) -> list[tuple[int, str]]:
    """The lines that hold something, with their numbers from 1; none where there is no file."""
    if not path.exists():
        return []
    data = path.read_bytes()
    found = enumerate(data.decode("utf-8", "replace").splitlines(), start=1)
    lines = [(number, line) for number, line in found if line.strip()]
    if lines and not data.endswith(b"\n"):
        number, line = lines[-1]
        begun = len(lines) > 1 or line.startswith("{")
        _row(line, f"{path}:{number}", _CUT if begun else _NO_LEDGER)
    elif lines and not any(line.startswith("{") for _, line in lines):
        raise VerificationError(f"{path}: {_NO_LEDGER}")
    return lines


def _row(line: str, place: str, fault: str = _NO_JSON) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise VerificationError(f"{place}: {fault}") from error
    if not isinstance(row, dict):
        raise VerificationError(f"{place}: 台账这一行不是 JSON 对象；{PUT_BACK}")
    return row


def line_digest(line: str) -> str:
    """SHA-256 of a ledger line without its line end, in hex."""
    return hashlib.sha256(line.encode()).hexdigest()


def read_ledger(path: Path) -> tuple[LedgerLine, ...]:
    """Every published revision in order; empty where no ledger has been begun.

    Lines that only change the signing key are left out.
    """
    found = (revision_of(line, f"{path}:{number}") for number, line in _numbered(path))
    return tuple(line for line in found if line is not None)


def revision_of(text: str, place: str = "") -> LedgerLine | None:
    """The revision that a line records, None for one that names a key.

    VerificationError, which names the place, for a faulty line.
    """
    row = _row(text, place)
    return _line(row, text, place) if row.get("kind", REVISION_RECORD) == REVISION_RECORD else None


def parse_line(text: str) -> LedgerLine | None:
    """A revision line from its text; None for a line that changes the key or is no line at all."""
    try:
        return revision_of(text)
    except VerificationError:
        return None


def _line(row: Mapping[str, Any], text: str, place: str) -> LedgerLine:
    recorded = row.get("recorded")
    try:
        return LedgerLine(
            slug=str(row["slug"]),
            revision=int(row["revision"]),
            published=datetime.fromisoformat(row["published"]),
            source=str(row["source"]),
            outputs=dict(row.get("outputs", {})),
            previous=str(row.get("previous", GENESIS)),
            key=str(row.get("key", "")),
            recorded=datetime.fromisoformat(recorded) if recorded else None,
            signature=str(row.get("signature", "")),
            digest=line_digest(text),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise VerificationError(
            f"{place}: 台账这一行缺少内容或者格式有误（{reason_of(error)}）；{PUT_BACK}"
        ) from error


def ledger_head(path: Path) -> str:
    """Digest of the last line, whatever it records; GENESIS for an empty ledger."""
    rows = ledger_rows(path)
    return line_digest(rows[-1][0]) if rows else GENESIS
