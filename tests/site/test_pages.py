"""Every page of the site keeps the contract, and every link on it leads somewhere."""

import gzip

from portal.site import create_app
from portal.site.site_options import SiteOptions
from portal.web.assets import Assets
from tests.addresses import site_paths
from tests.contract import ContractClient, links_of, parsed
from tests.showcase import BASE_URL, LATER, NOW, showcase, site_app
from tests.site.test_states import at
from tests.sites import PINGDING

# Addresses that other parts of the portal serve.
ELSEWHERE = ("/objections/", "/search/", "/ledger.json", "/static/")


def crawl(client, paths, root=""):
    """Get every path; return the pages by address and the broken links on them."""
    pages, anchors, links = {}, {}, {}
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200, path
        if response.mimetype == "text/html":
            html = pages[path] = response.text
            anchors[root + path] = set(parsed(html).by_id)
            links[path] = list(links_of(html, root + path))
    known = {root + path for path in pages} | {root + path for path in paths}
    broken = []
    for path in pages:
        for target, fragment in links[path]:
            local = target.removeprefix(root)
            if target.startswith(root + "/") and local.startswith(ELSEWHERE):
                continue
            if target not in known:
                broken.append(f"{path} -> {target}")
            elif fragment and fragment not in anchors.get(target, {fragment}):
                broken.append(f"{path} -> {target}#{fragment}")
    return pages, broken


def test_every_page_keeps_the_contract_and_no_link_is_broken(client, catalogue):
    pages, broken = crawl(client, list(site_paths(catalogue, NOW)))
    assert broken == []
    assert len(pages) > 100


def test_a_site_without_a_self_check_leads_to_none(site_from):
    catalogue = site_from(PINGDING).catalogue()
    assert catalogue.self_check is None
    noon = at(12, 7)
    client = site_app(catalogue, noon).test_client()
    pages, broken = crawl(client, list(site_paths(catalogue, noon)))
    assert broken == []
    assert [path for path, html in pages.items() if "/check/" in html] == []


def test_a_notice_offers_only_the_formats_that_will_be_there(catalogue):
    options = SiteOptions(BASE_URL, formats=frozenset({"html", "feeds"}))
    client = create_app(lambda: catalogue, options, lambda: NOW).test_client()
    page = client.get("/notices/demo-2-kuangqu/").text
    assert "share.png" not in page
    assert "下载本公告" not in page
    assert 'rel="alternate"' not in page


def test_under_a_sub_path_every_link_stays_below_it(tmp_path):
    base = "https://www.city.example/quality/award/"
    catalogue = showcase(tmp_path, base, LATER)
    client = site_app(catalogue, LATER, base).test_client()
    pages, broken = crawl(client, list(site_paths(catalogue, LATER)), root="/quality/award")
    assert broken == []
    home = pages["/"]
    assert '<link rel="canonical" href="https://www.city.example/quality/award/">' in home
    assert all(path.startswith("/quality/award/") for path, _ in links_of(home, "/quality/award/"))


def test_pages_that_show_fictional_data_say_so_and_no_other_does(client, catalogue):
    for path in ("/notices/demo-2-kuangqu/", "/winners/demo-1/", "/notices/"):
        assert "【演示】" in client.get(path).text, path
    for path in ("/guide/scope/", "/faq/", "/winners/third/", "/downloads/", "/about/"):
        assert "【演示】" not in client.get(path).text, path


def test_meta_tags_of_government_sites(client):
    head = client.get("/notices/demo-2-kuangqu/").text
    for name, value in {
        "SiteName": "阳泉市质量奖公示平台",
        "SiteDomain": "portal.example",
        "ColumnName": "县（区）公示",
        "ColumnType": "公告公示",
        "ArticleTitle": "矿区演示第二届质量奖推荐名单公示（演示）",
        "ContentSource": "矿区质量强区领导组办公室",
    }.items():
        assert f'<meta name="{name}" content="{value}">' in head
    assert 'name="PubDate" content="2026-11-18 ' in head
    assert "SiteIDCode" not in head  # not known, so not printed


def test_static_files_are_kept_for_ever_under_their_fingerprint(client):
    for path in Assets("").paths:
        response = client.get(path)
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/static/site.0000000000.css").status_code == 404


PACKED = {"Accept-Encoding": "gzip, deflate, br"}


def test_who_takes_gzip_gets_the_same_page_in_less(client):
    for path in ("/", "/feeds/all.rss.xml", "/notices/demo-2-kuangqu/list.csv"):
        plain = client.get(path)
        small = super(ContractClient, client).open(path, headers=PACKED)
        assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding", path
        assert "Content-Encoding" not in plain.headers
        if len(plain.data) >= 1024:
            assert gzip.decompress(small.data) == plain.data
            assert len(small.data) < len(plain.data) / 2
            assert small.headers["ETag"] != plain.headers["ETag"]
        else:
            assert small.data == plain.data
        kept = PACKED | {"If-None-Match": small.headers["ETag"]}
        assert client.get(path, headers=kept).status_code == 304


def test_an_unchanged_page_is_answered_with_304(client):
    for path in ("/", "/feeds/all.rss.xml", "/notices/demo-2-kuangqu/list.csv"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_media_types_of_what_is_not_a_page(client):
    for path, media_type in {
        "/feeds/all.rss.xml": "application/rss+xml",
        "/feeds/all.atom.xml": "application/atom+xml",
        "/feeds/county/kuangqu.json": "application/feed+json",
        "/sitemap.xml": "application/xml",
        "/robots.txt": "text/plain",
        "/notices/demo-2-kuangqu/list.csv": "text/csv",
        "/notices/demo-2-kuangqu/window.ics": "text/calendar",
    }.items():
        assert client.get(path).mimetype == media_type, path


def test_no_cookie_is_ever_set(client, catalogue):
    for path in ("/", "/notices/", "/faq/", "/check/", "/nothing"):
        assert "Set-Cookie" not in client.get(path).headers


def test_sitemap_lists_every_page_a_reader_can_reach(client, catalogue):
    text = client.get("/sitemap.xml").text
    for path in ("/", "/guide/scope/", "/check/", "/notices/demo-1-decision/"):
        assert f"<loc>{BASE_URL}{path}</loc>" in text
