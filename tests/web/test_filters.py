"""How dates, sizes and data are written."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from portal.web.filters import filesize, json_block, phrases


@pytest.mark.parametrize(
    ("size", "text"), [(0, "1 KB"), (1024, "1 KB"), (250_000, "244 KB"), (3_000_000, "2.9 MB")]
)
def test_sizes(size, text):
    assert filesize(size) == text


def test_the_words_of_a_title_stay_in_one_line():
    title = phrases("平定县第三届质量奖推荐名单公示（演示）")
    kept = re.findall('<span class="keep">(.*?)</span>', title)
    assert kept == ["第三届", "质量奖", "推荐名单", "公示", "（演示）"]


@given(st.text() | st.text("质量奖第三届公示（）<&>"))
def test_a_title_says_the_same_and_is_never_markup(title):
    marked = phrases(title)
    assert re.sub('</?span(?: class="keep")?>', "", marked) == escape(title)


@given(st.dictionaries(st.text(), st.text()))
def test_data_in_a_page_can_never_close_its_element(value):
    block = json_block(value)
    assert "<" not in block
    assert ">" not in block
    assert json.loads(block) == value
