"""The script of the static site: what it shows is what the server would."""

import json
import random
import re
import unicodedata
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from portal.errors import RequestError
from portal.search.analysis import fold_with_places, parse
from portal.search.documents import documents
from portal.search.labels import labels
from portal.search.results import FACETS, narrow
from portal.search.snapshot import scan
from portal.search.static import BLOCK, StaticIndex, shards_of
from portal.site import create_app
from portal.site.site_options import SiteOptions
from portal.web.script_constants import with_constants
from tests.browser.conftest import serving
from tests.contract import check_page
from tests.search.parts import FOLDER
from tests.search.samples import LABELS, READ_PAGE, corpus, part_of, shown, without_query
from tests.showcase import BASE_URL, NOW, showcase
from tests.sites import MINIMAL, PINGDING, YUXIAN, SiteTree

pytestmark = pytest.mark.browser
DOCUMENTS = corpus(11, 5 * BLOCK + 7)


@contextmanager
def static_site(catalogue, path, found=DOCUMENTS, names=LABELS, told=None):
    """The search page and its data as a server of files gives them."""
    StaticIndex(path).update(found, names)
    shards = told or shards_of(sum(document.published is not None for document in found))

    def read(name):
        index = StaticIndex(path)  # a connection for each thread of the server
        data = index.read(name)
        index.close()
        return data

    options = SiteOptions(BASE_URL, search_files=read)
    app = create_app(lambda: catalogue, options, lambda: NOW)

    @app.after_request
    def of_these_documents(response):  # the page's own catalogue is a small one
        if response.mimetype == "text/html":
            page = response.get_data(as_text=True)
            response.set_data(re.sub(r'data-shards="\d+"', f'data-shards="{shards}"', page))
        return response

    with serving(without_query(app)) as address:
        yield address


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    root = tmp_path_factory.mktemp("site")
    (root / "notices").mkdir()
    return SiteTree(root).write(MINIMAL).write(PINGDING + YUXIAN).catalogue()


@pytest.fixture(scope="module")
def address(catalogue, tmp_path_factory):
    with static_site(catalogue, tmp_path_factory.mktemp("static") / "index") as address:
        yield address


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    yield page
    context.close()
    assert not faults


def ask(tab, address, /, **parameters):
    tab.goto(f"{address}/search/?{urlencode(parameters)}")
    tab.wait_for_selector("#results[data-done], .error-message")
    return tab.evaluate(READ_PAGE)


def labelled(results, chosen):
    """The filters as the page words them."""
    found = {}
    for facet, heading in zip(FACETS, ("类型", "县（区）", "届次", "年份", "状态"), strict=True):
        counts, mine = results.counts[facet], chosen.get(facet)
        texts = [
            f"{n} {counts.get(v, 0)}"
            for v, n in LABELS[facet].items()
            if counts.get(v) or v == mine
        ]
        if len(texts) > 1 or mine:
            found[heading] = [*(["全部"] if mine else []), *texts]
    return found


def test_what_the_script_shows_is_what_a_scan_finds(page, address):
    chance, everything, asked = random.Random(3), scan(DOCUMENTS), 0
    while asked < 40:
        text = part_of(DOCUMENTS, chance) + chance.choice(
            ("", "", f" {part_of(DOCUMENTS, chance, 2)}", ' "奖')
        )
        try:
            query = parse(text)
        except RequestError:
            continue
        asked += 1
        chosen = {f: chance.choice(list(LABELS[f])) for f in FACETS if chance.random() < 0.1}
        number = chance.choice((1, 1, 2, 99))
        expected = narrow(everything.find(query), chosen, number)
        got = ask(page, address, q=text, page=number, **chosen)
        assert got["hits"] == shown(query, expected), (text, chosen)
        if got["done"] == "exact":
            assert got["total"] == expected.total, (text, chosen)
            if expected.total or chosen:
                assert got["facets"] == labelled(expected, chosen), (text, chosen)


