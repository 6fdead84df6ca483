"""A value written anew reads back as it was typed, and every other line keeps its bytes."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.window import Counting
from portal.editorial.table_values import award_sections, site_sections, with_values
from portal.errors import RequestError

SITE = Path("content/site.toml").read_text(encoding="utf-8")
AWARD = Path("content/awards/third.toml").read_text(encoding="utf-8")
FILES = {SITE: site_sections, AWARD: award_sections}
SPECIAL = "质量奖，。：:#\"'[]{}=\\ntu0/ 1353-"
typed = st.text(st.sampled_from(SPECIAL) | st.characters(), max_size=20)


def values(text):
    return [value for section in FILES[text](text) for value in section.values]


def read(text, path):
    found = tomllib.loads(text)
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else found.get(part, "")
    return found


@given(st.data(), st.sampled_from(list(FILES)))
def test_what_was_typed_is_read_back_and_every_other_line_stays(data, text):
    value = data.draw(st.sampled_from(values(text)))
    said = data.draw(typed)
    try:
        after = with_values(text, {value.path: said})
    except RequestError:
        return
    assert str(read(after, value.path)) in {" ".join(said.split()), value.text}
    before, now = text.split("\n"), after.split("\n")
    changed = [line for line in now if line not in before]
    assert len(changed) <= 1
    assert [line for line in before if line not in now] == [] or len(now) == len(before)
    assert [line for line in now if line.lstrip().startswith("#")] == [
        line for line in before if line.lstrip().startswith("#")
    ]


@pytest.mark.parametrize("text", FILES, ids=["site", "award"])
def test_what_is_sent_back_unchanged_changes_no_byte(text):
    assert with_values(text, {value.path: value.text for value in values(text)}) == text


def test_a_remark_behind_a_value_stays_and_a_new_key_goes_to_its_table():
    text = 'a = "1"   # 说明\n\n[offices.x]\nname = "甲"\n\n[offices.y]\nname = "乙"\n'
    after = with_values(text, {"a": "2", "offices.x.phone": "3"})
    assert 'a = "2"   # 说明' in after
    assert tomllib.loads(after)["offices"] == {
        "x": {"name": "甲", "phone": "3"},
        "y": {"name": "乙"},
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('a = """\nb = "1"\n"""\nb = "2"\n', {"b": "3"}),
        ("offices = {x = {name = '甲'}}\n", {"offices.x.name": "乙"}),
        ("places = 3\n", {"places": "三"}),
        ("day = 2021-11-25\n", {"day": "昨天"}),
        ('a = "1"\n', {"a": "\x7f"}),
        ('a = "1"\n', {"offices.x.phone": "1"}),
        ("a = \n", {"a": "1"}),
    ],
)
def test_what_is_not_understood_is_refused_and_not_guessed(text, wanted):
    with pytest.raises(RequestError):
        with_values(text, wanted)


@pytest.mark.parametrize("counting", [c for c in Counting if c is not Counting.UNTIL])
def test_the_length_of_a_publicity_is_a_field_however_it_is_counted(counting):
    text = AWARD.replace("working-days =", f"{counting.value} =")
    fields = [value for section in award_sections(text) for value in section.values]
    found = [value for value in fields if value.path.endswith(f".{counting.value}")]
    assert [value.text for value in found] == ["5", "5"]
    assert all(("工作日" in value.label) is (counting is Counting.WORKING_DAYS) for value in found)
