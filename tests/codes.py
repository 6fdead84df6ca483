"""Receipt codes for tests."""

import secrets

from portal.domain.receipt_code import CODE_BYTES, ReceiptCode, code_from


def new_code() -> ReceiptCode:
    """A fresh code of 120 random bits, of no draft."""
    return code_from(secrets.token_bytes(CODE_BYTES))
