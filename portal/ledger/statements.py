"""Statements that the desk signs: notes of what it took, deletions, heads, holds.

A file of JSON that anybody can read, with the Ed25519 signature over all its other values:

    {"about": "taken", "name": "0589…", "sha256": "ab12…", "signature": "lR0x…=="}

`about` is signed too, so that no statement can stand in the place of another.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portal.errors import VerificationError
from portal.ledger.signing import holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.ledger.signing import SigningKey

_CONTEXT = b"portal-desk/1\n"


def _signed(values: Mapping[str, Any]) -> bytes:
    return _CONTEXT + json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def statement(key: SigningKey, about: str, content: Mapping[str, Any]) -> bytes:
    """A signed statement as the bytes of its file."""
    values = {"about": about, **content}
    whole = values | {"signature": key.sign(_signed(values))}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def read_statement(data: bytes, about: str, public: str) -> dict[str, Any]:
    """The content of a statement; VerificationError for anything the key did not sign as such."""
    try:
        values = json.loads(data)
        signature = values.pop("signature")
        whole = isinstance(signature, str) and holds(public, signature, _signed(values))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise VerificationError("没有工作台的签名") from error
    if not whole:
        raise VerificationError("签名不成立：内容被改动过，或者不是本单位工作台签发")
    if values.pop("about", "") != about:
        raise VerificationError("是工作台为别的事项签发的")
    return dict(values)
