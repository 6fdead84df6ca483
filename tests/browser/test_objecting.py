"""Objecting in a real browser: without script, by keyboard alone, on a phone, read by axe."""

from contextlib import contextmanager

import pytest

from portal.intake.intake_options import IntakeLimits
from tests.browser.conftest import Visitor, serving
from tests.browser.test_everybody import violations
from tests.publicside import CLOSES, OPEN, PDF, SLUG, public_side

pytestmark = pytest.mark.browser
FORM = f"/objections/{SLUG}/new"
FILE = {"name": "公报.pdf", "mimeType": "application/pdf", "buffer": PDF * 2000}


@pytest.fixture
def side(site_from, tmp_path):
    return public_side(site_from(), tmp_path / "state")


@pytest.fixture
def visitor(browser, side):
    app = side.app(limits=IntakeLimits(free_bytes=0, minimum_seconds=0))
    object.__setattr__(app.extensions["portal.intake"], "pause", lambda _: None)
    with serving(app) as address:
        yield Visitor(browser, address)


def fill(page, entry="平定县甲制造有限公司"):
    page.get_by_label(entry).check()
    page.get_by_label("材料不实").check()
    page.get_by_label("个人", exact=True).check()
    page.locator("#name").fill("钱七")
    page.locator("#facts").fill("产值数据与统计公报不一致，见附件。")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def confirm(page, sign="#receipt-code"):
    """Send, and wait for what comes: with script the page seals first."""
    press(page, "确认提交")
    page.wait_for_selector(sign)


@contextmanager
def objecting(visitor, *sizes, **options):
    with visitor.page(FORM, *sizes, now=OPEN, **options) as page:
        yield page


def test_the_whole_way_works_without_script(visitor, side):
    with objecting(visitor, java_script_enabled=False) as page:
        fill(page)
        page.locator("#files").set_input_files([FILE])
        press(page, "下一步：核对")
        assert page.locator(".error-summary").is_visible()
        page.get_by_role("link", name="请填写联系电话").click()
        assert page.url.endswith("#phone")
        page.locator("#phone").fill("13912345678")
        press(page, "下一步：核对")
        assert "公报.pdf（" in page.inner_text("main")
        page.go_back()
        assert page.locator("#facts").input_value().startswith("产值数据")
        page.go_forward()
        press(page, "返回修改")
        assert page.locator("#facts").input_value().startswith("产值数据")
        press(page, "下一步：核对")
        press(page, "确认提交")
        code = page.locator("#receipt-code").inner_text()
        page.get_by_role("link", name="“查询异议办理”").click()
        page.locator("#code").fill(code.lower().replace("-", " "))
        press(page, "查询")
        assert "已收到" in page.inner_text("main")
        page.locator("#text").fill("补充说明。")
        press(page, "提交补充材料")
        assert "补充材料：已经收到" in page.inner_text("main")
        with page.expect_download() as download:
            page.goto(visitor.address + FORM)
            download_receipt(page)
        assert download.value.suggested_filename.startswith("YY2021")
    assert len(side.objections()) == 2
    assert len(side.messages()) == 1


def download_receipt(page):
    fill(page)
    page.locator("#phone").fill("13912345678")
    press(page, "下一步：核对")
    press(page, "确认提交")
    press(page, "下载回执")


