"""The form of what a page sealed, by its suite: whom it is for and how long it is, never opened.

Both suites have a head of lines whose last begins with `--- `, a nonce, and chunks of 64 KiB of
plain text with a tag each. Of SM2 the head's length varies by a few bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.errors import SealError
from portal.sealed import sm_suite
from portal.sealed.envelope import padded_length
from portal.sealed.suites import AGE, SM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RECIPIENTS = 2
"""The office of the window and its escrow."""

_LAST = b"--- "
_LAST_LINE = rb"--- [A-Za-z0-9+/]{43}\n"
_NONCE = 16
_BLOCK, _TAG = 64 * 1024, 16
_AGE_HEAD = 22 + RECIPIENTS * 98 + 48


class NotOurFormError(SealError):
    """Not an envelope as our page makes it."""


@dataclass(frozen=True, slots=True)
class SealedForm:
    """The head of a suite to exactly two keys, and how many bytes it may have."""

    pattern: re.Pattern[bytes]
    heads: range

    def head(self, line: Callable[[int], bytes]) -> bytes:
        """Read the head by its lines; NotOurFormError for any other."""
        head = found = b""
        while not found.startswith(_LAST) and len(head) < self.heads.stop:
            found = line(self.heads.stop)
            head += found
            if not found.endswith(b"\n"):
                break
        if not self.pattern.fullmatch(head):
            raise NotOurFormError("密封的内容不是给受理单位和托管两把密钥的")
        return head

    def require_size(self, size: int) -> None:
        """That a length can be one of padded content; NotOurFormError."""
        lengths = [inside(size - head) for head in self.heads]
        if not any(lengths):
            raise NotOurFormError("密封的内容不完整")
        if not any(plain and padded_length(plain) == plain for plain in lengths):
            raise NotOurFormError("密封的内容没有按规定补齐长度")


_AGE_STANZA = rb"-> X25519 [A-Za-z0-9+/]{43}\n[A-Za-z0-9+/]{43}\n"
_SM_STANZA = rb"-> SM2\n[A-Za-z0-9+/]{%d,%d}\n" % (sm_suite.SHORTEST, sm_suite.LONGEST)
_SM_HEADS = [
    len(sm_suite.FIRST) + RECIPIENTS * (len(sm_suite.STANZA) + letters + 1) + 48
    for letters in (sm_suite.SHORTEST, sm_suite.LONGEST)
]

FORMS: Mapping[str, SealedForm] = {
    AGE.name: SealedForm(
        re.compile(rb"age-encryption\.org/v1\n(?:%s){%d}" % (_AGE_STANZA, RECIPIENTS) + _LAST_LINE),
        range(_AGE_HEAD, _AGE_HEAD + 1),
    ),
    SM.name: SealedForm(
        re.compile(rb"portal-sm/1\n(?:%s){%d}" % (_SM_STANZA, RECIPIENTS) + _LAST_LINE),
        range(_SM_HEADS[0], _SM_HEADS[1] + 1),
    ),
}


def inside(size: int) -> int:
    """Bytes of content behind a head, of nonce and chunks together; 0 where there can be none."""
    payload = size - _NONCE
    blocks = -(-payload // (_BLOCK + _TAG))
    plain = payload - blocks * _TAG
    return plain if payload > _TAG and plain > (blocks - 1) * _BLOCK else 0


def require_padding(size: int) -> None:
    """That what is behind a head is padded content; NotOurFormError."""
    plain = inside(size)
    if not plain or padded_length(plain) != plain:
        raise NotOurFormError("密封的内容没有按规定补齐长度")
