"""Nothing moves while a page loads: not for its settings, its scripts or a slow line."""

import time
from datetime import timedelta

import pytest

from tests.browser.conftest import Visitor, serving
from tests.browser.pages import MAIN, PAGES
from tests.publicside import OPEN, SLUG, public_side
from tests.showcase import BASE_URL, NOW, showcase, site_app

pytestmark = pytest.mark.browser
PIECE, PAUSE = 1900, 0.12


class Dribbling:
    """An app whose pages arrive in pieces, as on a slow line or a busy telephone."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/static/"):
            return self.app(environ, start_response)

        def start(status, headers, *rest):
            unmeasured = [(k, v) for k, v in headers if k.lower() != "content-length"]
            return start_response(status, unmeasured, *rest)

        return self.pieces(b"".join(self.app(environ, start)))

    def pieces(self, body):
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]
            time.sleep(PAUSE)


@pytest.fixture(scope="module")
def dribbling(browser, tmp_path_factory):
    app = site_app(showcase(tmp_path_factory.mktemp("pieces"), BASE_URL))
    with serving(Dribbling(app)) as address:
        yield Visitor(browser, address)


def moved(page):
    """What moved since the page began to load: amount, element, from where, to where."""
    page.wait_for_load_state("networkidle")
    return page.evaluate(
        """() => new Promise(done => {
            const seen = [];
            const corner = box => [box.x, box.y, box.width, box.height].map(Math.round).join(" ");
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) {
                    for (const { node, previousRect, currentRect } of entry.sources) {
                        const name = node && (node.className || node.nodeName);
                        const way = `${corner(previousRect)} -> ${corner(currentRect)}`;
                        seen.push(`${entry.value} ${name} ${way}`);
                    }
                    if (!entry.sources.length) seen.push(String(entry.value));
                }
            }).observe({type: "layout-shift", buffered: true});
            requestAnimationFrame(() => requestAnimationFrame(() => done(seen)));
        })"""
    )


@pytest.mark.parametrize("name", MAIN)
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_shifts_while_a_page_loads(visitor, name, width):
    with visitor.page(PAGES[name], width, prefs={"size": "large"}) as page:
        assert moved(page) == []


@pytest.mark.parametrize(
    ("name", "width", "prefs"),
    [
        *((name, 1280, {"size": "large"}) for name in MAIN),
        ("home", 375, {"elder": "on"}),
        ("notice-open", 375, {"contrast": "on"}),
        ("notices", 375, {"size": "small"}),
    ],
)
def test_nothing_shifts_when_a_page_arrives_in_pieces(dribbling, name, width, prefs):
    with dribbling.page(PAGES[name], width, prefs=prefs) as page:
        assert moved(page) == []


@pytest.mark.parametrize("days", [-5, 6])
def test_a_page_that_was_kept_is_right_from_its_first_picture_on(dribbling, days):
    with dribbling.page(PAGES["notice-open"], now=NOW + timedelta(days=days)) as page:
        assert moved(page) == []


@pytest.mark.parametrize("width", [375, 1280])
def test_the_form_does_not_shift_either(browser, site_from, tmp_path, width):
    side = public_side(site_from(), tmp_path / "state")
    with serving(Dribbling(side.app())) as address:
        visitor = Visitor(browser, address)
        with visitor.page(f"/objections/{SLUG}/new", width, now=OPEN) as page:
            assert moved(page) == []
