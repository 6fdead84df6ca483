"""The site is usable by everybody: axe, zoom, keyboard, no script, forced colours, dark, print."""

import io
import re
import unicodedata
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from tests.browser.pages import MAIN, PAGES
from tests.showcase import NOW

pytestmark = pytest.mark.browser


def violations(page):
    """What axe-core finds on a page; it is asked for nothing else, which makes it quicker."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{v['id']}: {node['html'][:160]}: {node.get('failureSummary', '')}"
        for v in found
        for node in v["nodes"]
    ]


def violations_of(visitor, names, *size, **options):
    """Violations by page, for pages that are opened one after the other."""
    found = {}
    with visitor.page("/", *size, **options) as page:
        for name in names:
            page.goto(visitor.address + PAGES[name])
            found[name] = violations(page)
    return {name: faults for name, faults in found.items() if faults}


def test_axe_finds_nothing_and_nothing_comes_from_elsewhere(visitor):
    assert violations_of(visitor, PAGES) == {}
    assert {url for url in visitor.requests if not url.startswith(visitor.address)} == set()
    assert visitor.complaints == []


def test_axe_finds_nothing_on_a_phone_in_the_dark(visitor):
    assert violations_of(visitor, (*MAIN, "styleguide"), 375, 740, color_scheme="dark") == {}


@pytest.mark.parametrize("prefs", [{"contrast": "on"}, {"elder": "on"}], ids=str)
def test_axe_finds_nothing_with_the_readers_own_settings(visitor, prefs):
    assert violations_of(visitor, ("notice-open", "styleguide"), prefs=prefs) == {}


WIDER_SPACING = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
    const cut = [...document.querySelectorAll("body *")].filter((element) => {
        const own = "svg, .unseen, .skip, input, textarea, select";
        if (!element.offsetParent || element.closest(own)) return false;
        const style = getComputedStyle(element);
        return element.getBoundingClientRect().right > innerWidth + 1
            || (style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1)
            || (style.overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1);
    });
    return cut.map((element) => `${element.tagName}.${element.className}`);
}"""


def test_nothing_scrolls_sideways_at_320_pixels_which_is_400_per_cent(visitor):
    wide = {}
    with visitor.page("/", 320, 256) as page:
        for name, path in PAGES.items():
            page.goto(visitor.address + path)
            for elder in ("delete page.elder", "page.elder = 'on'"):
                over = page.evaluate(
                    f"""() => {{
                        const page = document.documentElement.dataset;
                        {elder};
                        return document.documentElement.scrollWidth - innerWidth;
                    }}"""
                )
                if over > 0:
                    wide[name, elder] = over
            # WCAG 2.2, 1.4.12: lines, letters, words and paragraphs wider apart, nothing cut off.
            cut = page.evaluate(WIDER_SPACING)
            if cut:
                wide[name, "spacing"] = cut
    assert wide == {}


def test_the_keyboard_alone_reaches_the_text_and_the_form(visitor):
    with visitor.page(PAGES["notice-open"]) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "跳到正文"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        seen = []
        for _ in range(60):
            page.keyboard.press("Tab")
            text = page.evaluate("document.activeElement.textContent.trim()")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", text
            seen.append(text)
            if text == "提出异议":
                break
        assert "提出异议" in seen


