"""One-time codes (TOTP, RFC 6238): the only door to pyotp.

Secrets lie in the register sealed under the desk's own key, so that a stolen database makes no
codes.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyotp.exceptions import OTPVerificationError

from portal.errors import SealError

if TYPE_CHECKING:
    from datetime import datetime

_WINDOW = 1  # one step of 30 seconds before and after: phones' clocks stray


class OneTimeCodes:
    """Makes and checks one-time codes of staff, sealed under the desk's secret."""

    def __init__(self, secret_key: str, issuer: str = "质量奖工作台") -> None:
        key = HKDF(SHA256(), 32, None, b"desk totp").derive(secret_key.encode())
        self._seal = Fernet(base64.urlsafe_b64encode(key))
        self._issuer = issuer

    def new(self, fixed: str | None = None) -> tuple[str, str]:
        """A new secret, plain for the phone and sealed for the register."""
        secret = fixed or pyotp.random_base32()
        return secret, self._seal.encrypt(secret.encode()).decode()

    def address(self, secret: str, username: str) -> str:
        """The otpauth:// address that an authenticator app reads."""
        return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=self._issuer)

    def step(self, sealed: str, code: str, now: datetime, *, after: int) -> int | None:
        """The time step of a right code, or None; a step not later than `after` was used already.

        `verify` of pyotp would take the same code twice; the caller stores the step returned here.
        """
        try:
            totp = pyotp.TOTP(self._seal.decrypt(sealed.encode()).decode())
        except InvalidToken as error:
            raise SealError(
                "动态口令密钥无法读取：工作台的密钥已更换，请管理员用 portal desk-user reset 重置"
            ) from error
        try:
            step: int = totp.verify_and_get_timecode(
                code.strip().replace(" ", ""), for_time=now, valid_window=_WINDOW
            )
        except OTPVerificationError:
            return None
        return step if step > after else None

    def opens(self, sealed: str) -> bool:
        """Whether a sealed secret can be read with the desk's secret."""
        try:
            self._seal.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def code_at(secret: str, now: datetime) -> str:
    """The code of a plain secret at an instant: for the demonstration's sign-in page and tests."""
    return pyotp.TOTP(secret).at(now)
