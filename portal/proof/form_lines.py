"""What the form seals with, in the signed ledger: the keys of each window, and the form's scripts.

    {"kind":"sealing","notice":"2026-dongshan-publicity","keys":{"dongshan":{"seals":"age1…",
     "signs":"…"},"escrow":{"seals":"age1…"}}, …}
    {"kind":"form","scripts":{"age.0123456789.js":"sha384-…"},"receipt":"…", …}

Entered with the next publication after they change, signed and chained like every line; a line
stands until one of the same kind, and notice, takes its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portal.ledger.chain import chain_content
from portal.ledger.ledger_lines import FORM_RECORD as FORM
from portal.ledger.ledger_lines import SEALING_RECORD as SEALING
from portal.sealed.receipts import public_pem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portal.domain.notice import Notice
    from portal.sealed.public_keys import PublicKeys


@dataclass(frozen=True, slots=True)
class FormSeals:
    """The public keys on this machine, and the digests of the form's scripts by their names."""

    keys: PublicKeys
    scripts: Mapping[str, str] = field(default_factory=dict)

    def lines(self, notices: Iterable[Notice]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Kind and content of each line as things stand."""
        for notice in notices:
            if found := self.keys.holders(notice.slug):
                yield SEALING, {"notice": notice.slug, "keys": found}
        if self.scripts:
            yield FORM, {"scripts": dict(sorted(self.scripts.items())), "receipt": self.receipt}

    @property
    def receipt(self) -> str:
        """The key that signs receipts, base64 of its 32 bytes; empty where it is not carried."""
        return self.keys.receipt() or ""


def changed(
    texts: Sequence[str], stated: Iterable[tuple[str, dict[str, Any]]]
) -> list[tuple[str, dict[str, Any]]]:
    """Those lines that the ledger does not have as they stand."""
    before = {
        (str(row["kind"]), str(row.get("notice", ""))): chain_content(row)
        for row in rows_of(texts, (SEALING, FORM))
    }
    return [
        (kind, content)
        for kind, content in stated
        if before.get((kind, str(content.get("notice", "")))) != content
    ]


def rows_of(texts: Iterable[str], kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The lines of these kinds, in their order."""
    named = [f'"kind":"{kind}"' for kind in kinds]
    for text in texts:
        if any(name in text for name in named):
            row = json.loads(text)
            if row.get("kind") in kinds:
                yield row


def keys_of(texts: Iterable[str], notice: str) -> dict[str, dict[str, str]]:
    """The keys that the ledger names for a window, by office."""
    found = [row for row in rows_of(texts, (SEALING,)) if row.get("notice") == notice]
    return dict(found[-1]["keys"]) if found else {}


def scripts_of(texts: Iterable[str]) -> dict[str, str]:
    """Every script of the form that the ledger ever named: name as served, and its digest."""
    return {
        name: digest
        for row in rows_of(texts, (FORM,))
        for name, digest in dict(row.get("scripts", {})).items()
    }


def receipt_keys_of(texts: Iterable[str]) -> list[bytes]:
    """Every key that the ledger ever named for receipts, as PEM, the newest first."""
    found = [str(row.get("receipt", "")) for row in rows_of(texts, (FORM,))]
    return [public_pem(raw) for raw in dict.fromkeys(reversed(found)) if raw]
