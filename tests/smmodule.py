"""A cryptographic module in small: keys that never come out, behind a PIN; nothing certified."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from portal.errors import SealError
from portal.sealed import sm_curve

PIN = "847261"


def _scalar() -> bytes:
    return sm_curve.scalar_of(secrets.token_bytes(48))


class _Held:
    """Two pairs; points come out uncompressed, as PKCS #11 and SDF give them."""

    def __init__(self) -> None:
        self.__opens, self.__signs = _scalar(), _scalar()
        self.used = 0

    @staticmethod
    def _point(scalar: bytes) -> bytes:
        return b"\x04" + sm_curve.coordinates(sm_curve.public_of(scalar))

    @property
    def seals(self) -> bytes:
        return self._point(self.__opens)

    @property
    def signs(self) -> bytes:
        return self._point(self.__signs)

    def decrypt(self, ciphertext: bytes) -> bytes | None:
        self.used += 1
        return sm_curve.decrypt(self.__opens, ciphertext)

    def sign(self, digest: bytes) -> bytes:
        self.used += 1
        return sm_curve.sign(self.__signs, digest)


@dataclass
class Module:
    """What `PORTAL_KEY_MODULE` names."""

    keys: dict[str, tuple[str, _Held]] = field(default_factory=dict)
    failures: int = 0

    def make(self, label: str, pin: str) -> _Held:
        if label in self.keys:
            raise SealError("密码模块里已有这把密钥")
        self.keys[label] = (pin, _Held())
        return self.keys[label][1]

    def key(self, label: str, pin: str) -> _Held:
        known, held = self.keys.get(label, ("", None))
        if held is None:
            raise SealError("密码模块里没有这把密钥")
        if pin != known:
            self.failures += 1
            raise SealError("口令不对")
        return held

    def destroy(self, label: str) -> None:
        del self.keys[label]


MODULE = Module()


def module() -> Module:
    """The one module of a process."""
    return MODULE
