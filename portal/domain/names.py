"""Names of people and organizations: a key to compare them by, surname and given name apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from portal.domain.characters import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政
濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马
公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌
微生 梁丘 左丘 西门 第五 即墨 达奚 褚师 纳兰 完颜
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
"""Surnames of two characters in 百家姓, and a few more still in use."""

_SPACES = re.compile(r"\s+")
# NFKC leaves the middle dots of transliterated names apart; notices mix them (docs/domain.md §2).
_DOTS = str.maketrans(dict.fromkeys("・•‧∙．.", "·"))
_REMARK = re.compile(r"\((?:[男女]|[男女]?[,、]?\w{1,4}族)\)$")
_LEGAL_FORM = re.compile(r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司$|\(集团\)")


# Nothing of what a key leaves out: most names.
_PLAIN = re.compile(r"[\u4e00-\u9fff]+")


@lru_cache(maxsize=1 << 14)
def name_key(name: str) -> str:
    """What two spellings of one name share: no spaces, no width, dots and remarks such as (女)."""
    if _PLAIN.fullmatch(name):
        return name
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return _REMARK.sub("", plain).translate(_DOTS)


def organization_core(name: str) -> str:
    """An organization's name key without its legal form, to notice 有限公司 ↔ 有限责任公司."""
    key = name_key(name)
    return _LEGAL_FORM.sub("", key) or key


def split_name(name: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name; a dotted or one-character name is all surname."""
    plain = _SPACES.sub("", name)
    if "·" in plain.translate(_DOTS):
        return plain, ""
    length = 2 if len(plain) > 2 and plain[:2] in COMPOUND_SURNAMES else 1  # noqa: PLR2004
    return plain[:length], plain[length:]


_PARTS = re.compile(r"[\s、,，;；/／|｜+＋&＆]+")
_OF_HAN = re.compile(f"[{HAN}·]+")
_ASIDE = re.compile(r"[男女]|[\u4e00-\u9fff]{1,5}族")
_LONGEST = 4


def parted_name(name: str) -> tuple[str, ...]:
    """The parts of what may be several people, or a person with sex or nation, in one cell.

    Empty where it is one name: characters set apart to fill a line (王 五), or a surname and the
    rest. 王五 赵六, 王五/赵六 and 周八 女 are no one's name, and joining them would make one.
    """
    parts = tuple(part for part in _PARTS.split(name.strip()) if part)
    if len(parts) == 1 or not all(map(_OF_HAN.fullmatch, parts)):
        return ()
    if _ASIDE.fullmatch(parts[-1]):
        return parts
    if any(part != part.strip("·") for part in parts):
        return ()
    if any("·" in part for part in parts):
        return parts
    sizes = [len(part) for part in parts]
    if all(1 < size <= _LONGEST for size in sizes):
        apart = len(parts) == 2 and parts[0] in COMPOUND_SURNAMES and sizes[1] < 3  # noqa: PLR2004
        return () if apart else parts
    return parts if sum(sizes) > _LONGEST else ()


def says_more(parts: Sequence[str]) -> bool:
    """Whether the last part of a parted name is no name, but a sex or a nation."""
    return _ASIDE.fullmatch(parts[-1]) is not None


class _Listed(Protocol):
    """An entry as a list has it."""

    @property
    def name(self) -> str: ...
    @property
    def employer(self) -> str: ...
    @property
    def county(self) -> str: ...


def entry_keys(entries: Sequence[_Listed]) -> list[str]:
    """How people tell the entries of a list apart: by name, persons of one name by employer too."""
    names = Counter(entry.name for entry in entries)
    return [
        e.name if names[e.name] == 1 else f"{e.name}（{e.employer or e.county}）" for e in entries
    ]
