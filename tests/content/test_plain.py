"""Texts of plain blocks come out byte for byte as the library and the sanitiser make them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.text.converter import convert
from portal.content.text.plain import render_plain

LEAD = st.sampled_from("质（A“甲")
REST = st.text("质量奖公示（一）：、。“”《》ABC20.-%", max_size=8)
PLAIN = st.one_of(
    st.tuples(LEAD, REST).map("".join),
    st.tuples(LEAD, REST, REST).map("{0[0]}{0[1]} {0[2]}".format),
    REST.filter(bool),
)
ODD = st.sampled_from(
    ["**", "*", "-", "#", "|", "_", "&", "<b>", "\\", "\xa0", "\u3000", '"', "1.", "- ", "    ",
     "\n", "`", "[甲](/)", "!", "---", "===", "\t", "+", ">", "~~~", "\x02", "\u2028", "\x0b"]
)  # fmt: skip
BOLD = st.tuples(PLAIN, PLAIN, PLAIN).map("{0[0]}**{0[1]}**{0[2]}".format)
WORDS = st.one_of(PLAIN, PLAIN, BOLD)


def _lines(mark: str) -> st.SearchStrategy[str]:
    return st.lists(WORDS, min_size=1, max_size=3).map(
        lambda words: "\n".join(mark + w for w in words)
    )


ROW = st.tuples(PLAIN, PLAIN).map(" | ".join).map("| {} |".format)
TABLE = st.lists(ROW, min_size=2, max_size=4).map(
    lambda rows: "\n".join([rows[0], "| --- | --- |", *rows[1:]])
)
HEADING = st.tuples(st.integers(1, 6), PLAIN).map(lambda found: f"{'#' * found[0]} {found[1]}")
BLOCKS = st.one_of(_lines(""), HEADING, _lines("- "), _lines("1. "), TABLE, WORDS)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=5).map("\n\n".join)


@st.composite
def _spoilt(draw):
    """A text of plain blocks with something odd put in somewhere."""
    text = draw(TEXTS)
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(ODD) + text[place:]


@settings(max_examples=600, deadline=None)
@given(TEXTS | _spoilt())
def test_it_is_what_the_library_would_have_made(text):
    quick = render_plain(text)
    assert quick is None or quick == convert(text, "")


NOTICE = """各单位：

2021年的**重要**通知。

## 条件

- 甲
- 乙

另：

1. 甲
2. 乙

完。"""


@pytest.mark.parametrize(
    "text",
    [
        NOTICE,
        "## 一\n\n| 类别 | 名称 |\n| --- | --- |\n| 组织 | 甲公司 |\n| 个人 |  |",
        "第一行\nsecond\n第三**行**\n第四行",
    ],
)
def test_what_notices_are_made_of_is_plain(text):
    quick = render_plain(text)
    assert quick is not None
    assert quick == convert(text, "")
