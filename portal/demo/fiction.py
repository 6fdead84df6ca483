"""Fictional names of the demonstration: none exists, and every credit code uses region 000000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.awards import EMPLOYER, Sort
from portal.domain.notice import Entry
from portal.domain.quotas import applying_caps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.domain.awards import Category
    from portal.domain.editions import Edition

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def _credit_code(serial: int) -> str:
    """A code with a right check digit (GB 32100-2015) in a region that does not exist."""
    body = f"91000000MA{serial:07d}"
    total = sum(_ALPHABET.index(c) * w for c, w in zip(body, _WEIGHTS, strict=True))
    return body + _ALPHABET[-total % 31]


_ORGANIZATIONS = (
    ("演示明德实验学校", "演示和风商贸有限公司", "演示匠心建筑工程有限公司"),
    ("演示长风机械制造有限公司", "演示安泰矿山设备有限公司"),
    ("演示绿野生态科技有限公司", "演示众诚检测技术有限公司"),
    ("演示北辰轴承有限公司", "演示青禾农业专业合作社", "演示清源水务有限公司"),
    ("演示云岭新材料有限公司", "演示仁济医院", "演示山泉食品有限公司"),
)

# Name, which of the award's categories of persons, which of the organizations, position.
_PEOPLE = (
    (("王犇", 1, "演示和风商贸有限公司", "首席质量官"),),
    (("赵六", 2, "演示长风机械制造有限公司", "工程师"),),
    (("孙七", 0, "演示众诚检测技术有限公司", "研究员"),),
    (("张三", 3, "演示北辰轴承有限公司", "车工班长"),),
    (
        ("李四", 2, "演示云岭新材料有限公司", "高级工程师"),
        ("欧阳五", 0, "演示仁济医院", "质量管理科主任"),
    ),
)
_TOGETHER = ("周八", "吴九", "郑十")


def place_entries(edition: Edition, places: Sequence[tuple[str, str]]) -> dict[str, list[Entry]]:
    """The fictional recommendations of each place, given by slug and Chinese name.

    Whoever gives the award without places below gives one place without a name.
    """
    serials = sorted(slug for slug, _ in places)
    return {
        slug: _capped(edition, name, _entries(edition, number, name, 100 * serials.index(slug)))
        for number, (slug, name) in enumerate(places)
    }


def _entries(edition: Edition, number: int, place: str, serial: int) -> Iterator[Entry]:
    firms = tuple(_named(firm, number, place) for firm in _ORGANIZATIONS[number % 5])
    by_sort = {sort: [c for c in edition.terms.categories if c.sort is sort] for sort in Sort}
    own = by_sort[Sort.ORGANIZATION]
    for i, firm in enumerate(firms if own else (), start=1):
        category = own[(i - 1) % len(own)]
        more = _more(category, firm)
        yield Entry(firm, category, None, _credit_code(serial + i), place, more=more)
    people = by_sort[Sort.INDIVIDUAL]
    for person, which, firm, position in _PEOPLE[number % 5] if people else ():
        category = people[which % len(people)]
        employer = _named(firm, number, place)
        name = "、".join((person, *_TOGETHER)[: category.joint])
        more = _more(category, employer)
        yield Entry(name, category, None, "", place, employer, position, more=more)
    for sort, ending in ((Sort.TEAM, "质检班组"), (Sort.PROJECT, "质量提升项目")):
        for i, category in enumerate(by_sort[sort]):
            firm = firms[i % len(firms)]
            employer = firm if category.apart == EMPLOYER else ""
            more = _more(category, firm)
            yield Entry(f"{firm}{ending}", category, None, "", place, employer, more=more)


def _named(firm: str, number: int, place: str) -> str:
    """A name of its own for the places beyond those that there are names for."""
    return firm if number < len(_ORGANIZATIONS) else f"演示{place}{firm.removeprefix('演示')}"


def _more(category: Category, firm: str) -> tuple[tuple[str, str], ...]:
    """Fictional values of the award's own columns."""
    values = {"主要完成人": "周八、吴九", "性别": "女", "民族": "汉族"}
    return tuple(
        (column, firm if "单位" in column else values.get(column, "演示"))
        for column in category.columns
    )


def _capped(edition: Edition, place: str, entries: Iterator[Entry]) -> list[Entry]:
    """No more than the caps of a place let through."""
    left = {id(cap): cap.most for cap in edition.caps}
    found = []
    for entry in entries:
        caps = applying_caps(edition, entry.category, place)
        if all(left[id(cap)] for cap in caps):
            found.append(entry)
            for cap in caps:
                left[id(cap)] -= 1
    return found


_BEST = (
    ("演示北辰轴承有限公司", "演示长风机械制造有限公司"),
    (
        *("演示明德实验学校", "演示云岭新材料有限公司", "演示绿野生态科技有限公司"),
        *("张三", "孙七"),
    ),
)
"""Who wins the first grades where they are proposed."""


def graded(edition: Edition, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The winners among `entries` by grade; of the first a place stays vacant where it may."""
    left = list(entries)
    winners = []
    for number, grade in enumerate(edition.terms.grades):
        best = _BEST[number] if number < len(_BEST) else ()
        elsewhere = [name for names in _BEST[number + 1 :] for name in names]
        left.sort(key=lambda e: (_rank(e.name, best), e.name in elsewhere))
        vacant = number == 0 and edition.vacancies and grade.places > 1
        count = min(grade.places - vacant if grade.places else 2, len(left))
        winners += [entry._replace(grade=grade) for entry in left[:count]]
        del left[:count]
    return tuple(winners)


def _rank(name: str, best: tuple[str, ...]) -> int:
    return best.index(name) if name in best else len(best)
