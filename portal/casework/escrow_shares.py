"""The escrow key in shares (Shamir, SLIP-39): the only door to shamir-mnemonic.

Any k of n keepers together can open, fewer learn nothing, and no machine has the key.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from portal.errors import RequestError, SealError
from portal.sealed.suites import AGE, suite_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.sealed.suites import Suite

_SIZE = 32
_FEWEST, _MOST = 2, 16
_NOTICE = re.compile(r"^# notice: (\S+)$", re.MULTILINE)
_PUBLIC = re.compile(r"^# public key: (\S+)$", re.MULTILINE)
_SORT = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Shared:
    """A fresh escrow key: its public half, and the text of each keeper's share."""

    public: str
    texts: tuple[str, ...]


def split_escrow(
    notice: str, needed: int, keepers: int, at: datetime, suite: Suite = AGE
) -> Shared:
    """Make an escrow key that exists in shares only; RequestError for odd numbers.

    The recovery is tried with different shares before anything is handed out.
    """
    if not _FEWEST <= needed <= keepers <= _MOST:
        raise RequestError(f"份数不对：需要的份数至少2份，不超过总份数，总份数最多{_MOST}份")
    seed = secrets.token_bytes(_SIZE)
    identity = suite.identity(seed)
    public = suite.recipient(identity)
    [words] = generate_mnemonics(1, [(needed, keepers)], seed)
    texts = tuple(
        f"# escrow share: {position} of {keepers}, any {needed} together\n"
        f"# notice: {notice}\n# created: {at.isoformat()}\n# public key: {public}\n{share}\n"
        for position, share in enumerate(words, 1)
    )
    for tried in (texts[:needed], texts[-needed:], tuple(_SORT.sample(texts, needed))):
        if join_escrow(tried) != (notice, identity):
            raise SealError("分出的份合不回原来的密钥，没有采用")
    return Shared(public, texts)


def join_escrow(texts: Sequence[str]) -> tuple[str, str]:
    """Notice and identity of enough shares; RequestError in words where they do not fit.

    Each share names the public key, and so the suite.
    """
    notices = {found for text in texts for found in _NOTICE.findall(text)}
    publics = {found for text in texts for found in _PUBLIC.findall(text)}
    if len(notices) != 1 or len(publics) != 1:
        raise RequestError("这些份不属于同一次公示的托管密钥，或者文件不完整")
    words = [
        " ".join(line for line in text.lower().splitlines() if not line.startswith("#")).strip()
        for text in texts
    ]
    try:
        suite = suite_for(publics)
        identity = suite.identity(combine_mnemonics(words))
    except (MnemonicError, ValueError, LookupError, SealError) as error:
        raise RequestError("合不成密钥：份数不够，有重复，或者有抄错的字") from error
    if suite.recipient(identity) != publics.copy().pop():
        raise RequestError("合成的密钥与份上写的公钥不符：有抄错的字，或者被改动过")
    return notices.pop(), identity
