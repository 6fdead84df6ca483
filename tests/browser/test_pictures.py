"""Every kind of page looks as it did: golden pictures, compared with a tolerance.

The pictures show a small fixed site, in fonts that the set-up installs, so that only a change of
templates, styles or the browser can change them. They are kept in grey at half size. After a
wanted change, look at the new ones and accept them all with

    ACCEPT_PICTURES=1 .venv/bin/python -m pytest tests/browser/test_pictures.py
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from portal.render.typesetting import FONTS
from tests.browser.conftest import CHROMIUM, FLAGS, serving
from tests.showcase import site_app
from tests.site.test_states import CORRECTION, WITHDRAWAL, at
from tests.sites import MINIMAL, PINGDING, YUXIAN, SiteTree

pytestmark = pytest.mark.browser
GOLDEN = Path(__file__).parent / "golden"
REJECTED = Path(__file__).parents[2] / "var" / "pictures"

# Of 256 greys: a difference that the eye sees; and the share of pixels that may differ so.
VISIBLE, SHARE = 48, 0.004
NOON = at(12, 8)
SITE = PINGDING + YUXIAN + CORRECTION + WITHDRAWAL.replace("pingding-list", "yuxian-list")
PAGES = {
    "home": "/",
    "guide": "/guide/",
    "guide-part": "/guide/conditions/",
    "faq": "/faq/",
    "downloads": "/downloads/",
    "notices": "/notices/",
    "notice": "/notices/pingding-list/",
    "winners": "/winners/third/",
    "press": "/press/",
    "prose": "/about/",
    "search": "/search/",
    "not-found": "/404.html",
    "styleguide": "/styleguide/",
}
FONT_SETTINGS = f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{FONTS}</dir><cachedir>{{cache}}</cachedir>
<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
<alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """An open page for each width, of a browser that knows no other fonts than the set-up's."""
    root = tmp_path_factory.mktemp("pictures")
    (root / "notices").mkdir()
    catalogue = SiteTree(root).write(MINIMAL).write(SITE).catalogue()
    settings = root / "fonts.conf"
    settings.write_text(FONT_SETTINGS.format(cache=root / "cache"))
    environment = {**os.environ, "FONTCONFIG_FILE": str(settings)}
    app = site_app(catalogue, NOON, development=True)
    with sync_playwright() as playwright, serving(app) as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=environment)
        opened = {}
        for width in (375, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800}, base_url=address)
            page.clock.set_fixed_time(NOON)
            opened[width] = page
        yield opened
        browser.close()


def photograph(page, path):
    """A page from top to bottom, in grey, at half size."""
    page.goto(path)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    return picture.convert("L").reduce(2)


def share_of_difference(one, other):
    """Share of pixels that visibly differ; 1 when the size does."""
    if one.width != other.width or abs(one.height - other.height) > 1:
        return 1.0
    size = (one.width, min(one.height, other.height))
    difference = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size)))
    return sum(difference.histogram()[VISIBLE:]) / (size[0] * size[1])


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_looks_as_it_did(pages, name, width):
    seen = photograph(pages[width], PAGES[name])
    kept = GOLDEN / f"{name}-{width}.png"
    if os.environ.get("ACCEPT_PICTURES"):
        GOLDEN.mkdir(exist_ok=True)
        seen.quantize(16).save(kept, optimize=True)
    before = Image.open(kept).convert("L")
    share = share_of_difference(seen.quantize(16).convert("L"), before)
    if share > SHARE:
        REJECTED.mkdir(parents=True, exist_ok=True)
        seen.save(REJECTED / kept.name)
    assert share <= SHARE, f"{kept.name} differs in {share:.1%}; now in {REJECTED / kept.name}"
