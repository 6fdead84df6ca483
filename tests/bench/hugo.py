"""A Hugo site of the same pages, lists and feeds as the portal's, from the same notices.

Its configuration and templates are files under `hugo/`. What Hugo has no notion of (working days,
day-by-day tables, Chinese dates of windows) is worked out here and given to it as front matter;
everything else its templates do themselves.
"""

import json
import shutil
import tomllib
from datetime import date
from pathlib import Path

from portal.domain.dates import write_date, write_day, write_weekday
from portal.domain.states import SOUGHT_STATES
from portal.domain.window import PublicityWindow
from portal.render.notice.formats import FORMATS
from portal.site.shown import window_range
from tests.bench.corpus import AS_OF, EDITIONS, FIRST, ROOT, Item, markdown_table
from tests.thirdaward import COUNTY_PUBLICITY, KINDS

SITE = Path(__file__).parent / "hugo"
# The groups of other formats that a notice of the portal's build leads to.
OFFERED: frozenset[str] = frozenset()
_FEEDS = ["html", "rssfeed", "atomfeed", "jsonfeed"]


def write_hugo(folder: Path, items: list[Item]) -> None:
    """Configuration, layouts, the pages of lists, and every notice."""
    shutil.copytree(SITE, folder)
    data = folder / "data"
    data.mkdir()
    shutil.copyfile(ROOT / "content" / "site.toml", data / "site.toml")
    counties = {
        slug: county["name"]
        for slug, county in tomllib.loads((data / "site.toml").read_text("utf-8"))[
            "counties"
        ].items()
    }
    edition = tomllib.loads((ROOT / "content/awards/third.toml").read_text(encoding="utf-8"))
    labels = {
        "kinds": {str(kind): kind.label for kind in KINDS},
        "facets": _facets(counties, edition["short"]),
        "formats": _formats(),
        "pictured": "share" in OFFERED,
    }
    _write(data / "labels.json", labels)
    _page(folder, "notices/_index.md", {"title": "公告公示", "feed": True})
    for kind in KINDS:
        _page(folder, f"kinds/{kind}/_index.md", _term(f"{kind.label}公告", kind.label))
    for slug, name in counties.items():
        _page(folder, f"counties/{slug}/_index.md", _term(f"{name}公告", name))
    for slug in EDITIONS:
        _page(folder, f"editions/{slug}/_index.md", {"title": f"{edition['name']}公告"})
    for year in range(FIRST.year, AS_OF.year + 1):
        _page(folder, f"years/{year}/_index.md", {"title": f"{year}年公告"})
    _page(folder, "state/_index.md", {"build": {"render": "never", "list": "never"}})
    for state in SOUGHT_STATES:
        matter: dict[str, object] = {"title": f"{state.label}的公告", "state": state.value}
        _page(folder, f"state/{state}.md", matter)
    for item in items:
        add_to_hugo(folder, item)


def _term(title: str, label: str) -> dict[str, object]:
    return {"title": title, "label": label, "feed": True, "outputs": _FEEDS}


def _formats() -> list[dict[str, object]]:
    """What a notice can be loaded as, and whether it needs a list or a window for it."""
    return [
        {
            "file": fmt.filename,
            "type": fmt.media_type,
            "label": fmt.label,
            "list": fmt.filename.startswith("list."),
            "window": fmt.filename.startswith("window."),
        }
        for fmt in FORMATS
        if fmt.group in OFFERED - {"share"}
    ]


def _facets(counties: dict[str, str], edition: str) -> list[dict[str, object]]:
    """The filters above a list; the years are Hugo's to find."""
    kinds = [("全部", "/notices/"), *((k.label, f"/notices/kind/{k}/") for k in KINDS)]
    rows = {
        "类型": kinds,
        "县（区）": [(name, f"/notices/county/{slug}/") for slug, name in counties.items()],
        "状态": [(state.label, f"/notices/state/{state}/") for state in SOUGHT_STATES],
        "届次": [(edition, f"/notices/edition/{slug}/") for slug in EDITIONS],
    }
    return [
        {"name": name, "links": [{"label": label, "path": path} for label, path in row]}
        for name, row in rows.items()
    ]


def add_to_hugo(folder: Path, item: Item) -> None:
    """Write one notice; JSON front matter, which Hugo reads fastest."""
    matter: dict[str, object] = {
        "title": item.title,
        "date": item.published.isoformat(),
        "issuer": f"{item.county}-office" if item.county else "yangquan-office",
        "keywords": ["质量奖"],
        "kinds": [item.kind],
        "editions": [item.edition],
        "years": [str(item.published.year)],
    }
    if item.county:
        matter["counties"] = [item.county]
    if item.window:
        matter["window"] = _window(item, item.window)
    body = item.body
    if item.kind.has_list:
        # list.csv without the column that no line fills: 奖项, 类别, 名称, 工作单位, 职务.
        matter["grade"] = item.kind != COUNTY_PUBLICITY
        grade = ("提名奖",) if matter["grade"] else ()
        matter["rows"] = [(*grade, *row[:2], *row[3:]) for row in item.rows]
    else:
        body += f"\n\n{markdown_table(item)}"
    _page(folder, f"notices/{item.slug}.md", matter, body)


def _window(item: Item, window: PublicityWindow) -> dict[str, object]:
    """A window in words, and its days one by one: Hugo knows no working days."""
    return {
        "from": int(window.opens_at.timestamp()),
        "until": int(window.closes_at.timestamp()),
        "opens": window.opens.isoformat(),
        "starts": max(window.opens_at, item.published).isoformat(),
        "closes": window.closes_at.isoformat(),
        "opens_day": write_day(window.opens),
        "closes_day": write_day(window.closes),
        "counted": " ".join(str(day.day.date) for day in window.days if day.count is not None),
        "range": window_range(window),
        "text": (
            f"{write_date(window.opens)}至{write_date(window.closes)}24:00"
            f"（{window.total}个工作日，{window.first_day.words(window.counting)}）"
        ),
        "total": window.total,
        "rule": window.first_day.words(window.counting),
        "days": [
            _day(day.day.date, day.day.kind.value, day.day.reason, day.count) for day in window.days
        ],
    }


def _day(on: date, kind: str, reason: str, count: int | None) -> dict[str, object]:
    return {
        "date": str(on),
        "month": on.month,
        "day": on.day,
        "weekday": on.isoweekday(),
        "name": write_weekday(on),
        "kind": kind,
        "reason": reason,
        "count": count or 0,
    }


def _page(folder: Path, name: str, matter: dict[str, object], body: str = "") -> None:
    path = folder / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{json.dumps(matter, ensure_ascii=False)}\n\n{body}\n", encoding="utf-8")


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
