"""The escrow key in shares (Shamir, SLIP-39): the only door to shamir-mnemonic.

Any k of n keepers together can open, fewer learn nothing, and no machine has the key.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.constants import CUSTOMIZATION_STRING_EXTENDABLE
from shamir_mnemonic.rs1024 import create_checksum
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from portal.errors import RequestError, SealError
from portal.sealed.suites import AGE, suite_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from portal.sealed.suites import Suite

_SIZE = 32
_FEWEST, _MOST = 2, 16
_NOTICE = re.compile(r"^# notice: (\S+)$", re.MULTILINE)
_PUBLIC = re.compile(r"^# public key: (\S+)$", re.MULTILINE)
_LENGTH = 33
"""Words of a share of 32 bytes, three of them its checksum, of ten bits each (SLIP-39)."""
_SUM, _BITS = 3, 10
_TOLD = 5
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


def join_escrow(texts: Sequence[str], names: Sequence[str] = ()) -> tuple[str, str]:
    """Notice and identity of enough shares; RequestError in words where they do not fit.

    Each share names the public key, and so the suite. `names` are what the texts are called where
    one of them is at fault; more than enough shares may be given.
    """
    called = list(names) or [f"第{position}份" for position in range(1, len(texts) + 1)]
    notice = _common(_NOTICE, "公告", texts, called)
    public = _common(_PUBLIC, "公钥", texts, called)
    words = [_words(text) for text in texts]
    if faults := [
        f"{name}：{fault}"
        for name, one in zip(called, words, strict=True)
        if (fault := _fault(one))
    ]:
        raise RequestError("合不成密钥。" + "；".join(faults) + "。请与原件核对以后再试")
    chosen = _enough(dict(zip(called, words, strict=True)))
    try:
        suite = suite_for({public})
        identity = suite.identity(combine_mnemonics(chosen))
    except (MnemonicError, ValueError, LookupError, SealError) as error:
        raise RequestError("合不成密钥：这些份拼不到一起，有一份被改动过") from error
    if suite.recipient(identity) != public:
        raise RequestError("合成的密钥与份上写的公钥不符：有抄错的字，或者被改动过")
    return notice, identity


def _common(
    pattern: re.Pattern[str], what: str, texts: Sequence[str], called: Sequence[str]
) -> str:
    """What the heads of all shares say alike; RequestError names those that say otherwise."""
    said = [set(pattern.findall(text)) for text in texts]
    if unclear := [name for name, found in zip(called, said, strict=True) if len(found) != 1]:
        raise RequestError(
            f"{'、'.join(unclear)} 的开头没有写明{what}，或者文件不完整：以 # 开头的几行也要照抄"
        )
    each = [found.pop() for found in said]
    usual = Counter(each).most_common(1)[0][0] if each else ""
    if strange := [f"{n}（{one}）" for n, one in zip(called, each, strict=True) if one != usual]:
        raise RequestError(
            f"这些份不属于同一次公示的托管密钥：{what}与其余的不同的是{'、'.join(strange)}，"
            f"其余的是 {usual}"
        )
    return usual


def _words(text: str) -> list[str]:
    lines = [line for line in text.lower().splitlines() if not line.startswith("#")]
    return " ".join(lines).split()


def _fault(words: Sequence[str]) -> str:
    """What is wrong with one share, as far as it shows; empty for a whole one."""
    unknown = [(at, word) for at, word in enumerate(words, 1) if word not in WORD_INDEX_MAP]
    if unknown:
        return "、".join(
            f"第{at}个词 {word} 不在词表里{_meant(word)}" for at, word in unknown[:_TOLD]
        )
    if len(words) != _LENGTH:
        return f"有{len(words)}个词，应有{_LENGTH}个"
    try:
        Share.from_mnemonic(" ".join(words))
    except (MnemonicError, ValueError):
        at = _miscopied(words)
        where = f"，多半是第{at}个" if at else "，不止一个，或者次序颠倒"
        return f"有抄错的词{where}（词都在词表里，校验不符）"
    return ""


def _meant(word: str) -> str:
    """The word of the list that was meant: four letters tell any of them apart."""
    alike = [known for known in WORDLIST if known[:4] == word[:4]]
    found = alike or get_close_matches(word, WORDLIST, n=1)
    return f"，是不是 {found[0]}" if found else ""


def _miscopied(words: Sequence[str]) -> int:
    """Which word, put right, makes the checksum fit; 0 where no single one does.

    The checksum tells one wrong word with certainty. It is only told: the keeper has the original.
    """
    given = [WORD_INDEX_MAP[word] for word in words]
    data, written = given[:-_SUM], given[-_SUM:]
    meant = _checksum(data)
    odd = [at for at in range(_SUM) if meant[at] != written[at]]
    if len(odd) == 1:
        return len(data) + odd[0] + 1
    wrong = _packed(meant) ^ _packed(written)
    none = _packed(_checksum([0] * len(data)))
    for at in range(len(data)) if wrong else ():  # the checksum is linear: bits add up
        makes = {0}
        for bit in range(_BITS):
            alone = [0] * len(data)
            alone[at] = 1 << bit
            effect = _packed(_checksum(alone)) ^ none
            makes |= {effect ^ other for other in makes}
        if wrong in makes:
            return at + 1
    return 0


def _checksum(data: list[int]) -> list[int]:
    return list(create_checksum(data, CUSTOMIZATION_STRING_EXTENDABLE))


def _packed(words: Sequence[int]) -> int:
    return sum(word << (_BITS * at) for at, word in enumerate(words))


def _enough(shares: Mapping[str, Sequence[str]]) -> list[str]:
    """As many different shares of one set as are needed; RequestError for too few, or two sets."""
    read = {name: Share.from_mnemonic(" ".join(words)) for name, words in shares.items()}
    sets = Counter(share.group_parameters() for share in read.values())
    usual = sets.most_common(1)[0][0]
    if strange := [name for name, share in read.items() if share.group_parameters() != usual]:
        raise RequestError(f"合不成密钥：{'、'.join(strange)} 不是与其余的同一次分出来的")
    different: dict[int, str] = {}
    twice = []
    for name, share in read.items():
        if (first := different.setdefault(share.index, name)) != name:
            twice.append(f"{name} 与 {first} 是同一份")
    needed = usual.member_threshold
    if (missing := needed - len(different)) > 0:
        raise RequestError(
            f"份数不够：需要{needed}份不同的，现有{len(different)}份，还缺{missing}份"
            + "".join(f"；{one}" for one in twice)
        )
    return [read[name].mnemonic() for name in list(different.values())[:needed]]