def test_an_answer_opens_by_the_keyboard(visitor):
    with visitor.page(PAGES["faq"]) as page:
        summary = page.locator("summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("details").first.get_attribute("open") is not None


def test_without_script_every_page_is_whole_and_offers_nothing_that_needs_one(visitor):
    with visitor.page("/", java_script_enabled=False) as page:
        for name, path in PAGES.items():
            page.goto(visitor.address + path)
            assert page.locator("h1").count() == 1, name
            assert page.locator("main").is_visible(), name
            for button in page.locator(".tools button").all():
                assert not button.is_visible(), name


def test_states_are_told_in_dates_where_no_script_can_correct_them(visitor):
    with visitor.page(PAGES["notice-open"], java_script_enabled=False) as page:
        assert page.locator(".window .tag").inner_text() == "公示至11月24日"
    with visitor.page(PAGES["notice-scheduled"], java_script_enabled=False) as page:
        assert page.locator(".window .tag").inner_text() == "11月24日起公示"


def test_a_page_that_was_kept_corrects_its_state(visitor):
    path = PAGES["notice-open"]
    for days, state, left, form in (
        (-5, "即将公示", "", False),
        (0, "公示中", "还有4个工作日", True),
        (2, "公示中", "还有2个工作日", True),
        (5, "公示中", "今天24:00截止", True),
        (6, "公示期满", "", False),
    ):
        with visitor.page(path, now=NOW + timedelta(days=days)) as page:
            for place in (".at-once", ".window"):
                assert page.locator(f"{place} [data-state-text]").inner_text() == state
                assert page.locator(f"{place} [data-left]").inner_text() == left
            assert page.get_by_role("link", name="提出异议", exact=True).is_visible() is form, days
            from_row = page.locator(".list a").first
            assert from_row.is_visible() is form, days


def test_a_script_counts_in_the_days_of_the_window(visitor):
    """Other awards count calendar days; the page says what its days are called."""
    with visitor.page(PAGES["notice-open"]) as page:
        page.route("**/*", other_days)
        page.reload()
        assert page.locator(".window [data-left]").inner_text() == "还有4天（法定节假日除外）"


def other_days(route):
    given = route.fetch()
    if "html" not in given.headers.get("content-type", ""):
        return route.fulfill(response=given)
    text = given.text()
    assert 'data-unit="个工作日"' in text
    days = 'data-unit="天（法定节假日除外）"'
    return route.fulfill(response=given, body=text.replace('data-unit="个工作日"', days))


KEPT = NOW + timedelta(days=21)
# What a page says as if it were today; without a script it must say it by a date, or not at all.
OF_TODAY = ("公示中", "还有", "今天", "正在公示", "即将公示")


def said(page):
    """What the text of a page says, without its title and the filters, which name every state."""
    around = [page.locator("h1").inner_text(), *page.locator(".facets").all_inner_texts()]
    text = page.locator("main").inner_text()
    for part in around:
        text = text.replace(part, "", 1)
    return text


def test_pages_kept_for_three_weeks_offer_no_closed_window(visitor):
    for name in ("home", "notices", "notices-open", "notices-scheduled"):
        with visitor.page(PAGES[name], now=KEPT) as page:
            for words in OF_TODAY:
                assert words not in said(page), (name, words)
            assert page.locator("[data-opens]").count() > 0, name
            for state in page.locator("[data-opens]").all():
                assert state.get_attribute("data-state") == "closed", name


def test_a_home_page_kept_for_three_weeks_tells_another_stage(visitor):
    with visitor.page("/", now=NOW) as page:
        assert page.locator(".edition h2", has_text="县（区）推荐名单公示").first.is_visible()
        assert page.locator(".steps .current").count() > 0
    with visitor.page("/", now=KEPT) as page:
        assert page.locator(".edition h2", has_text="均已期满").first.is_visible()
        assert page.get_by_text("县（区）推荐名单公示", exact=True).first.is_hidden()
        assert page.locator(".steps [aria-current]").count() == 0
        assert page.locator(".county[data-state=open]").count() == 0
        for until in page.locator(".todo li[data-opens]").all():
            assert until.inner_text().endswith("公示期已满")


def test_without_script_kept_pages_speak_in_dates(visitor):
    for name in ("home", "notices", "notices-open", "notices-scheduled"):
        with visitor.page(PAGES[name], java_script_enabled=False) as page:
            for words in OF_TODAY:
                assert words not in said(page), (name, words)
            for tag in page.locator("[data-state-text].tag-open").all():
                assert re.fullmatch(r"公示至\d+月\d+日", tag.inner_text()), name


def test_a_withdrawn_notice_stays_withdrawn(visitor):
    with visitor.page(PAGES["notice-withdrawn"], now=NOW - timedelta(days=8)) as page:
        assert page.locator(".window .tag").inner_text() == "已撤回"


def test_the_readers_settings_are_remembered_and_nothing_moves(visitor):
    with visitor.page(PAGES["notice-open"]) as page:
        page.get_by_role("button", name="大", exact=True).click()
        page.get_by_role("button", name="长者模式").click()
        assert page.locator("html").get_attribute("data-size") == "large"
        page.reload()
        assert page.locator("html").get_attribute("data-size") == "large"
        pressed = page.get_by_role("button", name="长者模式").get_attribute("aria-pressed")
        assert pressed == "true"


def test_in_forced_colours_states_keep_their_border(visitor):
    with visitor.page(PAGES["notice-open"], forced_colors="active") as page:
        style = page.evaluate(
            "getComputedStyle(document.querySelector('.tag-open')).borderTopStyle"
        )
        assert style == "solid"


def test_every_page_prints_with_its_address_and_without_its_tools(visitor):
    with visitor.page("/") as page:
        for name in ("home", "faq", "notice-open"):
            page.goto(visitor.address + PAGES[name])
            pages = PdfReader(io.BytesIO(page.pdf())).pages
            text = "".join(p.extract_text() for p in pages).replace("\n", "")
            text = unicodedata.normalize("NFKC", text)
            assert f"网址:https://portal.example{PAGES[name]}" in text
            assert "打印时间" in text, name
            assert "长者模式" not in text, name
