"""The last line of each ledger, noted beside the signing key: a ledger that lost lines is told.

    ledger.heads.json       {"/srv/portal/notices/ledger.jsonl": "ab12…"}

An empty or shortened ledger holds in itself; without this everything would be entered anew.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from portal.errors import RequestError
from portal.ledger.ledger_lines import GENESIS, ledger_head, ledger_rows, line_digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def _note(key: Path) -> Path:
    return key.with_name(f"{key.stem}.heads.json")


def _noted(key: Path) -> dict[str, str]:
    """What was noted; RequestError for a note that cannot be read."""
    note = _note(key)
    try:
        found = json.loads(note.read_bytes()) if note.exists() else {}
        return {str(path): str(head) for path, head in found.items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise RequestError(f"{note} 读不出来：请核对台账是最新的，再删去这个文件") from error


def refuse_shortened(key: Path, ledgers: Iterable[Path]) -> None:
    """RequestError for a ledger that lacks the line which was its last when the key last signed."""
    noted = _noted(key)
    for ledger in ledgers:
        head = noted.get(str(ledger.resolve()))
        if head and head not in {line_digest(text) for text, _ in ledger_rows(ledger)}:
            raise RequestError(
                f"{ledger} 比上次登记时少了内容（没有指纹为 {head[:16]} 的一行），什么也没有登记；"
                "请从备份恢复台账，或者取网站的 ledger.json 里的各行。"
                f"确要照现在的台账继续的，删去 {_note(key)} 再运行"
            )


def note_heads(key: Path, ledgers: Iterable[Path]) -> None:
    """Note the last line of each ledger; the file is replaced as a whole."""
    noted = _noted(key)
    heads = {str(ledger.resolve()): ledger_head(ledger) for ledger in ledgers}
    wanted = noted | {path: head for path, head in heads.items() if head != GENESIS}
    if wanted == noted:
        return
    fresh = _note(key).with_suffix(".tmp")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(wanted, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(_note(key))


def forget_heads(key: Path) -> None:
    """Forget what was noted, for ledgers that begin anew on purpose: those of a demonstration."""
    _note(key).unlink(missing_ok=True)
