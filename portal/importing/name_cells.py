"""Name cells: why what stands in a name's cell may be no name, or the names of several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.characters import HAN
from portal.domain.names import parted_name, says_more
from portal.importing.headings import heading_of, plain

if TYPE_CHECKING:
    from portal.importing.row_kinds import AwardWords

_UNITS = (
    "公司|集团|厂|矿|院|校|大学|学院|小学|中学|医院|中心|局|委员会|委|办公室|研究所|事务所|派出所|所|合作社"
    "|社|店|站|部|银行|支行|分行|协会|学会|商会|酒店|宾馆|超市|幼儿园|基地|队|政府|馆|台"
)
ENDS_AS_UNIT = re.compile(rf"(?:{_UNITS})(?:[(（][^()（）]*[)）])?")
LEGAL_FORM = re.compile(r"(?:股份|有限|责任|分|子|总|集团|\(集团\))*公司|有限合伙")
_PERSON = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]+(?:·[{HAN}]+)+")
_SEVERAL = re.compile(r"[、,，;；/]")
_SENTENCE = re.compile(r"[。！!？?:：]|\d{6,}")


def is_unit(name: str) -> bool:
    """Whether a name ends as names of organizations do."""
    return re.search(rf"(?:{ENDS_AS_UNIT.pattern})$", name) is not None


def is_person(name: str) -> bool:
    """Whether a name may be a person's: two to four characters, or parts with a dot."""
    bare = re.sub(r"[(（][^()（）]*[)）]$", "", name)
    return bool(_PERSON.fullmatch(bare)) and not is_unit(bare)


def name_doubt(name: str, known: AwardWords) -> str:
    """Why a name may be none, or the empty string."""
    words = plain(name)
    if not re.search(rf"[{HAN}A-Za-z]", words):
        return "不像名称；是条目吗？"
    if words in known.reserved or heading_of(words) or known.totals_of([name]) is not None:
        return "像表头、类别或合计；是条目吗？"
    if _SENTENCE.search(words):
        return "像一句话或说明；是条目吗？"
    if _SEVERAL.search(re.sub(r"[(（][^()（）]*[)）]", "", name)):
        return "像几个名称；请分成几行，或确认是一个名称"
    return ""


def parts_in_doubt(text: str) -> tuple[str, tuple[str, ...]]:
    """Why the parts of a cell may not be joined to one name, and the names that may be meant."""
    parts = text.split()
    whole = "".join(parts)
    units = [part for part in parts if is_unit(part) and not LEGAL_FORM.fullmatch(part)]
    if len(parts) > 1 and len(units) == len(parts):
        return "中间有空格，像几个单位；请分成几行，或确认是一个名称", (whole,)
    people = () if is_unit(whole) else parted_name(" ".join(parts))
    if not people:
        return "", ()
    if says_more(people):
        return f"中间有空格，“{people[-1]}”不像姓名；姓名是哪几个字？", (
            "".join(people[:-1]),
            whole,
        )
    return "中间有空格，像几个人；请在表格里分成几行，或确认是一个人的姓名", (whole,)
