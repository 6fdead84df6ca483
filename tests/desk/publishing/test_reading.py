"""The pages of 公告编发 read by axe, narrow and in the dark; nothing sticks out at 320 pixels."""

import pytest
from playwright.sync_api import sync_playwright

from portal.casework.people import Person, Right, Role
from portal.desk.entry.late_forms import cookie_name
from tests.browser.conftest import CHROMIUM, FLAGS, serving
from tests.browser.test_everybody import violations
from tests.desk.conftest import post
from tests.desk.publishing.conftest import DRAFTER, PAST, begin, upload

pytestmark = pytest.mark.browser
CITY = Person("jing.city", "经丁", Role.CITY, "city-office")


def test_every_step_reads_well_on_a_phone_in_the_dark(publishing):
    publishing.tree.write(PAST).record()
    publishing.add(CITY, Right.DRAFT, Right.SIGN_OFF)
    client = publishing.client(CITY)
    slug = begin(client)
    upload(client, slug)
    second = post(client, "/publishing/new", {"edition": "third", "kind": "city-publicity"})
    city = second.location.split("/")[2]
    paths = [f"/publishing/{slug}/{step}" for step in ("", "list", "list?edit=1", "text", "time")]
    paths += [f"/publishing/{slug}/send", f"/publishing/{slug}/preview", "/publishing/new"]
    paths += [f"/publishing/{city}/list/choose", "/published/pingding-list/"]
    paths += ["/published/pingding-list/redact", "/staff", f"/staff/{DRAFTER.username}/rights"]
    about = "content_pages_about"
    assert post(client, f"/content/{about}/begin").status_code == 302
    publishing.reviews.contents.save(
        about, publishing.reviews.contents.read(about).digest, "---\ntitle: 关于\n---\n新的。\n"
    )
    paths += ["/content/", f"/content/{about}/", f"/content/{about}/preview"]
    paths += [f"/publishing/{about}/send"]
    assert post(client, "/content/content_faq/begin").status_code == 302
    faq = "/content/content_faq/questions"
    paths += [f"{faq}/", f"{faq}/new"]
    found, wide = {}, []
    with serving(publishing.office.app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        options = {"viewport": {"width": 320, "height": 800}, "color_scheme": "dark"}
        context = browser.new_context(locale="zh-CN", **options)
        name = cookie_name(publishing.office.desk)
        value = client.get_cookie(name).value
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        for path in paths:
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            found[path] = violations(page)
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                wide.append(path)
        browser.close()
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert wide == []
