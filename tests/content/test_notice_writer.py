"""What is written can be read, and what was typed by hand stays as it was typed."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import split
from portal.content.notice.notice_writer import ORDER, write_text
from portal.errors import RequestError

BY_HAND = """---
# 县里第一份名单
title:   "平定县：推荐名单公示"   # 冒号要加引号
kind: county-publicity
published: 2021-12-06 09:00:00+08:00
window:
  opens: 2021-12-06
  working-days: 5
tags: [质量奖, 公示]
---
正文。

---

最后一行"""

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
TIMES = st.datetimes(
    min_value=datetime(1990, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.just(timezone(timedelta(hours=8))),
).map(lambda at: at.replace(microsecond=0))
LEAVES = st.one_of(WORDS, st.integers(0, 400), st.booleans(), st.dates(date(1990, 1, 1)), TIMES)
VALUES = st.one_of(
    LEAVES,
    st.lists(WORDS, max_size=4),
    st.dictionaries(st.sampled_from(["opens", "working-days", "reason"]), LEAVES, max_size=3),
)
HEADERS = st.dictionaries(st.sampled_from(ORDER), VALUES, min_size=1)


def read(text):
    faults = Faults("notice.md")
    matter = split(text, faults)
    assert matter is not None, faults.issues
    return matter.values, matter.body


@given(HEADERS, WORDS)
def test_what_is_written_is_read_back(values, body):
    try:
        text = write_text(values, body)
    except RequestError:
        return  # refused in words, not written wrongly
    assert read(text) == (values, body.replace("\r\n", "\n").replace("\r", "\n"))


@given(HEADERS, HEADERS, WORDS)
def test_any_header_can_become_any_other(before, after, body):
    try:
        first = write_text(before, "旧")
        text = write_text(after, body, first)
    except RequestError:
        return
    assert read(text)[0] == after
    assert write_text(after, body, text) == text


def test_a_file_written_by_hand_and_saved_without_a_change_keeps_its_bytes():
    values, body = read(BY_HAND)
    assert write_text(values, body, BY_HAND) == BY_HAND


def test_only_what_changed_is_written_anew():
    values, body = read(BY_HAND)
    text = write_text({**values, "kind": "city-publicity", "number": "1号"}, body, BY_HAND)
    assert text == BY_HAND.replace("county-publicity\n", "city-publicity\nnumber: 1号\n")


def test_a_key_is_left_out_with_none():
    values, body = read(BY_HAND)
    text = write_text({**values, "tags": None}, body, BY_HAND)
    assert text == BY_HAND.replace("tags: [质量奖, 公示]\n", "")


@pytest.mark.parametrize("header", ["{title: 甲, kind: call}\n", "a: &x 1\nb: *x\n"])
def test_a_header_that_cannot_be_changed_key_by_key_is_written_anew(header):
    text = write_text({"title": "乙", "kind": "call"}, "正文", f"---\n{header}---\n正文")
    assert text == "---\ntitle: 乙\nkind: call\n---\n正文"


def test_an_ordinary_text_is_never_refused():
    text = write_text({"title": "关于“质量奖”的通知：#1、100%", "note": "- 改了"}, "# 题\n")
    assert read(text) == ({"title": "关于“质量奖”的通知：#1、100%", "note": "- 改了"}, "# 题\n")


PRINTABLE = st.text(st.characters(categories=["L", "M", "N", "P", "Zs"]), max_size=30)


@given(st.dictionaries(st.sampled_from(ORDER), PRINTABLE, min_size=1), PRINTABLE)
def test_what_people_type_is_never_refused(values, body):
    assert read(write_text(values, body)) == (values, body)
