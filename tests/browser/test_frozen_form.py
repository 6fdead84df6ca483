"""The frozen form in a real browser: it fits the window of this moment, or says why not."""

import json
import re

import pytest

from portal.casework.identities import new_identity
from portal.intake.intake_options import IntakeLimits
from tests.browser.conftest import Visitor, serving
from tests.browser.test_aloud import with_voice
from tests.browser.test_everybody import violations
from tests.browser.test_objecting import confirm, fill, press
from tests.formkeys import published_side
from tests.publicside import CLOSES, OPEN, SLUG

pytestmark = pytest.mark.browser
FROZEN = f"/objections/{SLUG}/"
ENTRY = "平定县甲制造有限公司"


@pytest.fixture
def side(site_from, tmp_path):
    return published_side(site_from(), tmp_path / "state")


@pytest.fixture
def visitor(browser, side):
    app = side.app(
        limits=IntakeLimits(free_bytes=0, minimum_seconds=0),
        anonymous=frozenset({"*"}),
        tells=frozenset({"sms"}),
    )
    with serving(app) as address:
        yield Visitor(browser, address)


def receiver(page):
    """The office that the check page names; where it stands is the same in both ways."""
    row = page.locator("dl.answers > div").first
    assert row.locator("dt").inner_text() == "受理单位"
    return row.locator("dd").inner_text()


def test_from_an_old_link_to_the_receipt_and_back(visitor, side, tmp_path):
    with visitor.page(f"{FROZEN}new?entry={ENTRY}", 320, 800, now=OPEN) as page:
        page.wait_for_url(f"**{FROZEN}?entry=*")
        page.wait_for_selector("text=第1版", state="attached")
        assert page.get_by_label(ENTRY).is_checked()
        assert page.locator("[data-gate]").is_hidden()
        assert page.get_by_label("匿名").is_visible()
        assert page.locator("#notify-hint").inner_text().startswith("手机号码。")
        assert page.get_by_label("这件异议涉及受理单位").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(page) == []
        fill(page)
        page.locator("#phone").fill("13912345678")
        page.get_by_label("这件异议涉及受理单位").check()
        press(page, "下一步：核对")
        assert receiver(page) == side.catalogue.site.offices["city-office"].name
        page.go_back()
        page.get_by_label("这件异议涉及受理单位").uncheck()
        assert page.locator("#facts").input_value().startswith("产值数据")
        press(page, "下一步：核对")
        assert receiver(page) == side.catalogue.site.offices["pingding-office"].name
        confirm(page)
        assert "本网站（回执）" in page.inner_text("main")
    [objection] = side.objections()
    assert [entry.name for entry in objection.entries] == [ENTRY]
    assert visitor.complaints == []


def test_no_key_of_the_server_is_used_that_the_file_does_not_have(visitor, side):
    fresh = new_identity()[1]
    (side.root / f"keys/public/pingding-office/{SLUG}.pub").write_text(f"{fresh}\n")
    with visitor.page(FROZEN, now=OPEN) as page:
        page.wait_for_selector("h1:has-text('公钥与服务器的不同')")
        assert page.locator("form[data-begin]").count() == 0
        assert "其他渠道" in page.inner_text("main")
        page.get_by_role("link", name="用服务器现做的表单").click()
        assert "与签名的发布台账里登记的不同" in page.inner_text("main")
        assert "在您的设备上加密后再发送" in page.inner_text(".seal-way")
        assert violations(page) == []


