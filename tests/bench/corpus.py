"""A seeded corpus of fictional notices, and how the portal is given it; `hugo.py` has Hugo's."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portal.content.working_calendar import load_calendar
from portal.domain.notice import Kind
from portal.domain.window import PublicityWindow, publicity_window
from portal.domain.workdays import SHANGHAI
from tests.recording import record
from tests.thirdaward import CITY_PUBLICITY, COUNTY_PUBLICITY

ROOT = Path(__file__).parent.parent.parent
AS_OF = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
FIRST = datetime(2005, 1, 10, 9, tzinfo=SHANGHAI)
COUNTIES = ("chengqu", "kuangqu", "jiaoqu", "pingding", "yuxian")
EDITIONS = ("first", "second", "third")
ROWS = 25
BODY_CHARACTERS = 600

_KINDS = (
    (Kind.CALL, 15),
    (COUNTY_PUBLICITY, 55),
    (CITY_PUBLICITY, 15),
    (Kind.DECISION, 15),
)
_WORDS = (
    "质量管理创新改进提升评价标准公示推荐组织单位材料程序评审结果监督意见"
    "异议受理期间真实准确完整书面署名证据核查办理公开公平公正自愿申报审核"
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉梅"
_TRADES = ("机械", "煤炭", "化工", "建材", "食品", "电子", "物流", "新能源", "医药", "农业")


@dataclass(frozen=True)
class Item:
    """One notice in no format."""

    slug: str
    title: str
    kind: Kind
    edition: str
    county: str
    published: datetime
    window: PublicityWindow | None
    body: str
    rows: tuple[tuple[str, ...], ...]


HEADER = ("类别", "名称", "县区", "工作单位", "职务")


def generate(count: int, seed: int = 1) -> Iterator[Item]:
    """`count` notices spread evenly from 2005 to the as-of time, oldest first."""
    calendar = load_calendar()
    windows: dict[tuple[int, int, int], PublicityWindow] = {}
    step = (AS_OF - FIRST) / (count + 1)
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        published = (FIRST + step * number).replace(microsecond=0)
        kind = chance.choices([k for k, _ in _KINDS], [w for _, w in _KINDS])[0]
        window = None
        if kind.has_window:
            opens = published.date()
            while not calendar.is_working(opens):
                opens += timedelta(days=1)
            key = (opens.year, opens.month, opens.day)
            if key not in windows:
                windows[key] = publicity_window(opens, 5, calendar)
            window = windows[key]
        county = chance.choice(COUNTIES) if kind == COUNTY_PUBLICITY else ""
        yield Item(
            slug=f"{published.year}-{number:06d}",
            title=f"{published.year}年第{number}号{kind.label}：关于{_phrase(chance, 4)}的公告",
            kind=kind,
            edition=EDITIONS[number * len(EDITIONS) // count],
            county=county,
            published=published,
            window=window,
            body=_body(chance),
            rows=tuple(_row(chance) for _ in range(ROWS)),
        )


def _phrase(chance: random.Random, words: int) -> str:
    places = chance.choices(range(0, len(_WORDS), 2), k=words)
    return "".join(_WORDS[place : place + 2] for place in places)


def _body(chance: random.Random) -> str:
    paragraphs: list[str] = ["各有关单位："]
    while sum(map(len, paragraphs)) < BODY_CHARACTERS:
        words = (_phrase(chance, 5) for _ in range(4))
        first, second, third, fourth = words
        third = f"**{third}**" if chance.random() < 0.3 else third
        paragraphs.append(f"{first}，{second}；{third}，{fourth}。")
        if chance.random() < 0.15:
            paragraphs.append(f"## {_phrase(chance, 2)}")
        if chance.random() < 0.15:
            paragraphs.append(f"- {_phrase(chance, 4)}\n- {_phrase(chance, 4)}")
    return "\n\n".join(paragraphs)


def _row(chance: random.Random) -> tuple[str, ...]:
    company = f"{_phrase(chance, 1)}{chance.choice(_TRADES)}有限公司"
    if chance.random() < 0.7:
        return ("组织", company, "", "", "")
    person = chance.choice(_SURNAMES) + "".join(chance.choices(_NAMES, k=2))
    return ("专家学者", person, "", company, "工程师")


def write_portal(folder: Path, items: list[Item]) -> None:
    """The corpus as the project's content and notices."""
    shutil.copytree(ROOT / "content", folder / "content")
    awards = folder / "content" / "awards"
    third = (awards / "third.toml").read_text(encoding="utf-8")
    for edition in EDITIONS:
        (awards / f"{edition}.toml").write_text(third, encoding="utf-8")
    for item in items:
        _write_notice(folder, item)
    record(folder / "notices")


def add_to_portal(folder: Path, item: Item) -> None:
    """Write one notice and enter it."""
    _write_notice(folder, item)
    record(folder / "notices", item.slug)


def _write_notice(folder: Path, item: Item) -> None:
    lines = [
        f"title: {item.title}",
        f"kind: {item.kind}",
        f"edition: {item.edition}",
        f"issuer: {item.county + '-office' if item.county else 'yangquan-office'}",
        f"published: {item.published.isoformat()}",
        "review: {drafted: 张三, reviewed: 李四, approved: 王五}",
        "tags: [质量奖]",
    ]
    if item.county:
        lines.append(f"county: {item.county}")
    if item.window:
        lines.append(f"window: {{opens: {item.window.opens}, working-days: 5}}")
    place = folder / "notices" / item.slug
    place.mkdir(parents=True)
    header = "\n".join(lines)
    text = f"---\n{header}\n---\n{item.body}\n"
    if not item.kind.has_list:
        text += f"\n{markdown_table(item)}\n"
    (place / "notice.md").write_text(text, encoding="utf-8")
    if item.kind.has_list:
        grade = item.kind in (CITY_PUBLICITY, Kind.DECISION)
        head = ("奖项", *HEADER) if grade else HEADER
        rows = [(("提名奖", *row) if grade else row) for row in item.rows]
        table = "\n".join(",".join(row) for row in [head, *rows])
        (place / "list.csv").write_text(f"{table}\n", encoding="utf-8")


def markdown_table(item: Item) -> str:
    """The list as Markdown, for kinds whose list is part of their text."""
    lines = ["| " + " | ".join(row) + " |" for row in [HEADER, *item.rows]]
    lines.insert(1, "|" + " --- |" * len(HEADER))
    return "\n".join(lines)
