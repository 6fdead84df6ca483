"""Fictional names of the demonstration: none exists, and every credit code uses region 000000."""

from __future__ import annotations

from portal.domain.awards import Category, Grade
from portal.domain.notice import Entry

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def _credit_code(serial: int) -> str:
    """A code with a right check digit (GB 32100-2015) in a region that does not exist."""
    body = f"91000000MA{serial:07d}"
    total = sum(_ALPHABET.index(c) * w for c, w in zip(body, _WEIGHTS, strict=True))
    return body + _ALPHABET[-total % 31]


_ORGANIZATIONS = {
    "pingding": ("演示北辰轴承有限公司", "演示青禾农业专业合作社", "演示清源水务有限公司"),
    "yuxian": ("演示云岭新材料有限公司", "演示仁济医院", "演示山泉食品有限公司"),
    "chengqu": ("演示明德实验学校", "演示和风商贸有限公司", "演示匠心建筑工程有限公司"),
    "kuangqu": ("演示长风机械制造有限公司", "演示安泰矿山设备有限公司"),
    "jiaoqu": ("演示绿野生态科技有限公司", "演示众诚检测技术有限公司"),
}

_PEOPLE = {
    "pingding": (("张三", Category.FRONTLINE, "演示北辰轴承有限公司", "车工班长"),),
    "yuxian": (
        ("李四", Category.ENGINEER, "演示云岭新材料有限公司", "高级工程师"),
        ("欧阳五", Category.EXPERT, "演示仁济医院", "质量管理科主任"),
    ),
    "chengqu": (("王犇", Category.MANAGER, "演示和风商贸有限公司", "首席质量官"),),
    "kuangqu": (("赵六", Category.ENGINEER, "演示长风机械制造有限公司", "工程师"),),
    "jiaoqu": (("孙七", Category.EXPERT, "演示众诚检测技术有限公司", "研究员"),),
}


def county_entries(county: str, name: str) -> tuple[Entry, ...]:
    """The fictional recommendations of a county; `name` is its Chinese name."""
    serial = 100 * sorted(_ORGANIZATIONS).index(county)
    organizations = [
        Entry(org, Category.ORGANIZATION, credit_code=_credit_code(serial + i), county=name)
        for i, org in enumerate(_ORGANIZATIONS[county], start=1)
    ]
    people = [
        Entry(person, category, county=name, employer=employer, position=position)
        for person, category, employer, position in _PEOPLE[county]
    ]
    return tuple(organizations + people)


AWARDED = ("演示北辰轴承有限公司", "演示长风机械制造有限公司")
"""Winners of the award; the third place stays vacant."""

NOMINATED = (
    "演示明德实验学校",
    "演示云岭新材料有限公司",
    "演示绿野生态科技有限公司",
    "张三",
    "孙七",
)
"""Winners of the nomination."""


def graded(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The winners among `entries`, award first, with their grades."""
    by_name = {entry.name: entry for entry in entries}
    ranks = [(name, Grade.AWARD) for name in AWARDED]
    ranks += [(name, Grade.NOMINATION) for name in NOMINATED]
    return tuple(_with_grade(by_name[name], grade) for name, grade in ranks)


def _with_grade(entry: Entry, grade: Grade) -> Entry:
    return Entry(
        entry.name,
        entry.category,
        grade,
        entry.credit_code,
        entry.county,
        entry.employer,
        entry.position,
    )