def test_a_kept_page_says_calmly_that_it_is_over_revised_or_without_a_line(visitor, side):
    with visitor.page(FROZEN, now=OPEN) as page:
        page.wait_for_selector("text=第1版", state="attached")
        held = []
        page.route("**/begin", lambda route: held.append(route) or route.abort())
        page.reload()
        page.wait_for_selector("[data-gate] >> text=没有连上服务器")
        fill(page)
        page.unroute("**/begin")
        press(page, "再试一次")
        page.wait_for_selector("text=第1版", state="attached")
        assert page.locator("#name").input_value() == "钱七"
        assert held

        def revised(route):
            told = route.fetch().json() | {"revision": 2}
            route.fulfill(body=json.dumps(told), content_type="application/json")

        page.route("**/begin", revised)
        page.reload()
        page.wait_for_selector("h1:has-text('名单已经修订')")
        page.unroute("**/begin")
        body = page.request.get(visitor.address + FROZEN).text()
        side.clock.now = CLOSES
        page.route(f"**{FROZEN}", lambda route: route.fulfill(body=body, content_type="text/html"))
        page.reload()
        page.wait_for_selector("h1:has-text('现在不能在线提交')")
        assert "公示期已经届满" in page.inner_text("main")


def answering(page, told):
    page.unroute("**/begin")
    body = json.dumps(told)
    page.route("**/begin", lambda route: route.fulfill(body=body, content_type="application/json"))


def test_no_answer_of_the_server_leads_to_unsealed_sending_or_to_another_office(visitor, side):
    with visitor.page(FROZEN, now=OPEN) as page:
        page.wait_for_selector("text=第1版", state="attached")
        real = page.request.get(f"{visitor.address}{FROZEN}begin").json()
        odd = [None, [], 5, "open", {}, {"state": "closed"}, real | {"tells": ["fax"]}]
        odd += [real | {"first": "nobody", "keys": {}}, real | {"above": "nobody"}]
        odd += [{k: v for k, v in real.items() if k != name} for name in real]
        odd += [real | {name: value} for name in real for value in (None, [None])]
        answering(page, None)
        page.reload()
        for told in odd:
            page.wait_for_selector("[data-gate] >> text=服务器的回答不完整")
            answering(page, told)
            page.evaluate("document.querySelector('[data-gate] [role=alert]').textContent = ''")
            press(page, "再试一次")
        page.wait_for_selector("[data-gate] >> text=服务器的回答不完整")
        fill(page)
        page.locator("#phone").fill("13912345678")
        press(page, "下一步：核对")
        assert receiver(page) == side.catalogue.site.offices["pingding-office"].name
        press(page, "确认提交")
        page.wait_for_selector(".error-summary >> text=服务器的回答不完整")
        assert page.get_by_role("button", name="改由服务器加密").count() == 0
        press(page, "返回修改")
        page.evaluate("document.querySelector('[name=csrf_token]').remove()")
        answering(page, real)
        press(page, "再试一次")
        page.wait_for_selector("[data-gate] >> text=网页的程序出错")
        assert "在您的设备上加密后再发送" in page.inner_text(".seal-way"), "our fault: no other way"
        first, above = real["first"], real["above"]
        for routes in ({"first": above, "above": first}, {"above": first}, {"first": above}):
            answering(page, real | routes)
            page.reload()
            page.wait_for_selector("h1:has-text('受理单位与服务器的不同')")
            assert page.locator("form[data-begin]").count() == 0
            assert "其他渠道" in page.inner_text("main")
    assert side.objections() == []


def test_without_script_it_leads_to_the_form_that_the_server_seals(visitor, side):
    with visitor.page(FROZEN, now=OPEN, java_script_enabled=False) as page:
        page.get_by_role("link", name="由服务器加密的表单").click()
        assert re.search(r"/new\?way=server$", page.url)
        assert "由服务器收到后立即加密" in page.inner_text(".seal-way")
        fill(page)
        page.locator("#phone").fill("13912345678")
        press(page, "下一步：核对")
        assert receiver(page) == side.catalogue.site.offices["pingding-office"].name
        confirm(page)
    assert len(side.objections()) == 1


