"""Whether a file of a private key is whole, as far as that shows without its passphrase.

A file that was cut, emptied or replaced by anything else shows; a changed bit within the
ciphertext does not, and is found by who opens it (`portal drill` does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.casework.key_store import MODULE
from portal.casework.sm_key_file import is_sm_file, whole_sm
from portal.sealed.public_keys import SIGNS

if TYPE_CHECKING:
    from pathlib import Path

    from portal.casework.key_store import KeyStore

_AGE = b"age-encryption.org/v1\n-> scrypt "
_NONCE, _TAG, _MAC = 16, 16, 43
_AGE_IDENTITY = 74
"""Bytes of `AGE-SECRET-KEY-1…`."""


def identity_fault(store: KeyStore, path: Path) -> str:
    """Why an identity file cannot be whole; empty where nothing shows."""
    data = path.read_bytes()
    if path.suffix == MODULE:
        label = f"{path.parent.name}/{path.stem}"
        whole = data.decode().splitlines()[-1:] == [label]
    elif path.suffix == ".sm2":
        whole = is_sm_file(data) and whole_sm(data)
    else:
        whole = _whole_age(data, _shortest(store, path))
    return "" if whole else "不完整"


def _whole_age(data: bytes, plain: int) -> bool:
    """Whether a file has all parts of its format, and at least so many bytes of text."""
    head, mark, rest = data.partition(b"\n--- ")
    mac, _, payload = rest.partition(b"\n")
    long_enough = len(payload) >= _NONCE + plain + _TAG
    return bool(mark) and head.startswith(_AGE) and len(mac) == _MAC and long_enough


def _shortest(store: KeyStore, path: Path) -> int:
    """Bytes of an identity's text: what its public half says stands above it."""
    public = store.root / "public" / path.parent.name / f"{path.stem}.pub"
    if store.public.fault(public) is not None:
        return _AGE_IDENTITY
    lines = public.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith(SIGNS)]
    above = "\n".join([*kept[:-1], f"# public key: {kept[-1]}", ""])
    return len(above.encode()) + _AGE_IDENTITY + len("\n")
