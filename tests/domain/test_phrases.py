"""Titles in lines: whole words, nothing lost, as few lines as it takes, and of like length."""

import re

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.phrases import WORDS, title_lines

_TITLE = st.lists(
    st.sampled_from(
        [
            *"关于开展和的与在矿县市年《》，、",
            *("质量奖", "提名奖", "第三届", "推荐名单", "公示", "（演示）", "表彰", "决定"),
            *("2026", "GB/T 9704"),
        ]
    ),
    min_size=1,
    max_size=60,
).map("".join)


def _width(text):
    return sum(0.5 if char.isascii() else 1 for char in text)


@given(title=_TITLE.filter(str.strip), width=st.integers(8, 24))
def test_lines_keep_words_whole_and_lose_nothing(title, width):
    lines = title_lines(title, width, _width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", title)
    assert all(_width(line) <= width for line in lines)
    assert not any(line[0] in "，、》）" for line in lines[1:]) or "》》" in title
    ends, at = set(), 0
    for line in lines[:-1]:
        at += len(line)
        ends.add(at)
    if " " not in title:
        inside = {n for word in WORDS.finditer(title) for n in range(word.start() + 1, word.end())}
        assert not ends & inside


def test_a_title_of_two_lines_is_balanced():
    title = "《开展第三届阳泉市质量奖评选表彰工作的通知》要点"
    assert title_lines(title, 20, _width) == [
        "《开展第三届阳泉市质量奖",
        "评选表彰工作的通知》要点",
    ]
    assert title_lines("短标题", 20, _width) == ["短标题"]