def test_a_browser_whose_trial_fails_asks_and_sends_nothing_before(visitor, side):
    posted = []
    with visitor.page("/about/", 375, 740, now=OPEN) as page:
        page.add_init_script("ReadableStream.prototype.getReader = () => { throw new Error(); }")
        page.on("request", lambda request: posted.append(request.method == "POST"))
        page.goto(f"{visitor.address}{FROZEN}")
        page.wait_for_selector(".seal-way >> text=没能在您的设备上加密")
        assert violations(page) == []
        fill(page)
        page.locator("#phone").fill("13912345678")
        press(page, "下一步：核对")
        press(page, "确认提交")
        page.wait_for_selector(".error-summary >> text=没能在您的设备上加密")
        assert not any(posted)
        assert page.get_by_role("button", name="再次发送").count() == 0
        press(page, "返回修改")
        press(page, "改由服务器加密")
        assert "由服务器收到后立即加密。按您的选择" in page.inner_text(".seal-way").replace(" ", "")
        assert "没能" not in page.inner_text(".seal-way")
        press(page, "下一步：核对")
        confirm(page)
    assert len(side.objections()) == 1


def test_what_reads_aloud_runs_only_as_the_page_names_it(visitor):
    with visitor.page("/about/", now=OPEN) as page:
        other = "document.title = '别的程序'"
        page.route(
            "**/static/aloud.*.js",
            lambda route: route.fulfill(body=other, content_type="text/javascript"),
        )
        with_voice(page, visitor.address, FROZEN)
        refused = "e => { if (e.target.src) document.body.dataset.refused = e.target.src; }"
        page.evaluate(f"addEventListener('error', {refused}, true)")
        page.get_by_role("button", name="朗读", exact=True).click()
        page.wait_for_selector("body[data-refused*='/aloud.']")
        assert page.title() != "别的程序"
        page.unroute("**/static/aloud.*.js")
        page.reload()
        page.get_by_role("button", name="朗读", exact=True).click()
        page.get_by_role("region", name="朗读").wait_for()


def hostile(page, address, more):
    """The page as a server would send it that writes `more` into its form, and claims as before."""
    body = page.request.get(address).text()
    begins, rest = body.split('<form method="post"', 1)
    traits, rest = rest.split(">", 1)
    begins = begins.replace("由服务器收到后立即加密。", "在您的设备上加密后再发送。")
    said = begins + '<form method="post"' + traits.replace(" hidden", "") + ">" + more + rest
    page.route(
        f"**{page.evaluate('location.pathname')}*",
        lambda route: (
            route.fulfill(body=said, content_type="text/html")
            if route.request.method == "GET"
            else route.continue_()
        ),
    )
    page.reload()


def test_a_script_that_a_control_has_stopped_lets_nothing_go_unsealed(visitor):
    more = '<input type="hidden" name="dataset" value="">'
    for path, control in ((f"{FROZEN}new?way=page", "#facts"), ("/objections/status", "#code")):
        with visitor.page(path, now=OPEN) as page:
            hostile(page, visitor.address + path, more)
            sent, said = [], []
            page.on("request", lambda one, sent=sent: sent.append(one.post_data or ""))
            page.on("dialog", lambda one, said=said: (said.append(one.message), one.accept()))
            page.locator(control).fill("ABCDE-ABCDE-ABCDE-ABCDE-ABCDE")
            page.locator("main form button").last.click()
            page.wait_for_timeout(300)
            assert not any("ABCDE" in one for one in sent)
            assert said == [] or "程序出错" in said[0]


def test_another_s_style_sheet_is_not_taken_and_no_font_is_asked_for(visitor):
    asked = []

    def other(route):
        asked.append(route.request.url)
        face = "@font-face{font-family:k;src:url(/static/k.woff2)}*{font-family:k!important}"
        route.fulfill(body=route.fetch().text() + face, content_type="text/css")

    with visitor.page(FROZEN, now=OPEN) as page:
        page.route("**/site.*.css", other)
        page.route("**/k.woff2", lambda route: asked.append("a font") or route.abort())
        page.reload()
        page.wait_for_selector("text=第1版", state="attached")
        rules = "[...document.styleSheets].map((one) => one.href).join()"
        assert "/forms." in page.evaluate(rules)
        assert "/site." not in page.evaluate(rules)
        # Neither does the page's own policy let one in, whatever the server's header says.
        page.evaluate("document.fonts.load('1px k')")
        page.evaluate("new FontFace('k', 'url(/static/k.woff2)').load().catch(() => 0)")
        assert "a font" not in asked
        assert asked
