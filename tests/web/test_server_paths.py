"""Errors in a browser name files by what they are, never by where the server keeps them."""

import gzip
from pathlib import Path

import pytest
from flask import Flask, Response

from portal.web.server_paths import Shortener, init_server_paths

SHORT = Shortener(
    {
        Path("/srv/portal/site/content"): "content",
        Path("/srv/portal/notices"): "notices",
        Path("/srv/portal/state"): "",
        Path("/content"): "content",
    }
)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("读不出来：/srv/portal/site/content/faq.yml:3:1", "读不出来：content/faq.yml:3:1"),
        ("/srv/portal/notices/a/notice.md", "notices/a/notice.md"),
        ("没有/srv/portal/state/keys/ledger.pem。", "没有keys/ledger.pem。"),
        ("打不开 /srv/portal/state：没有权限", "打不开 state：没有权限"),
        ("“/srv/portal/notices”", "“notices”"),
    ],
)
def test_a_path_is_shown_without_what_leads_to_it(told, shown):
    assert SHORT(told) == shown


@pytest.mark.parametrize(
    "text",
    [
        '<a href="/content/about/">简介</a>',
        "https://award.example/srv/portal/notices/",
        "/srv/portal/notices-old/a",
        "<textarea>\n/srv/portal/notices/a</textarea>",
        '<input value="/srv/portal/state">',
        "/guide/conditions/",
    ],
)
def test_addresses_and_what_somebody_typed_stay(text):
    assert SHORT(text) == text


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(b"/srv/portal/state/a"), {"Content-Encoding": "gzip"}),
        ("/srv/portal/state/甲".encode("gb18030"), {}),
    ],
)
def test_what_the_desk_cannot_read_goes_out_as_it_is(body, headers):
    app = Flask(__name__)
    init_server_paths(app, {Path("/srv/portal/state"): ""})
    app.add_url_rule("/a", "a", lambda: Response(body, headers=headers))
    app.add_url_rule("/b", "b", lambda: "/srv/portal/state/b")
    assert app.test_client().get("/a").data == body
    assert app.test_client().get("/b").text == "b"
