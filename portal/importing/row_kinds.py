"""Row kinds: subtitles, totals, footers and titles, each by a closed list of words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.domain.dates import read_number
from portal.importing.headings import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portal.domain.awards import ListTerms

_ORGANIZATION = ("单位", "企业", "企业组织", "机构")
_SYNONYMS = {
    "专家": "专家学者",
    "学者": "专家学者",
    "管理人员": "组织管理人员",
    "技术人员": "工程技术人员",
    "一线人员": "一线工作人员",
    "一线员工": "一线工作人员",
    "一线职工": "一线工作人员",
}
"""What offices write for a category, and the category, where an award has it."""

_COUNT = r"(?:\d{1,5}|[一二两三四五六七八九十]{1,3})[个名家人位项户]"
_PLACE = "[市县区州盟旗省]"
_ORDINAL = r"(?:第?[一二三四五六七八九十\d]{1,3}[、.):]|\([一二三四五六七八九十\d]{1,3}\)、?)"
_LIST_WORDS = (
    *(
        rf".{{2,4}}{_PLACE}(?=质量)",
        "市级?",
        "县级?",
        "区级?",
        "第[一二三四五六七八九十]+届",
        r"\d{4}年度?",
    ),
    "拟?(?:推荐|申报|授予|表彰|参评|入选)(?:的|对象)?",
    "拟?获奖?(?:的|对象)?",
    "候选(?:人|对象)?",
    *("质量提名奖", "质量奖提名奖", "质量奖", "提名奖", "奖项?", "组织类?", "个人类?", "人员"),
)
_JOINING = ("类别?", "名单", "方面", "及", "和", "、", "/")
_TOTAL_WORD = r"(?:本页|本表|全[县市区]|以上)?(?:合计|总计|小计|共计|总数|累计|共)"
_TOTAL_LABEL = re.compile(rf"(?!共){_TOTAL_WORD}:?")
_NUMBERS = re.compile(r"(\d{1,5}|[一二两三四五六七八九十]{1,3})(?=[个名家人位项户]|$)")
_LABEL = (
    r"(?:填表|制表|填报|审核|经办|联系|复核|校对|报送|主管|单位|分管)(?:负责)?(?:人|领导)(?:签字|签名)?"
    r"|(?:填表|制表|填报|报送|上报|编制|打印)(?:日期|时间|单位)|填报人?|日期|时间|联系电话|电话|手机|传真|邮箱"
    r"|(?:推荐|填报|申报|报送)?单位\((?:盖章|公章|签章)\)|(?:盖章|公章|签章)|单位盖章"
)
_NOTE = r"(?:备注|注|附注|说明|填表说明|填报说明|注意|附|注意事项)(?:\d{1,2})?"
_LABELLED = re.compile(rf"(?:(?:{_LABEL})(?:\((?:签字|签名|盖章|公章)\))?|{_NOTE}):.*", re.DOTALL)
_NOTED = re.compile(rf"{_NOTE}:")
_BARE = re.compile(rf"(?:{_LABEL}):?")
_TITLE = re.compile(
    r"名单|汇总|附[件表]|公示|推荐表|申报表|一览表|统计表|登记表|信息表|情况表|明细表|花名册|质量奖|表$"
)
_DATE = re.compile(r"\d{4}[-年./]\d{1,2}(?:[-月./]\d{1,2}日?)?月?")
_NUMERALS = re.compile(r"[一二三四五六七八九十]{1,2}|\([一二三四五六七八九十]{1,2}\)")


@dataclass(frozen=True, slots=True)
class Subtitle:
    """What a subtitle says of the rows below it; empty or None where it says nothing.

    `level` is 1 for 一、, 2 for （一）, 3 for 1. and 4 without a number.
    """

    category: str
    grade: str
    people: bool
    count: int | None
    level: int = 4
    county: str = ""

    @property
    def kind(self) -> bool:
        """Whether it says what the entries are, besides where they are from."""
        return bool(self.category or self.grade or self.people or not self.county)


class AwardWords:
    """The words of one award's lists: what its subtitles, totals and titles are made of."""

    def __init__(self, terms: ListTerms) -> None:
        self.terms = terms
        self.people = tuple(map(str, terms.people))
        own = terms.organizations
        self.organization = str(own[0]) if len(own) == 1 else ""
        """The one category of organizations, or the empty string."""
        self.synonyms: Mapping[str, str] = {
            **(dict.fromkeys(_ORGANIZATION, self.organization) if self.organization else {}),
            **{word: name for word, name in _SYNONYMS.items() if name in terms.category_of},
        }
        self.reserved = {*self.synonyms, *terms.category_of, *terms.grade_of, "个人"}
        named = [re.escape(word) for word in (*terms.grades, *terms.categories)]
        noun = "|".join(("组织", "企业", "单位", "机构", "个人", "质量奖", "提名奖", *named))
        counted = rf"(?:其中)?[:,;、]?(?:{noun})?(?:共计?)?:?{_COUNT}(?:{noun})?"
        words = "|".join((*_LIST_WORDS, *named, *map(re.escape, self.synonyms), *_JOINING))
        self._subtitle = re.compile(
            rf"(?P<ordinal>{_ORDINAL})?(?P<words>(?:{words})+)"
            rf"(?:[(,:]?(?:共|计|共计|合计)?(?P<count>{_COUNT})(?:{noun})?\)?)?[:。]?"
        )
        self._total = re.compile(
            rf"{_TOTAL_WORD}:?(?:{counted}|\d{{1,5}})?(?:[,;、。(]?{counted}\)?)*[。.]?"
        )
        self._count_cell = re.compile(rf"\d{{1,5}}|(?:{counted})+|[-—/]+")
        self._bare = {*self.people, *terms.organizations, "组织", "个人", "单位", "企业"}

    def grade_of(self, cell: str) -> str:
        """The grade that a cell names, with or without the award's name, or the empty string."""
        words = plain(cell)
        for grade in self.terms.grades:
            name = re.escape(grade)
            short = r"|.{0,6}质量提名奖" if grade == "提名奖" else ""
            if re.fullmatch(
                rf"(?:第.{{1,3}}届)?(?:.{{0,6}}{_PLACE})?(?:质量奖)?{name}{short}", words
            ):
                return str(grade)
        return ""

    def subtitle_of(self, texts: Sequence[str]) -> Subtitle | None:
        """The subtitle that a row is, such as 一、质量奖（2个）; its words are a closed list."""
        words = [plain(text) for text in texts]
        if len(words) == 2 and _NUMERALS.fullmatch(words[0]):  # noqa: PLR2004 - ordinal and words
            words = [f"{words[0].strip('()')}、{words[1]}"]
        match = self._subtitle.fullmatch(words[0]) if len(set(words)) == 1 else None
        if match is None or not (
            match["ordinal"] or match["count"] or re.search("类|奖$", match["words"])
        ):
            if len(set(words)) != 1 or words[0] not in self._bare:
                return None
            people = words[0] == "个人" or words[0] in self.people
            return Subtitle(self.category_of(words[0]), "", people, None)
        said, category = match["words"], self.category_of(match["words"])
        grade = "" if re.search("推荐|申报|候选|参评", said) else self._grade_in(said)
        people = "个人" in said or category in self.people
        if not (category or grade or people or re.search("组织|企业|单位", said)):
            return None
        return Subtitle(category, grade, people, _count_in(match), _level_of(match))

    def _grade_in(self, said: str) -> str:
        """The grade that a subtitle names: the one that its words end with."""
        named = [grade for grade in self.terms.grades if grade in said]
        nominated = [grade for grade in self.terms.grades if "提名" in grade and "提名" in said]
        last = max(
            nominated or named, key=lambda grade: (said.rfind(grade), len(grade)), default=""
        )
        return str(last)

    def category_of(self, text: str) -> str:
        """The one category that a title, subtitle or sheet's name names, or the empty string."""
        words = plain(text)
        named = [category for category in self.people if category in words]
        named += [
            category
            for word, category in self.synonyms.items()
            if category in self.people and len(word) > 2 and word in words  # noqa: PLR2004 - 专家 is common
        ]
        others = [str(c) for c in self.terms.categories if not c.individual and c in words]
        if not named and len(others) == 1 and others[0] != self.organization:
            return others[0]
        if not named and "个人" not in words and re.search("组织|企业|单位", words):
            return self.organization
        return named[0] if len(set(named)) == 1 else ""

    def totals_of(self, texts: Sequence[str]) -> list[int] | None:
        """The counts of a total row, or None for another row; its word may stand in any cell."""
        words = [plain(text) for text in texts]
        whole = [word for word in words if self._total.fullmatch(word)]
        if not whole:
            return None
        rest = [word for word in words if word not in whole]
        if not all(self._count_cell.fullmatch(word) for word in rest):
            return None
        if not any(_TOTAL_LABEL.match(word) or _NUMBERS.search(word) for word in whole):
            return None
        counts = (read_number(n) for word in words for n in _NUMBERS.findall(word))
        return [count for count in counts if count is not None]

    def is_title(self, texts: Sequence[str]) -> bool:
        """Whether a row above a heading is a title, such as the list's name and who sent it."""
        rest = [text for text in dict.fromkeys(texts) if not _TITLE.search(plain(text))]
        return not rest or is_footer(rest) or self.subtitle_of(rest) is not None


