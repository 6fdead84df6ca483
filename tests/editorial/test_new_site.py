"""A site of any award begins whole: clean, built, with feeds, documents, press copy and a form."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from click.testing import CliRunner

from portal.cli import portal
from portal.content.award_files import read_edition
from portal.content.record.changes import Folders
from portal.content.review_checks import read_review_checks
from portal.demo.award_round import write_demo
from portal.domain.awards import Category, Grade, Sort
from portal.domain.editions import Edition, kinds_of
from portal.domain.places import Words
from portal.domain.unrecorded import Unrecorded
from portal.domain.window import Counting
from portal.domain.workdays import SHANGHAI
from portal.editorial.new_site import SiteFacts, simple_edition, write_site
from portal.errors import Severity, Stage
from portal.freezer.build import build
from portal.freezer.task import BuildOptions
from portal.lint.left_to_say import todos
from portal.lint.run import lint
from portal.render.notice.newspaper import newspaper_text
from portal.render.notice.notice_pdf import notice_pdf
from tests.freezer.building import BufferReporter
from tests.publicside import Clock, PublicSide
from tests.recording import record
from tests.sites import DESK, export, load_all

NOW = datetime(2026, 11, 19, 10, 30, tzinfo=SHANGHAI)
DISTRICTS = {f"district-{n}": f"{name}区" for n, name in enumerate("东南西北中新", 1)}
CITY = SiteFacts("示例市", "示例市质量奖", "示例市质量工作领导小组办公室", DISTRICTS, Words("区"))
DISTRICT = SiteFacts(
    "东山区", "东山区长质量奖", "东山区质量工作办公室", {}, Words("街道", "区级", "全区")
)
FIRMS = Category("企业")
PEOPLE = Category("个人", Sort.INDIVIDUAL)
METALS = (Grade("金奖", 2), Grade("银奖", 3), Grade("铜奖", 0, honorary=True))


@dataclass(frozen=True)
class Shape:
    """An award that somebody could give; `counts` is what its windows say."""

    facts: SiteFacts
    edition: Edition
    counts: str


def shape(facts: SiteFacts, counts: str, **rules: object) -> Shape:
    given = {"grades": METALS, "categories": (FIRMS, PEOPLE), **rules}
    return Shape(facts, simple_edition(facts, "second", "第二届", **given), counts)


def joint() -> Shape:
    columns = ("主要完成单位", "主要完成人")
    project = Category("质量创新项目", Sort.PROJECT, "主要完成单位", columns=columns)
    together = Category("质量人物", Sort.INDIVIDUAL, joint=3)
    return shape(CITY, "5个工作日", categories=(project, together, Category("班组", Sort.TEAM)))


SHAPES = {
    "gold, silver, bronze": shape(CITY, "5个工作日"),
    "seven days to a Saturday": shape(CITY, "7天", length=7, counting=Counting.DAYS),
    "a district without counties": shape(DISTRICT, "5个工作日"),
    "enterprises only": shape(CITY, "5个工作日", categories=(FIRMS,), grades=(Grade("质量奖", 5),)),
    "projects and joint applicants": joint(),
    "fifteen days": shape(DISTRICT, "15天", length=15, counting=Counting.DAYS),
    "fifteen days without holidays": shape(
        CITY, "15天（法定节假日除外）", length=15, counting=Counting.DAYS_WITHOUT_HOLIDAYS
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_site_of_any_award_is_whole(shape, tmp_path):
    write_site(tmp_path, shape.facts, shape.edition, NOW.date())
    content, notices = [tmp_path / "content"], [tmp_path / "notices"]
    assert lint(content, notices, stage=Stage.PUBLISH) != []
    assert not errors(lint(content, notices, stage=Stage.PUBLISH))

    demo = tmp_path / "demo"
    write_demo(demo, load_all(content, notices), NOW.date())
    record(demo / "notices")
    content, notices = [*content, demo / "content"], [*notices, demo / "notices"]
    held = export(tmp_path / "holds.json")
    found = lint(content, notices, stage=Stage.PUBLISH, holds=held, desk=DESK.public)
    assert errors(found) == []

    folders = Folders(tuple(content), tuple(notices), unrecorded=Unrecorded.UNMARKED)
    options = BuildOptions(folders, tmp_path / "build", tmp_path / "cache", FORMATS)
    built = build(options, NOW, BufferReporter())
    assert built.pages > 40
    home = (tmp_path / "build" / "index.html").read_text(encoding="utf-8")
    assert shape.facts.award in home
    assert "阳泉" not in home
    for feed in ("all.rss.xml", "all.atom.xml", "all.json", "kind/city-publicity.json"):
        assert "演示" in (tmp_path / "build" / "feeds" / feed).read_text(encoding="utf-8")
    said = "".join(path.read_text("utf-8") for path in built_texts(tmp_path / "build"))
    assert ("个工作日" in said) is ("个工作日" in shape.counts)
    assert set(re.findall('data-unit="(.+?)"', said)) == {shape.counts.lstrip("0123456789")}
    winners = (tmp_path / "build" / "winners" / "demo-1" / "index.html").read_text("utf-8")
    assert all(grade in winners for grade in shape.edition.terms.grades)

    catalogue = load_all(content, notices).as_of(NOW)
    listed = [n for n in catalogue.notices if n.window]
    for notice in listed[:1]:
        assert notice_pdf(notice, catalogue).startswith(b"%PDF")
        copy = newspaper_text(notice, catalogue).decode("utf-8-sig")
        assert f"共{shape.counts}。" in copy
        assert all(entry.name in copy for entry in notice.entries if len(entry.name) > 2)
    opened = next(n for n in listed if catalogue.status(n, NOW).accepts_objections)
    side = PublicSide(tmp_path / "state", catalogue, Clock(NOW))
    side.make_keys([opened.slug], [*catalogue.site.offices, "escrow"])
    form = side.app().test_client().get(f"/objections/{opened.slug}/new")
    assert form.status_code == 200
    assert all(entry.name in form.text for entry in opened.entries)


def test_seven_days_may_end_on_a_saturday(tmp_path):
    shape = SHAPES["seven days to a Saturday"]
    write_site(tmp_path, shape.facts, shape.edition, NOW.date())
    folder = tmp_path / "notices" / "east"
    folder.mkdir()
    folder.joinpath("notice.md").write_text(SATURDAY, encoding="utf-8")
    folder.joinpath("list.csv").write_text("类别,名称\n企业,东区甲厂\n", encoding="utf-8")
    content, notices = [tmp_path / "content"], [tmp_path / "notices"]
    assert errors(lint(content, notices, stage=Stage.DRAFT)) == []
    (notice,) = load_all(content, notices).notices
    assert notice.window.closes.isoweekday() == 6
    short = SATURDAY.replace("days: 7", "days: 6").replace("共7天", "共6天").replace("21日", "20日")
    folder.joinpath("notice.md").write_text(short, encoding="utf-8")
    told = errors(lint(content, notices, stage=Stage.DRAFT))
    assert ["少于规定的7" in issue for issue in told] == [True]


SATURDAY = """---
title: 东区推荐名单公示
kind: county-publicity
edition: second
issuer: district-1-office
county: district-1
published: 2026-11-13T09:00:00+08:00
window: {opens: 2026-11-15, days: 7}
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
现将名单予以公示。公示时间：2026年11月15日至11月21日，共7天。
"""
FORMATS = frozenset({"html", "feeds", "data", "press"})


def built_texts(build):
    return (path for path in build.rglob("*") if path.suffix in {".html", ".xml", ".json", ".txt"})


def errors(issues):
    return [str(issue) for issue in issues if issue.severity is Severity.ERROR]


def test_what_is_left_to_say_is_listed_with_its_place(tmp_path):
    write_site(tmp_path, CITY, SHAPES["enterprises only"].edition, NOW.date())
    found = list(todos(tmp_path / "content"))
    assert {todo.path.name for todo in found} >= {"site.toml", "second.toml", "04-conditions.md"}
    assert all(todo.text.startswith("待填") and todo.line > 0 for todo in found)
    told = CliRunner().invoke(portal, ["lint", "--todo", "--content", str(tmp_path / "content")])
    assert told.exit_code == 0
    assert f"{len(found)}处要填写" in told.output


def test_the_command_asks_for_what_no_option_says_and_overwrites_nothing(tmp_path):
    target = tmp_path / "site"
    answers = "示例县\n\n示例县质量工作办公室\n\n"
    told = CliRunner().invoke(portal, ["init", str(target)], input=answers)
    assert told.exit_code == 0, told.output
    assert "示例县质量奖" in (target / "content" / "site.toml").read_text(encoding="utf-8")
    assert errors(lint([target / "content"], [target / "notices"], stage=Stage.PUBLISH)) == []
    again = CliRunner().invoke(portal, ["init", str(target), "--city", "x"], input=answers)
    assert again.exit_code == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--grade", "质量奖=2", "--grade", "质量奖=3"], "有两个“质量奖”"),
        (["--grade", "甲\n奖=1"], "应为一行"),
        (["--category", "组织=team", "--category", "组织=individual"], "有两个“组织”"),
        (["--district", "dong=东区", "--district", "dong=西区"], "每个地方用不同的代号"),
        (["--district", "dong=东区", "--district", "xi=东区"], "有两个“东区”"),
        (["--district", "Dong=东区"], "--district “Dong=东区”不能用"),
        (["--district", "main=东区"], "--district “main=东区”不能用"),
        (["--district", "dong=东<i>区"], "尖括号"),
        (["--award", "甲\n奖"], "应为一行"),
    ],
)
def test_answers_that_no_reader_would_take_leave_nothing(tmp_path, options, told):
    usual = ["--city", "甲市", "--award", "甲市奖", "--edition", "第二届", "--office", "甲局"]
    result = CliRunner().invoke(portal, ["init", str(tmp_path / "site"), *usual, *options])
    assert result.exit_code == 1
    issues = getattr(result.exception, "issues", ())
    assert told in "".join(map(str, (result.exception, *issues)))
    assert not (tmp_path / "site").exists()


def test_an_award_without_a_publicity_begins_too(tmp_path):
    award = CITY.award
    only = 'name = "表彰"\nactor = "市政府"\nsummary = "表彰。"\nkind = "decision"\n'
    text = f"""name = "第一届{award}"
