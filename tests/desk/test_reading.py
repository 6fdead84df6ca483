"""The desk read by axe, on a wide screen and on a narrow one in the dark, and used by keyboard."""

import pytest
from playwright.sync_api import sync_playwright

from portal.desk.entry.late_forms import cookie_name
from tests.browser.conftest import CHROMIUM, FLAGS, serving
from tests.browser.test_everybody import violations
from tests.casedesk import AUDITOR, PINGDING
from tests.desk.conftest import post

pytestmark = pytest.mark.browser


@pytest.fixture
def served(office):
    """The desk on a free local port, with a case that has files, questions and answers."""
    citizen = office.cases.arrive(
        files=[("程序.pdf", b"MZ\x90"), ("照片.jpg", b"\xff\xd8\xff\xd9")]
    )
    client = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    for path in ("step/accept", "step/examine"):
        post(client, page + path)
    post(client, f"{page}ask", {"ask-text": "请说明出处。"})
    office.cases.follow_up(citizen, files=[("说明.pdf", b"%PDF-1.4")])
    office.cases.collect()
    post(client, f"{page}open")
    with serving(office.app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield office, address, browser, client, page
        browser.close()


def visit(browser, address, desk, client, **options):
    """A browser page that is signed in as the test client is."""
    page = browser.new_context(locale="zh-CN", **options).new_page()
    become(page, address, desk, client)
    return page


def become(page, address, desk, client):
    """Go on as another: a context of its own would start, and warm, another process."""
    page.context.clear_cookies()
    value = client.get_cookie(cookie_name(desk)).value
    page.context.add_cookies([{"name": cookie_name(desk), "value": value, "url": address}])


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (375, "dark")], ids=["wide", "narrow and dark"]
)
def test_axe_finds_nothing_and_nothing_sticks_out(served, width, scheme):
    office, address, browser, client, case = served
    found, wide = {}, []
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = visit(browser, address, office.desk, client, **options)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in (
        "/todo",
        "/publishing/",
        "/help",
        "/calendar/",
        "/inbox/",
        case,
        "/enter",
        "/figures",
        "/exports/",
        "/password",
    ):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found[path] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    become(page, address, office.desk, office.sign_in(AUDITOR))
    for path in ("/audit", "/staff"):
        assert page.goto(address + path).status == 200
        found[path] = violations(page)
    assert complaints == []
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="登录").click()  # is refused, which the console tells
    found["/sign-in"] = violations(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert wide == []


def test_a_reply_is_written_and_sent_by_keyboard_alone(served):
    office, address, browser, client, case = served
    page = visit(browser, address, office.desk, client)
    page.goto(address + case)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "答复异议人":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("经核查，情况属实。")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("li.item-ours >> text=经核查，情况属实。")
