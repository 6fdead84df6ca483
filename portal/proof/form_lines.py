"""What the form seals with, in the signed ledger: the keys of each window, and the form's scripts.

    {"kind":"sealing","notice":"2026-dongshan-publicity","keys":{"dongshan":{"seals":"age1…",
     "signs":"…"},"escrow":{"seals":"age1…"}}, …}
    {"kind":"form","scripts":{"age.0123456789.js":"sha384-…"},"receipt":"…", …}

Entered with the next publication after they change, signed and chained like every line; a line
stands until one of the same kind, and notice, takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portal.ledger.chain import chain_content
from portal.ledger.ledger_lines import FORM_RECORD as FORM
from portal.ledger.ledger_lines import SEALING_RECORD as SEALING
from portal.ledger.sealing_lines import receipt_keys_named, rows_of
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


def receipt_keys_of(texts: Iterable[str]) -> list[bytes]:
    """Every key that the ledger ever named for receipts, as PEM, the newest first."""
    return [public_pem(raw) for raw in receipt_keys_named(texts)]