def test_folding_in_the_browser_is_folding_here(page, address):
    """Every character that this Python knows, alone and between others."""
    query = with_constants((FOLDER / "query.js").read_text(encoding="utf-8"))
    page.goto(f"{address}/search/")
    known = [
        chr(c)
        for c in range(0x110000)
        if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) != "Cn"
    ]
    chance = random.Random(4)
    texts = [
        "".join(known[i : i + 200])
        for i in range(0, len(known), 200)
        if not 0xE000 <= ord(known[i]) < 0xF800 and ord(known[i]) < 0xF0000
    ]
    texts += [
        "".join(chance.choices(" 　\t\u2029公aＡ\u0301\u200b《𠮷K", k=12)) for _ in range(2_000)
    ]
    # Run from outside the page: its own policy allows no such script.
    lines = "texts.map((t) => { const f = fold(t); return [f.out, f.places, folded(t)]; })"
    results = page.evaluate(f"(texts) => {{ {query} return {lines}; }}", texts)
    for text, (out, places, quick) in zip(texts, results, strict=True):
        expected, where = fold_with_places(text)
        units = [
            at
            for c, at in zip(expected, where, strict=True)
            for _ in range(len(c.encode("utf-16-le")) // 2)
        ]
        assert (out, places, quick) == (expected, units, expected), json.dumps(text)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"q": "字" * 101}, "请不超过100个字"),
        ({"q": '""'}, "请输入要查找的"),
        ({"q": "公", "kind": "none"}, "没有这样的筛选条件"),
    ],
)
def test_bad_queries_are_refused_in_the_words_of_the_server(page, address, parameters, words):
    ask(page, address, **parameters)
    assert words in page.locator(".error-message").inner_text()
    assert page.title().startswith("错误：")
    check_page(page.content())


def test_with_a_server_and_without_the_page_says_the_same(page, tmp_path):
    catalogue = showcase(tmp_path, BASE_URL)
    found, names = documents(catalogue, NOW), labels(catalogue, NOW)
    live = create_app(lambda: catalogue, SiteOptions(BASE_URL), lambda: NOW)
    with serving(live) as server, static_site(catalogue, tmp_path / "index", found, names) as files:
        for parameters in (
            {"q": "公示"},
            {"q": "演示 有限公司", "page": "2"},
            {"q": "质量", "kind": "faq"},
            {"q": "推荐", "county": "pingding", "state": "closed"},
            {"q": "没有这样的名称"},
            {"q": "没有这样的名称", "year": "2026", "edition": "third"},
        ):
            page.goto(f"{server}/search/?{urlencode(parameters)}")
            said = page.locator("#results").inner_text(), page.title()
            marked = page.locator(".demo-bar").all_inner_texts()
            ask(page, files, **parameters)
            assert (page.locator("#results").inner_text(), page.title()) == said, parameters
            assert page.locator(".demo-bar").all_inner_texts() == marked
            check_page(page.content(), demonstration=bool(marked))


def test_without_script_the_page_says_so_and_offers_the_lists(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search/?q=公示")
    text = page.locator("main").inner_text()
    assert "需要启用脚本" in text
    for path in ("/notices/kind/call/", "/notices/county/pingding/", "/notices/year/2021/"):
        assert page.locator(f'main a[href="{path}"]').is_visible()
    context.close()


def test_a_page_of_another_build_looks_in_the_right_shards(page, catalogue, tmp_path):
    query = parse("盂县")
    expected = narrow(scan(DOCUMENTS).find(query), {})
    with static_site(catalogue, tmp_path / "index", told=7) as address:
        got = ask(page, address, q="盂县")
    assert got["hits"] == shown(query, expected)
    assert got["done"] == "exact"
    assert got["total"] == expected.total > 0


def test_while_data_is_slow_the_page_is_there_and_says_so(page, address):
    """The page waits for the answer before it is painted, but not for long."""
    waiting = []

    def hold(route):
        waiting.append(route)

    page.route("**/search/data/index.bin", hold)
    page.goto(f"{address}/search/?q=公示")
    page.wait_for_selector("#results .working", timeout=2_000)
    assert page.locator("header.top").is_visible()
    for route in waiting:
        route.continue_()
    page.wait_for_selector("#results[data-done]")
    assert page.locator("header.top").is_visible()
    assert not page.locator(".working").count()


def test_missing_data_is_told_in_words(browser, catalogue, tmp_path):
    options = SiteOptions(BASE_URL)
    app = create_app(lambda: catalogue, options, lambda: NOW)
    with serving(without_query(app)) as address:
        page = browser.new_page()
        page.goto(f"{address}/search/?q=公示")
        page.wait_for_selector('#results[data-done="failed"]')
        assert "这次没有查成" in page.locator("#results").inner_text()
        assert page.locator("#browse").is_visible()
        page.close()


def test_the_script_does_nothing_where_the_server_has_answered(page, catalogue):
    app = create_app(lambda: catalogue, SiteOptions(BASE_URL), lambda: NOW)
    with serving(app) as address:
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{address}/search/?q=平定")
        assert page.locator(".hits > li").count() >= 1
        assert not any("search.js" in url or "/search/data/" in url for url in requests)
