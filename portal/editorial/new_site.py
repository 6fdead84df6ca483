"""A new site: the folders content/ and notices/ of an award that is to begin, from a few facts.

Everything is a neutral beginning: what the office must say itself is marked 待填 and stands in
`portal lint --todo`. The texts are in neutral/, with what is set in between two @.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.award_writer import write_edition
from portal.content.loader import read
from portal.domain.awards import Category, Grade, ListTerms, Sort
from portal.domain.dates import write_date
from portal.domain.editions import Edition, Step
from portal.domain.notice import Kind, Level
from portal.domain.places import Words
from portal.domain.window import Counting
from portal.errors import ContentError, RequestError, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

_NEUTRAL = Path(__file__).with_name("neutral")
_Line = tuple[str, str, str, Kind | None, int, tuple[Kind, ...]]
_SET_IN = re.compile(r"@([一-鿿]+)@")
TODO = "待填"


@dataclass(frozen=True)
class SiteFacts:
    """What is known of a site that begins: names of who gives the award, and its places by slug."""

    city: str
    award: str
    office: str
    districts: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=Words)


def simple_edition(
    facts: SiteFacts,
    slug: str,
    short: str,
    *,
    grades: Sequence[Grade],
    categories: Sequence[Category],
    length: int = 5,
    counting: Counting = Counting.WORKING_DAYS,
) -> Edition:
    """An edition with the usual steps; the places' publicity is one where there are places."""
    county = Kind("county-publicity", f"{facts.words.county}公示", Level.COUNTY)
    own = Kind("city-publicity", f"{facts.words.own}公示", Level.CITY)
    steps: list[_Line] = [("自愿申报", "申报的单位和个人", "如实填写申报材料。", Kind.CALL, 0, ())]
    before = (county,) if facts.districts else ()
    if facts.districts:
        summary = "初审，公示后推荐。"
        places = f"各{facts.words.county}办公室"
        steps.append(("推荐", places, summary, county, length, ()))
    steps += [
        ("评审", facts.office, "按照评审规则评审。", None, 0, ()),
        ("社会公示", facts.office, "公示获奖建议名单，听取社会意见。", own, length, before),
        ("表彰", facts.office, "对公示无异议的，报请批准后表彰。", Kind.DECISION, 0, (own,)),
    ]
    return Edition(
        slug,
        f"{short}{facts.award}",
        short,
        ListTerms(tuple(grades), tuple(categories)),
        award=facts.award,
        steps=tuple(
            Step(number, name, actor, text, kind, days, counting, stands_on=stands_on)
            for number, (name, actor, text, kind, days, stands_on) in enumerate(steps, 1)
        ),
    )


def write_site(target: Path, facts: SiteFacts, edition: Edition, today: date) -> tuple[Path, ...]:
    """Write content/ and notices/ below a folder, once all of it can be read again.

    RequestError where something is there already, ContentError where an answer cannot be used.
    """
    for name in ("content", "notices"):
        if (target / name).exists():
            raise RequestError(f"{target / name} 已经存在，不会覆盖；请另选一个文件夹")
    files = dict(_files(facts, edition, today))
    made = not target.exists()
    target.mkdir(parents=True, exist_ok=True)
    try:
        _write(target, files)
    except ContentError:
        if made:
            target.rmdir()
        raise
    return tuple(target / "content" / name for name in files)