short = "第一届"
[[grades]]
name = "奖"
[[categories]]
name = "组织"
sort = "organization"
[[steps]]
{only}"""
    (tmp_path / "one.toml").write_text(text, encoding="utf-8")
    edition, issues = read_edition(tmp_path / "one.toml")
    assert issues == ()
    write_site(tmp_path / "site", CITY, edition, NOW.date())
    content, notices = [tmp_path / "site" / "content"], [tmp_path / "site" / "notices"]
    assert errors(lint(content, notices, stage=Stage.PUBLISH)) == []
    checks, _ = read_review_checks(content[0], kinds_of([edition]))
    assert "window" not in {check.slug for check in checks}


def test_an_award_of_a_file_becomes_a_site(tmp_path):
    shape = SHAPES["projects and joint applicants"]
    write_site(tmp_path, shape.facts, replace(shape.edition, slug="fourth"), NOW.date())
    written = tmp_path / "content" / "awards" / "fourth.toml"
    options = ["--city", "甲市", "--award", "甲市奖", "--office", "甲市办公室"]
    given = ["--award-file", str(written), "--district", "dong=东区", *options]
    told = CliRunner().invoke(portal, ["init", str(tmp_path / "other"), *given])
    assert told.exit_code == 0, told.output
    content = tmp_path / "other" / "content"
    assert errors(lint([content], [tmp_path / "other" / "notices"], stage=Stage.DRAFT)) == []
    assert (content / "annexes" / "project.yml").exists()
