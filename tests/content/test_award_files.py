"""An award is what its file says: every key is read, every fault told, and nothing assumed."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given

from portal.content.award_files import read_editions
from portal.content.award_writer import write_edition
from tests.awards import editions

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "award.md").read_text(encoding="utf-8")
AWARD = """name = "某奖"
short = "一届"
[[grades]]
name = "金奖"
[[categories]]
name = "企业"
sort = "organization"
[[steps]]
name = "公示"
actor = "办公室"
summary = "公示。"
kind = "city-publicity"
label = "公示"
level = "city"
days = 7
"""
SECOND = AWARD[AWARD.index("[[steps]]") :].replace("city-publicity", "second")
CAP = '[[caps]]\ncategories = ["企业"]\nmost = 1\n'


def read(folder: Path, text: str):
    path = folder / "awards" / "any.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_editions(folder)


@given(editions())
def test_what_is_written_is_read_back_the_same(tmp_path_factory, edition):
    found, issues = read(tmp_path_factory.mktemp("award"), write_edition(edition))
    assert issues == ()
    again = found["any"]
    assert again == edition
    assert [g.places for g in again.terms.grades] == [g.places for g in edition.terms.grades]
    facts = [(c.sort, c.apart, c.joint, c.takes_place, c.columns) for c in again.terms.categories]
    assert facts == [
        (c.sort, c.apart, c.joint, c.takes_place, c.columns) for c in edition.terms.categories
    ]


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('sort = "organization"', 'sort = "firm"', "可选：organization、individual、team、project"),
        ("days = 7", "", "没有写明公示的长度"),
        ("days = 7", "days = 7\nworking-days = 5", "只写一项"),
        ("days = 7", "days = 0", "应为不小于1的整数"),
        ("days = 7", "until = false", "应为 true"),
        ("days = 7", 'days = 7\nstands-on = ["county"]', "有前面没有的公示“county”"),
        ('level = "city"', "", "level"),
        ('label = "公示"', "", "缺少“steps.0.label”"),
        (
            'kind = "city-publicity"',
            'kind = "City List"',
            "公示的 kind “City List”不能作为网址的一部分",
        ),
        ("[[grades]]", "[[grades]]\nrank = 1", "不认识的字段"),
        ('[[grades]]\nname = "金奖"\n', "", "缺少“grades”"),
        ("[[categories]]", '[[categories]]\napart = "门牌"', "是没有列出的列“门牌”"),
        ("[[categories]]", '[[categories]]\ncolumns = ["备注"]', "各类别都有这一列"),
        (
            "[[steps]]",
            '[[caps]]\ncategories = ["学校"]\nmost = 1\n[[steps]]',
            "没有列出的类别“学校”",
        ),
        ("[[categories]]", '[[grades]]\nname = "金奖"\n[[categories]]', "有两个“金奖”"),
        ('name = "金奖"', 'name = " "', "缺少“grades.0.name”"),
        ('name = "金奖"', 'name = "金\\n奖"', "应为一行"),
        ('name = "金奖"', f'name = "{"金" * 61}"', "最多60个字"),
        (
            "[[categories]]",
            '[[grades]]\nname = "Ａ"\n[[grades]]\nname = "a"\n[[categories]]',
            "有两个“a”",
        ),
        ("[[categories]]", '[[categories]]\ncolumns = ["甲", "甲"]', "有重复的一项"),
        ("[[categories]]", '[[categories]]\ncolumns = ["甲", ""]', "有空的一项"),
        ("[[categories]]", '[[categories]]\ncolumns = ["甲\\n乙"]', "应为一行"),
        ("days = 7", "days = 367", "应为不大于366的整数"),
        ('kind = "city-publicity"', 'kind = "all"', "不能写“all”"),
        ('kind = "city-publicity"', f'kind = "{"p" * 41}"', "最多40个"),
        ("days = 7", f"days = 7\n{SECOND}", "有两个“公示”"),
        ("[[steps]]", "[[caps]]\ncategories = []\nmost = 1\n[[steps]]", "缺少“caps.0.categories”"),
        ("[[steps]]", f"{CAP}counties = []\n[[steps]]", "对哪里都不起作用"),
        ("[[steps]]", f"{CAP}{CAP}[[steps]]", "有两个“企业限额”"),
        ('name = "某奖"', 'name = "某奖"\norganization-cap = 5', "不认识的字段“organization-cap”"),
    ],
)
def test_a_fault_names_its_line_and_what_can_be_written(tmp_path, wrong, right, told):
    found, issues = read(tmp_path, AWARD.replace(wrong, right, 1))
    assert found == {}
    assert any(told in str(issue) for issue in issues), [str(issue) for issue in issues]
    assert all(issue.path.endswith("any.toml") and issue.line >= 1 for issue in issues)


def test_the_examples_of_the_documentation_are_one_whole_award(tmp_path):
    blocks = re.findall(r"^```toml\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
    award = "\n".join(block for block in blocks if "[words]" not in block)
    award = award.replace('categories = ["组织"]', 'categories = ["质量创新项目"]')
    found, issues = read(tmp_path, award)
    assert issues == ()
    assert found["any"].stages[0].kind.label == "区公示"
    reader = (ROOT / "portal" / "content" / "award_files.py").read_text(encoding="utf-8")
    keys = set(
        re.findall(r'(?:text|texts|integer|flag|choice|day|tables|has)\(\s*"([\w-]+)"', reader)
    )
    assert len(keys) > 20
    shown = {key for block in blocks for key in re.findall(r"^([\w-]+) =", block, re.MULTILINE)}
    assert keys - shown - {"grades", "categories", "caps", "steps"} == set()


def test_the_third_edition_is_read_without_a_fault():
    found, issues = read_editions(ROOT / "content")
    assert issues == ()
    text = (ROOT / "content" / "awards" / "third.toml").read_text(encoding="utf-8")
    assert write_edition(found["third"]).count("\n") >= len(tomllib.loads(text))
