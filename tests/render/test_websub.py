"""Subscribers hear of new notices through a hub, when the site names one."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import feedparser
import pytest

from portal.content.selection import EVERYTHING, Selection
from portal.errors import RequestError
from portal.ledger.whole_ledger import Chain, Ledger
from portal.render.notice.feeds import FeedFormat, feed
from portal.render.notice.websub import ping_hub
from tests.freezer.samples import with_parts
from tests.showcase import NOW

HUB = "https://hub.example/?a=1&b=2"


@pytest.fixture
def hub():
    """A hub on this machine that notes what it is told."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append(parse_qs(body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", received
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_feed_names_the_hub(round_):
    site = replace(round_.site, websub_hub=HUB)
    listed = with_parts(round_, site=site)
    for fmt in FeedFormat:
        content = feed(listed, EVERYTHING, NOW, fmt)
        if fmt is FeedFormat.JSON:
            assert json.loads(content)["hubs"] == [{"type": "WebSub", "url": HUB}]
            continue
        found = feedparser.parse(content)
        assert not found.bozo
        links = {link.rel: link.href for link in found.feed.links}
        assert links["hub"] == HUB
        assert links["alternate"].endswith("/notices/")


def test_no_hub_is_named_by_default(round_):
    for fmt in FeedFormat:
        assert b"hub" not in feed(round_, EVERYTHING, NOW, fmt)


def test_the_hub_is_told_of_every_feed(round_, hub):
    url, received = hub
    count = ping_hub(replace(round_.site, websub_hub=url), round_.kinds)
    assert received[0]["hub.mode"] == ["publish"]
    assert len(received[0]["hub.url"]) == count
    assert f"{round_.site.base_url}/feeds/county/pingding.atom.xml" in received[0]["hub.url"]


def test_a_hub_that_does_not_answer_is_told(round_):
    with pytest.raises(RequestError, match="没有成功"):
        ping_hub(replace(round_.site, websub_hub="http://127.0.0.1:9/"), round_.kinds)
    with pytest.raises(RequestError, match="没有写 websub-hub"):
        ping_hub(round_.site, round_.kinds)


def test_the_main_feed_carries_the_ledger_s_head(round_):
    listed = with_parts(round_, ledger=Ledger((Chain(('{"a":1}',), ("",)),)))
    (head,) = listed.ledger.heads
    told = f"发布台账末行指纹：{head[:16]}。"
    assert told in json.loads(feed(listed, EVERYTHING, NOW, FeedFormat.JSON))["description"]
    county = feed(listed, Selection(county="pingding"), NOW, FeedFormat.ATOM)
    assert head[:16] not in county.decode()
