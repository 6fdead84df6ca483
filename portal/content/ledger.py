"""The ledger of published revisions: notices/ledger.jsonl, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One published revision; `source` is the SHA-256 of the notice's source files, in hex."""

    slug: str
    revision: int
    published: datetime
    source: str


def read_ledger(path: Path) -> tuple[LedgerLine, ...]:
    """Every line in order; empty where no ledger has been begun."""
    if not path.exists():
        return ()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return tuple(
        LedgerLine(
            row["slug"], row["revision"], datetime.fromisoformat(row["published"]), row["source"]
        )
        for row in rows
    )
