"""Markdown as Chinese offices write it, and nothing that could run in a browser."""

import html5lib
import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.text.converter import _Plain
from portal.content.text.markdown import render, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("第一行\n第二行", "<p>第一行第二行</p>"),
        ("第一行，\n**重要**\n“第二行”", "<p>第一行，<strong>重要</strong>“第二行”</p>"),
        ("通知 ABC\nDEF", "<p>通知 ABC\nDEF</p>"),
        ("汉字\nABC", "<p>汉字\nABC</p>"),
        ("**“重要”**通知", "<p><strong>“重要”</strong>通知</p>"),
        ("**公示期：**2026年", "<p><strong>公示期：</strong>2026年</p>"),
        ("如下：\n- 甲\n- 乙", "<p>如下：</p>\n<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>"),
        ("材料如下：\n1. 甲", "<p>材料如下：</p>\n<ol>\n<li>甲</li>\n</ol>"),
        ("1、不是列表\n（一）也不是", "<p>1、不是列表（一）也不是</p>"),
        ("    缩进四格的一段", "<p>缩进四格的一段</p>"),
        ("[指南](/guide/)", '<p><a href="/guide/">指南</a></p>'),
    ],
)
def test_chinese_text(text, html):
    assert to_html(text) == html


def test_headings_stay_between_h2_and_h4_and_keep_their_anchors():
    found = render("# 一\n\n## 评选条件\n\n##### 深\n\n## 评选条件")
    assert [(h.level, h.id, h.text) for h in found.headings] == [
        (2, "一", "一"),
        (2, "评选条件", "评选条件"),
        (4, "深", "深"),
        (2, "评选条件_1", "评选条件"),
    ]
    assert '<h2 id="评选条件">' in found.html


def test_a_table_is_aligned_by_class():
    html = to_html("| 名称 | 金额 |\n|---|--:|\n| 甲 | 1 |")
    assert '<th class="align-right" scope="col">金额</th>' in html
    assert '<td class="align-right">1</td>' in html
    assert "style" not in html


def test_links_move_under_a_sub_path():
    html = to_html("[甲](/guide/#a) [乙](files/b.pdf) [丙](//c.cn/) [丁](#d)", "/award")
    for href in ("/award/guide/#a", "files/b.pdf", "//c.cn/", "#d"):
        assert f'href="{href}"' in html


MARKUP = st.lists(
    st.sampled_from(
        ["**", "*", "_", "`", "[甲](/a/)", "![乙](b)", "<b>", "&amp;", "&", "\\",
         "  \n", "\n", "\n\n", "| ", "|---|", "- ", "> ", "## ", "<http://a.cn>", "]", "[甲]",
         "\x02", "https://a.cn", "1. "]
    ) | st.text("文字，。 a1", max_size=6),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(MARKUP)
def test_leaving_out_plain_text_changes_nothing(text):
    """The shortcut for text without markup gives what the library alone gives."""
    stock = markdown.Markdown(extensions=["tables", "sane_lists"])
    quick = markdown.Markdown(extensions=["tables", "sane_lists"])
    quick.treeprocessors.register(_Plain(quick), "plain", 25)
    assert quick.convert(text) == stock.convert(text)


DANGEROUS = st.lists(
    st.sampled_from(
        ["<script>", "</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
         '<p style="position:fixed">', "<svg onload=alert(1)>", "<style>", "<iframe src=/>", "\n",
         "`", "[a]: javascript:x\n", "[a]", "<a href='data:text/html,x'>", "*", "|", "---",
         "&#x6a;", '<td class="x">', "<!--", "]]>", "<math>", "<base href=//x>"]
    ) | st.text(max_size=5),
    max_size=10,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(DANGEROUS)
def test_nothing_that_runs_or_styles_survives(text):
    document = html5lib.parseFragment(to_html(text), namespaceHTMLElements=False)
    for element in document.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        assert tag not in {"script", "style", "iframe", "svg", "math", "base", "form", "object"}
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name != "style"
            if name in ("href", "src"):
                assert not value.strip().lower().startswith(("javascript:", "data:", "vbscript:"))