def tab_to(page, selector):
    """Go on with the Tab key until a control has the focus, which must be seen."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} has the focus and does not show it"
            return
    pytest.fail(f"{selector} is not reached by the keyboard")


def test_the_form_is_filled_in_by_keyboard_alone(visitor, side):
    with objecting(visitor) as page:
        tab_to(page, "#entries-0")
        page.keyboard.press("Space")
        tab_to(page, "#grounds-2")
        page.keyboard.press("Space")
        tab_to(page, "input[name=kind]")
        page.keyboard.press("Space")
        tab_to(page, "#name")
        page.keyboard.insert_text("钱七")
        tab_to(page, "#facts")
        page.keyboard.insert_text("产值数据与统计公报不一致，见附件。")
        tab_to(page, "button[value=check]")
        page.keyboard.press("Enter")
        page.wait_for_selector(".error-summary")
        assert page.evaluate("document.activeElement.className") == "error-summary"
        tab_to(page, ".error-summary a")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "phone"
        page.keyboard.insert_text("13912345678")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=还没有提交")
        tab_to(page, "button[value=send]")
        page.keyboard.press("Enter")
        page.wait_for_selector("#receipt-code")
    [objection] = side.objections()
    assert objection.objector.phone == "13912345678"


def test_only_the_part_that_fits_is_shown_and_the_counter_counts(visitor):
    with objecting(visitor) as page:
        assert not page.locator("#unit").is_visible()
        assert not page.locator("#name").is_visible()
        page.get_by_label("单位", exact=True).check()
        assert page.locator("#unit").is_visible()
        page.get_by_label("个人", exact=True).check()
        assert not page.locator("#unit").is_visible()
        page.locator("#facts").fill("一二三")
        assert page.locator("[data-counter=facts]").inner_text() == "还可输入4997字"


@pytest.mark.parametrize(
    ("width", "options"),
    [(1280, {}), (375, {"color_scheme": "dark"})],
    ids=["desk", "phone"],
)
def test_axe_finds_nothing_on_any_page_of_the_way(visitor, side, width, options):
    found = {}
    with objecting(visitor, width, 740, **options) as page:
        found["form"] = violations(page)
        page.get_by_label("单位", exact=True).check()
        press(page, "下一步：核对")
        found["errors"] = violations(page)
        fill(page)
        page.locator("#phone").fill("13912345678")
        page.locator("#files").set_input_files([FILE])
        press(page, "下一步：核对")
        found["check"] = violations(page)
        press(page, "返回修改")
        found["back"] = violations(page)
        press(page, "下一步：核对")
        confirm(page)
        found["receipt"] = violations(page)
        code = page.locator("#receipt-code").inner_text()
        page.goto(visitor.address + "/objections/status")
        found["status"] = violations(page)
        press(page, "查询")
        page.wait_for_selector(".error-summary")
        found["wrong code"] = violations(page)
        page.locator("#code").fill(code)
        press(page, "查询")
        page.wait_for_selector("text=办理经过")
        found["case"] = violations(page)
        side.clock.now = CLOSES
        page.goto(visitor.address + FORM)
        found["closed"] = violations(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert {url for url in visitor.requests if not url.startswith(visitor.address)} == set()
    assert [text for text in visitor.complaints if "422" not in text] == []


def test_nothing_scrolls_sideways_at_320_pixels(visitor):
    with objecting(visitor, 320, 480) as page:
        page.get_by_label("单位", exact=True).check()
        press(page, "下一步：核对")
        over = "document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(over) <= 0
        fill(page)
        page.locator("#phone").fill("13912345678")
        press(page, "下一步：核对")
        assert page.evaluate(over) <= 0
        confirm(page)
        assert page.evaluate(over) <= 0


def test_work_is_proved_in_the_browser_under_the_strict_policy(browser, side):
    limits = IntakeLimits(free_bytes=0, minimum_seconds=0, submissions_per_address=1)
    with serving(side.app(limits=limits)) as address:
        visitor = Visitor(browser, address)
        with objecting(visitor) as page:
            for sign in ("#receipt-code", "text=达到了上限"):
                page.goto(address + FORM)
                fill(page)
                page.locator("#phone").fill("13912345678")
                press(page, "下一步：核对")
                confirm(page, sign)
            assert violations(page) == []
            press(page, "验证并提交")
            page.wait_for_selector("#receipt-code", timeout=60_000)
        assert [text for text in visitor.complaints if "429" not in text] == []
    assert len(side.objections()) == 2