def _write(target: Path, files: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory(dir=target, prefix=".begin-") as aside:
        home = Path(aside, "content")
        for name, text in files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        issues = read([home], [Path(aside, "notices")]).issues
        faults = [i for i in issues if i.severity is Severity.ERROR]
        if faults:
            told = [replace(i, path=i.path.removeprefix(f"{aside}/")) for i in faults]
            raise ContentError("照这些回答写出的文件有错误，什么也没有留下；更正以后再来一次", told)
        home.rename(target / "content")
    (target / "notices").mkdir(parents=True)


def _files(facts: SiteFacts, edition: Edition, today: date) -> Iterator[tuple[str, str]]:
    known = _known(facts, edition, today)
    yield "site.toml", _site_toml(facts)
    comment = f"{TODO}：逐项核对名额、限额、环节和公示期；各项的写法见 docs/award.md。"
    yield f"awards/{edition.slug}.toml", write_edition(edition, comment)
    for path in sorted(_NEUTRAL.rglob("*.*")):
        name = path.relative_to(_NEUTRAL).as_posix()
        text = path.read_text(encoding="utf-8")
        if name.startswith("annexes/"):
            for sort in dict.fromkeys(c.sort for c in edition.terms.categories):
                own = [c for c in edition.terms.categories if c.sort is sort]
                more = {"何种": sort.label, "选项": ", ".join(map(json_text, own))}
                yield f"annexes/{sort}.yml", _set_in(text, known | more)
        elif name != "texts/county-publicity.md" or edition.has_counties:
            yield name, _set_in(_of_kinds(name, text, edition), known)


def json_text(text: str) -> str:
    """A text in quotes, as YAML and TOML both read it."""
    return json.dumps(text, ensure_ascii=False)


def _of_kinds(name: str, text: str, edition: Edition) -> str:
    """The check list of reviews names kinds of notices: those that the edition has."""
    if name != "review-checks.yml":
        return text
    stages = [str(stage.kind) for stage in edition.stages]
    for neutral, own in (
        ("[county-publicity, city-publicity, decision]", [*stages, "decision"]),
        ("[city-publicity, decision]", [*stages[-1:], "decision"]),
        ("[county-publicity, city-publicity]", stages),
    ):
        text = text.replace(neutral, f"[{', '.join(own)}]")
    # What concerns no kind would be asked of every kind.
    return re.sub(r"\n- slug:[^\n]*\n  text:[^\n]*\n  kinds: \[\]\n", "", text)


def _known(facts: SiteFacts, edition: Edition, today: date) -> dict[str, str]:
    terms, words = edition.terms, facts.words
    grades = "、".join(f"{g}{g.places}个" if g.places else g for g in terms.grades)
    vacant = "，无符合条件的可空缺" if edition.vacancies else ""
    stages = [f"{s.kind.label}{s.duration}" for s in edition.stages if s.kind and s.duration]
    steps = "\n".join(f"{s.number}. **{s.name}**：{s.summary}" for s in edition.steps)
    counties = edition.has_counties
    return {
        "平台": f"{facts.award}公示平台",
        "城市": facts.city,
        "奖项": facts.award,
        "届次全称": edition.name,
        "办公室": facts.office,
        "政府": f"{facts.city}人民政府",
        "各地方": f"各{words.county}" if counties else "申报的单位和个人",
        "县区受理": f"对{words.county}公示提出的异议，由该{words.county}的办公室受理。" * counties,
        "县区所见": f"{words.county}工作人员只能看到本{words.county}的异议。" * counties,
        "类别": "、".join(terms.categories),
        "奖项设置": f"设{grades}{vacant}。",
        "程序": steps,
        "公示": f"{'，'.join(stages)}。" if stages else "",
        "今天": today.isoformat(),
        "今日": write_date(today),
    }


def _set_in(text: str, known: Mapping[str, str]) -> str:
    return _SET_IN.sub(lambda match: known[match[1]], text)


def _site_toml(facts: SiteFacts) -> str:
    name = f"{facts.award}公示平台"
    lines = [
        f"# {TODO}：联系方式、网址和备案号；不知道的留空，页面上就不显示，不要编造。",
        f"name = {json_text(name)}",
        f"description = {json_text(f'发布{facts.award}的通知、公示和获奖名单，并受理异议。')}",
        f"host = {json_text(facts.office)}",
        'base-url = "https://award.example"   # 待填：正式网址',
        f"keywords = [{json_text(facts.award)}, {json_text('公示')}]",
        'office = "main-office"',
        *('identifier = ""   # 待填：网站标识码', 'icp = ""          # 待填：ICP备案号'),
        'police = ""       # 待填：公安机关备案号',
        *("", "[footer]", f'"主办单位" = {json_text(facts.office)}'),
    ]
    if facts.words != Words():
        words = facts.words
        lines += ["", "[words]", f"county = {json_text(words.county)}"]
        lines += [f"own = {json_text(words.own)}", f"whole = {json_text(words.whole)}"]
    for slug, district in facts.districts.items():
        lines += ["", f"[counties.{slug}]", f"name = {json_text(district)}"]
    lines += _office("main-office", facts.office, "办公室")
    for slug, district in facts.districts.items():
        office = _office(f"{slug}-office", f"{district}质量工作办公室", f"{district}办公室", slug)
        lines += [*office[:2], f"# {TODO}：单位名称", *office[2:]]
    return "\n".join(lines) + "\n"


def _office(slug: str, name: str, short: str, county: str = "") -> list[str]:
    return [
        "",
        f"[offices.{slug}]",
        f"name = {json_text(name)}",
        f"short = {json_text(short)}",
        *([f"county = {json_text(county)}"] if county else ()),
        f'phone = ""      # {TODO}：电话',
        f'email = ""      # {TODO}：电子邮箱',
        'address = ""',
        'postcode = ""',
    ]


def grade_of(text: str) -> Grade:
    """`金奖=3` or `金奖`: a grade and how many places it has; RequestError for another form."""
    name, _, places = text.partition("=")
    if not name.strip() or (places and not places.strip().isdecimal()):
        raise RequestError(f"“{text}”不是奖项：写成 金奖=3 的形式")
    return Grade(name.strip(), int(places) if places else 0)


def category_of(text: str) -> Category:
    """`企业=organization` or `企业`: a category and its sort; RequestError for another form."""
    name, _, sort = text.partition("=")
    if not name.strip() or (sort and sort.strip() not in set(Sort)):
        raise RequestError(f"“{text}”不是类别：写成 企业=organization 的形式（{'、'.join(Sort)}）")
    return Category(name.strip(), Sort(sort.strip()) if sort else Sort.ORGANIZATION)
