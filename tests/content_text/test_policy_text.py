"""The site says what the policy text says: nothing missing, nothing altered, nothing invented."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml

from portal.content.text.markdown import render
from tests.content_text.policy import (
    CORRECTIONS,
    ROOT,
    body_of,
    corrected,
    original,
    plain,
    sentences,
)

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = ROOT / "content"
CALL = ROOT / "notices" / "third-call" / "notice.md"
PROSE = sorted([*CONTENT.glob("guide/*.md"), *CONTENT.glob("pages/*.md"), CALL])
DATA = ("faq.yml", "self-check.yml", "site.toml", "awards/third.toml")
TEXTS = sorted([*PROSE, *(CONTENT / name for name in DATA)])
FAQ = yaml.safe_load((CONTENT / "faq.yml").read_text(encoding="utf-8"))
CHECK = yaml.safe_load((CONTENT / "self-check.yml").read_text(encoding="utf-8"))
EDITION = tomllib.loads((CONTENT / "awards" / "third.toml").read_text(encoding="utf-8"))


def test_every_sentence_of_the_policy_text_stands_in_the_guide() -> None:
    guide = "".join(plain(body_of(path)) for path in sorted(CONTENT.glob("guide/*.md")))
    expected = sentences()
    assert len(expected) > 100
    assert [sentence for sentence in expected if sentence not in guide] == []


def test_the_guide_keeps_the_order_of_the_conditions() -> None:
    conditions = plain(body_of(CONTENT / "guide" / "04-conditions.md"))
    expected = sentences()
    first = next(i for i, s in enumerate(expected) if s.startswith("在阳泉市行政区域内注册"))
    last = expected.index("近3年内有其他违法违规违纪情形的")
    position = 0
    for sentence in expected[first : last + 1]:
        position = conditions.find(sentence, position)
        assert position >= 0, f"out of order or missing: {sentence}"


@pytest.mark.parametrize(("slip", "correction"), CORRECTIONS)
def test_a_corrected_slip_is_in_the_source_nowhere_on_the_site_and_in_the_notes(
    slip: str, correction: str
) -> None:
    notes = (ROOT / "docs" / "content-notes.md").read_text(encoding="utf-8")
    assert slip in original()
    assert slip in notes
    assert correction in notes
    about = CONTENT / "pages" / "about.md"  # lists the slips for readers, on purpose
    assert [p.name for p in TEXTS if p != about and slip in p.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("entry", FAQ, ids=lambda entry: str(entry["slug"]))
def test_an_answer_rests_on_what_its_basis_says(entry: dict[str, str]) -> None:
    answer = entry["answer"]
    quoted = [line for line in answer.splitlines() if line.startswith("> ")]
    quotes = [plain(line) for line in quoted if not line.startswith("> ——")]
    policy = plain(corrected())
    assert [quote for quote in quotes if quote not in policy] == []
    match entry["basis"]:
        case "policy":
            assert quotes, "an answer from the policy text quotes it"
            assert "> ——[政策解读第" in answer, "and says where it stands"
        case "practice":
            assert "不是本办法的规定" in answer
        case "unstated":
            assert "请向办公室咨询" in answer
        case other:
            pytest.fail(f"unknown basis {other}")


def test_every_link_into_the_guide_meets_its_heading() -> None:
    anchors = {
        f"/guide/{path.stem.partition('-')[2]}/": {
            heading.id for heading in render(body_of(path)).headings
        }
        for path in CONTENT.glob("guide/*.md")
    }
    links = [link for entry in FAQ for link in re.findall(r"\]\(([^)]*)\)", entry["answer"])]
    links += [question["link"] for question in CHECK["questions"]]
    guide = [link.partition("#") for link in links if link.startswith("/guide/")]
    assert len(guide) > 50
    lost = [(page, name) for page, _, name in guide if name and name not in anchors.get(page, ())]
    assert lost == []
    assert {page for page, _, _ in guide} <= anchors.keys()


def test_the_faq_answers_at_least_24_different_questions() -> None:
    assert len({entry["question"] for entry in FAQ}) == len(FAQ) >= 24
    assert len({entry["slug"] for entry in FAQ}) == len(FAQ)


@pytest.mark.parametrize("question", CHECK["questions"], ids=lambda question: str(question["id"]))
def test_the_self_check_quotes_the_policy_text_unchanged(question: dict[str, list[str]]) -> None:
    policy = plain(corrected())
    assert [quote for quote in question["quote"] if plain(quote) not in policy] == []


def test_the_self_check_asks_every_condition_and_exclusion() -> None:
    asked = plain("".join(quote for q in CHECK["questions"] for quote in q["quote"]))
    standing = re.compile(
        r"（[一二三四]）|凡有下列|具体标准|.*评选条件$|.*人员条件$|基本条件|组织运营条件"
    )
    expected = sentences()
    first = next(i for i, s in enumerate(expected) if s.startswith("在阳泉市行政区域内注册"))
    last = expected.index("近3年内有其他违法违规违纪情形的")
    conditions = [s for s in expected[first : last + 1] if not standing.match(s)]
    assert len(conditions) >= 50
    missing = [s for s in conditions if re.sub(r"^（\d）", "", s) not in asked]
    assert missing == []


def test_the_numbers_of_the_edition_are_those_of_the_policy_text() -> None:
    policy = plain(corrected())

    def number(pattern: str) -> int:
        found = re.findall(pattern, policy)
        assert len(found) == 1, pattern
        return int(found[0])

    places = {grade["name"]: grade["places"] for grade in EDITION["grades"]}
    assert places["质量奖"] == number(r"设(\d)个“阳泉市质量奖”名额")
    assert places["提名奖"] == number(r"(\d)个“阳泉市质量奖提名奖”名额")
    organizations, persons = EDITION["caps"]
    assert organizations["most"] == number(r"申报组织不超过(\d)个")
    assert persons["most"] == number(r"申报个人不超过(\d)名")
    lengths = {s["kind"]: s["working-days"] for s in EDITION["steps"] if "working-days" in s}
    assert lengths["county-publicity"] == number(r"在本县（区）范围内公示(\d)个工作日")
    assert lengths["city-publicity"] == number(r"公示时间为(\d)个工作日")
    deadline = EDITION["deadline"]
    assert f"于{deadline.year}年{deadline.month}月{deadline.day}日前" in policy
    assert EDITION["vacancies"] == ("可空缺" in policy)


def test_the_nine_steps_are_those_of_the_policy_text_in_order() -> None:
    procedure = corrected().partition("PART 05")[2].partition("PART 06")[0]
    names = re.findall(r"^（[一二三四五六七八九]）(\S+)$", procedure, re.MULTILINE)
    assert [step["name"] for step in EDITION["steps"]] == names


def test_no_mailbox_password_and_no_contact_beyond_the_policy_text() -> None:
    for path in TEXTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:密码|口令|password)\s*[：:是为=]", text, re.IGNORECASE), path.name
        assert set(re.findall(r"[\w.]+@[\w.]*\w", text, re.ASCII)) <= {"yqzlfz@163.com"}, path.name
        # Whatever follows the mailbox on its line is punctuation or prose, never a bare token.
        assert not re.search(r"yqzlfz@163\.com[^\S\n]*[（(/、，：:]?[^\S\n]*[A-Za-z\d]", text), (
            path.name
        )
        numbers = set(re.findall(r"(?<![\d.〔-])\d{7,}(?!\d)", text))
        assert numbers <= {"2880836"}, path.name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_prose_uses_full_width_punctuation_and_the_polite_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prose = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    han = "[\u4e00-\u9fff]"
    assert re.findall(rf"{han}[,;:!?()]{han}", prose) == []
    assert "你" not in prose
    assert re.findall(rf"{han} {han}", prose) == []
