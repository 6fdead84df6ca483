"""Errors have a page of their own each, and never tell what went wrong inside."""

import pytest
from flask import abort

from tests.contract import ContractClient
from tests.showcase import NOW, site_app


@pytest.mark.parametrize("code", [400, 403, 405, 410, 413, 415, 429, 500, 503])
def test_every_error_has_a_designed_page(catalogue, code):
    app = site_app(catalogue)
    app.add_url_rule("/fail", "fail", lambda: abort(code))
    response = app.test_client().get("/fail")
    assert response.status_code == code
    assert f'aria-hidden="true">{code}<' in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_a_failure_inside_shows_no_trace(catalogue):
    def fail():
        raise RuntimeError("secret-detail")

    app = site_app(catalogue)
    app.testing = False
    app.add_url_rule("/fail", "fail", fail)
    response = app.test_client().get("/fail")
    assert response.status_code == 500
    assert "页面暂时打不开" in response.text
    assert "secret-detail" not in response.text
    assert "Traceback" not in response.text


def test_writing_is_refused_and_the_allowed_methods_named(client):
    response = client.post("/notices/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/notices/none/",
        "/notices/page/1/",
        "/notices/page/99/",
        "/notices/kind/none/",
        "/notices/county/yangquan/",
        "/notices/year/1999/",
        "/notices/year/²/",
        "/notices/state/published/",
        "/notices/demo-2-kuangqu/revisions/1/",
        "/notices/demo-2-kuangqu/revisions/0/",
        "/notices/demo-2-kuangqu/list.docm",
        "/notices/demo-2-kuangqu/files/../notice.md",
        "/notices/demo-2-kuangqu/files/none.pdf",
        "/winners/fourth/",
        "/guide/none/",
        "/check/organization/expert-years/",
        "/check/organization/result/none/",
        "/check/none/scope/",
        "/downloads/none.docx",
        "/downloads/..%2f..%2fpyproject.toml",
        "/feeds/kind/none.json",
        "/styleguide/",
        "/%00",
    ],
)
def test_what_is_not_there_is_not_found(client: ContractClient, path):
    assert client.get(path).status_code == 404


def test_the_page_for_the_static_site_is_the_one_readers_get(client):
    frozen = client.get("/404.html")
    assert frozen.status_code == 200
    assert frozen.text == client.get("/nothing-here").text


@pytest.mark.parametrize("code", [400, 413, 429, 503])
def test_what_never_reaches_the_app_has_a_page_in_the_static_site(client, code):
    page = client.get(f"/{code}.html")
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text
    assert ("联系电话</dt><dd class" in page.text) is (code == 503)


def test_what_is_not_published_yet_is_not_found(catalogue):
    earlier = NOW.replace(year=2020)
    client = site_app(catalogue, earlier).test_client()
    for path in ("", "list.csv", "window.ics"):
        assert client.get(f"/notices/demo-2-kuangqu/{path}").status_code == 404
    assert "demo-2-kuangqu" not in client.get("/notices/").text
