"""Plain text: whatever a clerk types is shown word for word, and comes back as it was typed."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.content.text.markdown import to_html
from portal.editorial.plain_text import lines_of, to_markdown, to_plain

MARKS = st.text(alphabet="甲乙1.*_#>-+=|`[]()!<&;:amp\\~ \u3000\n\t", max_size=60)
ANY = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="\n"),
    max_size=60,
)


def words(markdown):
    """The words of each paragraph; there must be nothing but paragraphs."""
    page = to_html(markdown)
    inside = re.sub(r"</?p>", "", page)
    assert "<" not in inside, page
    found = re.findall(r"<p>(.*?)</p>", page, re.DOTALL)
    return [html.unescape(one).split() for one in found]


@given(MARKS | ANY)
@example("1. 甲\n2. 乙")
@example("* 星号 *\n- 横线\n---\n===")
@example("&lt; <b>粗</b> &#42; &copy;")
@example("[甲]: http://x\n[甲]")
@example("|a|b|\n|-|-|")
def test_what_is_typed_is_shown_word_for_word_and_comes_back(plain):
    markdown = to_markdown(plain)
    assert words(markdown) == [line.split() for line in lines_of(plain)]
    assert to_plain(markdown) == "\n".join(lines_of(plain))


@given(MARKS | ANY)
def test_a_text_has_a_plain_form_only_where_nothing_of_it_is_markup(markdown):
    plain = to_plain(markdown)
    if plain is not None:
        assert words(to_markdown(plain)) == words(markdown)


@pytest.mark.parametrize("text", ["## 标题", "**粗**", "- 甲\n- 乙", "1. 甲\n2. 乙", "[甲](/a)"])
def test_markup_is_left_to_whoever_knows_it(text):
    assert to_plain(text) is None


def test_an_official_text_needs_no_marks():
    text = "一、公示时间\n\n2021年12月6日至12月10日（5个工作日）。\n\n联系电话：0353-2880836\n"
    assert to_markdown(to_plain(text)) == text
