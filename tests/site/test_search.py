"""The search page with a server."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest

from portal.content.catalogue import Catalogue
from portal.search.labels import labels
from tests.contract import ContractClient, Page, text_of
from tests.showcase import BASE_URL, NOW, showcase, site_app


def hits(html):
    """Titles and addresses of what was found."""
    return re.findall(r'<h2><a href="([^"]*)">(.*?)</a></h2>', html)


def find(client, query, **parameters):
    response = client.get("/search/", query_string={"q": query, **parameters})
    assert response.status_code == 200
    return response.text


def names(catalogue):
    return [entry.name for notice in catalogue.published(NOW) for entry in notice.entries]


def test_any_part_of_a_listed_name_finds_its_notices_newest_first(
    client: ContractClient, catalogue
):
    chance = random.Random(1)
    for name in chance.sample(names(catalogue), 12):
        start = chance.randrange(len(name) - 1)
        part = name[start : start + chance.randint(2, 6)]
        expected = [
            f"/notices/{notice.slug}/"
            for notice in catalogue.published(NOW)
            if part
            in notice.title
            + notice.body
            + "".join(e.name + e.employer + e.position + "\n" for e in notice.entries)
        ]
        assert [path for path, _ in hits(find(client, part))][: len(expected)] == expected[:10]


def test_a_hit_in_a_list_links_to_its_row(client, catalogue):
    notice = next(n for n in catalogue.published(NOW) if n.entries)
    name = notice.entries[-1].name
    row = f"/notices/{notice.slug}/#entry-{len(notice.entries)}"
    assert f'href="{row}"' in find(client, name)
    target = Page(client.get(f"/notices/{notice.slug}/").text).by_id[f"entry-{len(notice.entries)}"]
    assert name in text_of(target)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("评选范围", "/guide/scope/"),
        ("匿名", "/faq/#anonymous"),
        ("组织申报表", "/downloads/#organization"),
        ("会话 Cookie", "/privacy/"),
    ],
)
def test_guide_questions_forms_and_pages_are_found_too(client, query, path):
    found = [hit for number in (1, 2, 3) for hit, _ in hits(find(client, query, page=number))]
    assert path in found


def test_filters_narrow_and_their_counts_are_true(client, catalogue):
    page = Page(find(client, "公示"))
    [nav] = [e for e in page.all("nav") if e.get("aria-label") == "筛选结果"]
    links = [(a.get("href"), text_of(a).split()) for a in nav.iter("a")]
    assert len(links) > 5
    for href, (label, count) in links:
        text = client.get(href).text
        found = re.search(r"找到<strong>(\d+)</strong>项", text)
        assert found is not None, label
        assert found[1] == count, label
        assert 'aria-current="true"' in text


def test_pages_follow_one_another_without_loss(client):
    seen, path = [], "/search/?q=质量"
    while path:
        text = client.get(path).text
        seen += [hit for hit, _ in hits(text)]
        after = re.search(r'rel="next" href="([^"]*)"', text)
        path = after[1].replace("&amp;", "&") if after else ""
    assert (
        len(seen)
        == len(set(seen))
        == int(re.search(r"找到<strong>(\d+)</strong>项", client.get("/search/?q=质量").text)[1])
    )
    assert hits(find(client, "质量", page=99_999)) == hits(
        find(client, "质量", page=-(-len(seen) // 10))
    )


def test_nothing_found_offers_what_to_try(client):
    text = find(client, "绝对没有这样的名称", kind="call")
    assert "没有找到" in text
    assert "去掉全部筛选" in text
    assert 'href="/notices/county/pingding/"' in text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("字" * 101, 400),
        ('""', 400),
        ("\x00\x07", 400),
        ("\u202e\u200b", 400),
        ("   ", 200),
        ("<script>alert(1)</script>", 200),
        ("' OR 1=1 --", 200),
        ("\U0010ffff\ud7ff", 200),
        ("*?[a-z]~", 200),
    ],
)
def test_odd_queries_get_an_answer_or_a_clear_refusal(client, query, status):
    response = client.get("/search/", query_string={"q": query})
    assert response.status_code == status
    assert ("error-message" in response.text) is (status == 400)
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "parameters", ["kind=none", "year=1900", "state=%00", "county=pingding&edition=x"]
)
def test_filters_that_do_not_exist_are_refused(client, parameters):
    response = client.get(f"/search/?q=公示&{parameters}")
    assert response.status_code == 400
    assert "没有这样的筛选条件" in response.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "1" * 400, ""])
def test_an_odd_page_number_is_the_first_page(client, page):
    assert hits(find(client, "公示", page=page)) == hits(find(client, "公示"))


def test_bytes_that_are_no_text_are_no_error(client):
    assert client.get("/search/?q=%ff%fe%b9%ab").status_code == 200


def test_a_thousand_different_queries_leave_nothing_behind(client, catalogue):
    chance = random.Random(2)
    letters = "".join(names(catalogue))
    for _ in range(1_000):
        query = "".join(chance.choices(letters, k=chance.randint(1, 6)))
        with client.application.test_request_context(f"/search/?q={query}"):
            assert client.application.full_dispatch_request().status_code == 200


class Held(Catalogue):
    """A catalogue that keeps whoever searches in it waiting."""

    def __init__(self, catalogue):
        super().__init__(catalogue.parts, catalogue.shelf)
        self.begun, self.released = Semaphore(0), Event()

    def years(self, at):
        self.begun.release()
        self.released.wait(20)
        return super().years(at)


def test_when_too_many_search_at_once_the_others_are_told_to_come_again(catalogue):
    held = Held(catalogue)
    app = site_app(held)
    with ThreadPoolExecutor() as others:
        searching = [others.submit(app.test_client().get, "/search/?q=公示") for _ in range(2)]
        for _ in searching:
            assert held.begun.acquire(timeout=10)
        refused = app.test_client().get("/search/?q=质量奖")
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert "现在检索的人太多，请过几秒再试" in refused.text
        assert 'value="质量奖"' in refused.text
        held.released.set()
        assert {answer.result(10).status_code for answer in searching} == {200}
    assert app.test_client().get("/search/?q=质量奖").status_code == 200


def test_search_pages_are_not_for_search_engines(client):
    for path in ("/search/", "/search/?q=公示"):
        assert '<meta name="robots" content="noindex">' in client.get(path).text
    assert "/search/" not in client.get("/sitemap.xml").text


def test_what_is_not_published_yet_is_not_found(catalogue):
    notice = next(n for n in catalogue.published(NOW) if n.entries)
    early = site_app(catalogue, notice.published.replace(year=2020)).test_client()
    assert notice.slug not in find(early, notice.entries[0].name)


def test_states_follow_the_clock(catalogue):
    moment = [NOW]
    client = site_app(catalogue, lambda: moment[0]).test_client()
    notice = next(
        n
        for n in catalogue.published(NOW)
        if n.window and n.window.closes_at > NOW >= n.window.opens_at
    )
    assert notice.slug in find(client, notice.title, state="open")
    moment[0] = notice.window.closes_at
    assert notice.slug not in find(client, notice.title, state="open")
    assert notice.slug in find(client, notice.title, state="closed")


def test_with_an_index_in_a_folder_the_answers_are_the_same(catalogue, client, tmp_path):
    from portal.site import create_app
    from portal.site.site_options import SiteOptions

    options = SiteOptions(BASE_URL, "/objections", search_folder=tmp_path)
    app = create_app(lambda: catalogue, options, lambda: NOW)
    app.test_client_class = ContractClient
    for query in ("公示", "质量奖", "有限公司 演示", "9001", "奖"):
        assert find(app.test_client(), query) == find(client, query)


def test_under_a_sub_path_every_link_stays_below_it(tmp_path):
    base = "https://www.city.example/quality"
    catalogue = showcase(tmp_path, base)
    text = find(site_app(catalogue, base_url=base).test_client(), "公示")
    main = text[text.index("<main") : text.index("</main>")]
    assert set(re.findall(r'(?:href|action)="(/[^/"]*)', main)) == {"/quality"}
    assert labels(catalogue, NOW)["county"]["yuxian"] == "盂县"
