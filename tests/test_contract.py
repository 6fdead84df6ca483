"""The page contract finds what it is there to find: a good page passes, each fault is named."""

import pytest

from tests.contract import page_faults

GOOD = """<!doctype html><html lang="zh-CN"><head><title>公告 - 平台</title></head><body><main>
<h1>公告</h1><h2>名单</h2><form method="post" novalidate><label for="a">姓名</label>
<input id="a" name="a"></form><a href="/x/">全文</a><p>2021年12月6日，公示。</p>
</main></body></html>"""


def test_a_good_page_has_no_fault():
    assert page_faults(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('lang="zh-CN"', 'lang="en"', "html lang"),
        ("</h2>", "</h3>", "HTML error"),
        ("<h2>名单</h2>", '<h2 id="a">名单</h2>', "stands 2 times"),
        ("<h2>名单</h2>", "<h3>名单</h3>", "skips"),
        ("<h2>名单</h2>", "<h1>名单</h1>", "2 h1"),
        ("<title>公告", "<title>平台", "does not start"),
        ("<label for", "<label data-for", "has no label"),
        ('<a href="/x/">全文</a>', '<a href="/x/"></a>', "without text"),
        ('href="/x/"', 'href="https://elsewhere.cn/"', "another site"),
        ('<a href="/x/">', '<img src="/x.png"><a href="/x/">', "without alt"),
        ("<h2>", '<h2 style="color:red">', "inline style"),
        ("<h2>", '<h2 onclick="x()">', "event handler"),
        ("</main>", "<script>x()</script></main>", "inline script"),
        (" novalidate", "", "novalidate"),
        ("，公示", ",公示", "half-width mark"),
        ("2021年12月6日", "2021-12-6", "leading zeros"),
        ("公示。", "公示...", "three dots"),
        ("公示。", "你好。", "你 for 您"),
        ("公示。", "第 3 步", "space between"),
        ('<input id="a"', '<input aria-invalid="true" id="a"', "visible error"),
        ("</form>", '<p class="error-message" id="e">错</p></form>', "belongs to no control"),
        ('<input id="a"', '<input aria-describedby="gone" id="a"', "missing id"),
        ("<title>", "<title>【演示】", "演示"),
        ("<main>", "<main></main><main>", "2 main"),
    ],
)
def test_every_fault_is_named(before, after, fault):
    assert before in GOOD
    assert any(fault in found for found in page_faults(GOOD.replace(before, after)))
