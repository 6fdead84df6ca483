"""The pages of 公告编发 look as they did; three of the pictures are those of the desk's help.

After a wanted change, look at the new ones and accept them all with

    ACCEPT_PICTURES=1 .venv/bin/python -m pytest tests/browser/test_publishing_pictures.py
"""

import io
import os

import pytest
from PIL import Image

from portal.casework.people import Right
from portal.desk.entry.late_forms import cookie_name
from portal.desk.help_pages import PICTURES
from tests.browser.conftest import serving
from tests.browser.pictures import (
    SHARE,
    WIDTHS,
    ZEROS,
    camera,
    judge,
    photograph,
    share_of_difference,
)
from tests.browser.test_everybody import violations
from tests.desk.conftest import (
    migrated_sqlite,  # noqa: F401 - fixtures
    post,
    sqlite_register,  # noqa: F401
)
from tests.desk.publishing.conftest import begin, publishing, upload  # noqa: F401
from tests.desk.publishing.test_content import ABOUT, SITE, WRITER
from tests.desk.publishing.test_steps import answer_first

pytestmark = pytest.mark.browser
HELP = {"list": "list", "time": "time", "send": "send"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with camera(tmp_path_factory.mktemp("camera")) as opened:
        yield opened


def help_fault(page, name):
    """What is wrong with a picture of the help; accepted ones replace it."""
    shot = page.screenshot(
        animations="disabled", clip={"x": 0, "y": 0, "width": 1280, "height": 760}
    )
    seen = Image.open(io.BytesIO(shot)).convert("RGB").reduce(2).quantize(48)
    kept = PICTURES / f"{name}.png"
    if os.environ.get("ACCEPT_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        seen.save(kept, optimize=True)
    before = Image.open(kept).convert("L")
    share = share_of_difference(seen.convert("L"), before)
    return "" if share <= SHARE else f"help picture {name} differs in {share:.1%}"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_steps_look_as_they_did(browser, publishing, width):  # noqa: F811
    client = publishing.client()
    slug = begin(client)
    name = cookie_name(publishing.office.desk)
    faults = []
    with serving(publishing.office.app) as address:
        options = {"viewport": {"width": width, "height": 800}, "base_url": address}
        page = browser.new_page(**options)
        page.clock.set_fixed_time(publishing.office.clock.now)
        value = client.get_cookie(name).value
        page.context.add_cookies([{"name": name, "value": value, "url": address}])

        def look(kind, path):
            page.goto(path)
            if width == max(WIDTHS) and kind in HELP:
                faults.append(help_fault(page, kind))
            page.evaluate(ZEROS)
            faults.append(judge(photograph(page), f"publishing-{kind}-{width}.png"))

        page.goto(f"/publishing/{slug}/list")
        look("begun", f"/publishing/{slug}/list")
        upload(client, slug)
        look("list", f"/publishing/{slug}/list")
        answer_first(client, slug)
        for step in ("text", "time", "send"):
            look(step, f"/publishing/{slug}/{step}")
        look("drafts", "/publishing/")
        look("todo", "/todo")
        page.close()
    assert [fault for fault in faults if fault] == []


FAQ = "content_faq"
CONTENT = {
    "content": "/content/",
    "content-text": f"/content/{ABOUT}/",
    "content-preview": f"/content/{ABOUT}/preview",
    "content-send": f"/publishing/{ABOUT}/send",
    "content-fields": f"/content/{SITE}/fields",
    "content-questions": f"/content/{FAQ}/questions/",
    "content-question": f"/content/{FAQ}/questions/new",
}
WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_the_content_look_as_they_did_and_serve_everybody(browser, publishing, width):  # noqa: F811
    """As pictures; by axe; at 320 pixels; and every field can be reached and seen by keyboard."""
    publishing.add(WRITER, Right.DRAFT)
    client = publishing.client(WRITER)
    for slug in (ABOUT, SITE, FAQ):
        post(client, f"/content/{slug}/begin")
    seen, text = (getattr(publishing.reviews.contents.read(ABOUT), n) for n in ("digest", "text"))
    post(client, f"/content/{ABOUT}/", {"seen": seen, "text": f"{text}\n新的一段。\n"})
    name, faults = cookie_name(publishing.office.desk), []
    value = client.get_cookie(name).value
    with serving(publishing.office.app) as address:
        page = browser.new_page(viewport={"width": width, "height": 800}, base_url=address)
        page.clock.set_fixed_time(publishing.office.clock.now)
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        for kind, path in CONTENT.items():
            page.goto(path)
            page.evaluate(ZEROS)
            faults.append(judge(photograph(page), f"publishing-{kind}-{width}.png"))
            if width == max(WIDTHS):
                faults += violations(page)
            else:
                page.set_viewport_size({"width": 320, "height": 640})
                over = page.evaluate(WIDE)
                faults.append(over > 0 and f"{kind} scrolls sideways by {over}")
                page.set_viewport_size({"width": width, "height": 800})
        page.goto(CONTENT["content-fields"])
        page.locator("input.input").first.focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "host"
        page.close()
    assert [fault for fault in faults if fault] == []