def county_subtitle(texts: Sequence[str], counties: Iterable[str]) -> Subtitle | None:
    """The subtitle that names a county and nothing else, such as 一、甲县（3家）."""
    names = "|".join(map(re.escape, counties))
    words = {plain(text) for text in texts}
    if not names or len(words) != 1:
        return None
    match = re.fullmatch(
        rf"(?P<ordinal>{_ORDINAL})?(?P<county>{names})(?:\(?(?:共|计)?(?P<count>{_COUNT})\)?)?:?",
        words.pop(),
    )
    if match is None:
        return None
    return Subtitle("", "", False, _count_in(match), _level_of(match), match["county"])


def _count_in(match: re.Match[str]) -> int | None:
    return read_number(match["count"][:-1]) if match["count"] else None


def _level_of(match: re.Match[str]) -> int:
    ordinal = match["ordinal"] or ""
    return 2 if "(" in ordinal else 3 if ordinal[:1].isdecimal() else 1 if ordinal else 4


@lru_cache(maxsize=32)
def words_of(terms: ListTerms) -> AwardWords:
    """The words of an award's lists, made once."""
    return AwardWords(terms)


def is_footer(texts: Sequence[str]) -> bool:
    """Whether each cell of a row is a note, a label with what follows, or the value of a label."""
    labelled = False
    for number, text in enumerate(texts):
        words = plain(text)
        if _LABELLED.fullmatch(words) or _BARE.fullmatch(words):
            labelled = bool(_BARE.fullmatch(words))
        elif (_DATE.fullmatch(words) and number) or labelled:
            labelled = False
        else:
            return False
    return bool(texts)


def is_note(texts: Sequence[str]) -> bool:
    """Whether one of the cells is a remark on the list, such as 备注：."""
    return any(_NOTED.match(plain(text)) for text in texts)


def counted_in(title: str) -> int | None:
    """The count in a title such as 推荐名单（5家）."""
    match = re.search(rf"\(共?({_COUNT})\)", plain(title))
    return read_number(match[1][:-1]) if match else None
