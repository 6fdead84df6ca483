"""The camera of the golden pictures: fixed fonts, grey, half size, compared with a tolerance."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from portal.content.fonts import FONTS
from tests.browser.conftest import CHROMIUM, FLAGS

GOLDEN = Path(__file__).parent / "golden"
REJECTED = Path(__file__).parents[2] / "var" / "pictures"
WIDTHS = (375, 1280)

# Of 256 greys: a difference that the eye sees; and the share of pixels that may differ so.
VISIBLE, SHARE = 48, 0.004
FONT_SETTINGS = f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{FONTS}</dir><cachedir>{{cache}}</cachedir>
<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
<alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""
# What is drawn by lot (codes, numbers, signatures) is shown as zeros of the same length.
ZEROS = """() => {
    for (const part of document.querySelectorAll("#receipt-code, .signed, .num, code, nav ol")) {
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            walk.currentNode.data = walk.currentNode.data.replace(/[0-9A-Za-z+/=]/g, "0");
        }
    }
    for (const drawn of document.querySelectorAll(".receipt-qr path")) drawn.remove();
}"""


@contextmanager
def camera(folder: Path) -> Iterator[Browser]:
    """A browser that knows no other fonts than the set-up's."""
    settings = folder / "fonts.conf"
    settings.write_text(FONT_SETTINGS.format(cache=folder / "cache"))
    environment = {**os.environ, "FONTCONFIG_FILE": str(settings)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=environment)
        yield browser
        browser.close()


def photograph(page: Page) -> Image.Image:
    """A page from top to bottom, in grey, at half size."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    return picture.convert("L").reduce(2)


def share_of_difference(one: Image.Image, other: Image.Image) -> float:
    """Share of pixels that visibly differ; 1 when the size does."""
    if one.width != other.width or abs(one.height - other.height) > 1:
        return 1.0
    size = (one.width, min(one.height, other.height))
    difference = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size)))
    return sum(difference.histogram()[VISIBLE:]) / (size[0] * size[1])


def judge(seen: Image.Image, name: str) -> str:
    """What is wrong with a picture compared with the golden one; accepted ones replace it."""
    kept = GOLDEN / name
    if os.environ.get("ACCEPT_PICTURES"):
        GOLDEN.mkdir(exist_ok=True)
        seen.quantize(16).save(kept, optimize=True)
    before = Image.open(kept).convert("L")
    share = share_of_difference(seen.quantize(16).convert("L"), before)
    if share <= SHARE:
        return ""
    REJECTED.mkdir(parents=True, exist_ok=True)
    seen.save(REJECTED / name)
    return f"{name} differs in {share:.1%}; now in {REJECTED / name}"
