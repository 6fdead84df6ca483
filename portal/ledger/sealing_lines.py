"""What the ledger says of the objection form: the keys of each window, the form's scripts.

A line stands until one of the same kind, and notice, takes its place; `portal.proof.form_lines`
writes them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portal.ledger.ledger_lines import FORM_RECORD, SEALING_RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def rows_of(texts: Iterable[str], kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The lines of these kinds, in their order."""
    named = [f'"kind":"{kind}"' for kind in kinds]
    for text in texts:
        if any(name in text for name in named):
            row = json.loads(text)
            if row.get("kind") in kinds:
                yield row


def keys_of_windows(texts: Iterable[str]) -> dict[str, dict[str, dict[str, str]]]:
    """The keys that the ledger names for each window, by office."""
    rows = rows_of(texts, (SEALING_RECORD,))
    return {str(row.get("notice", "")): dict(row.get("keys", {})) for row in rows}


def keys_of(texts: Iterable[str], notice: str) -> dict[str, dict[str, str]]:
    """The keys that the ledger names for a window, by office."""
    return keys_of_windows(texts).get(notice, {})


def scripts_of(texts: Iterable[str]) -> list[dict[str, str]]:
    """The form's scripts as each line names them: name as served, and its digest."""
    return [dict(row.get("scripts", {})) for row in rows_of(texts, (FORM_RECORD,))]


def receipt_keys_named(texts: Iterable[str]) -> list[str]:
    """Every key that the ledger ever named for receipts, base64, the newest first."""
    found = [str(row.get("receipt", "")) for row in rows_of(texts, (FORM_RECORD,))]
    return [raw for raw in dict.fromkeys(reversed(found)) if raw]
