"""/ledger.json: the ledger as it is published, for anybody to check against."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue


def ledger_json(catalogue: Catalogue) -> bytes:
    """Every chain as the lines it was written in, so that their digests can be recomputed.

    `heads` are the digests of the last lines. portal.ledger.chain says how a line is signed.
    """
    document = {
        "format": "portal-ledger-1",
        "heads": list(catalogue.ledger.heads),
        "ledgers": [list(chain.texts) for chain in catalogue.ledger.chains],
    }
    # Without indentation: with it the library sets ten thousand lines in Python, one by one.
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()
