"""Every kind of page looks as it did: golden pictures, compared with a tolerance.

The pictures show a small fixed site, in fonts that the set-up installs, so that only a change of
templates, styles or the browser can change them. They are kept in grey at half size. After a
wanted change, look at the new ones and accept them all with

    ACCEPT_PICTURES=1 .venv/bin/python -m pytest tests/browser/test_pictures.py
"""

import pytest

from portal.desk.entry.late_forms import cookie_name
from portal.intake.intake_options import IntakeLimits
from tests.browser.conftest import serving
from tests.browser.pictures import WIDTHS, ZEROS, camera, judge, photograph
from tests.casedesk import PINGDING as OFFICER
from tests.casedesk import migrated_sqlite, sqlite_register  # noqa: F401
from tests.desk.conftest import make_office, post
from tests.publicside import CLOSES, OPEN, PDF, SLUG, public_side
from tests.showcase import ROOT, site_app
from tests.site.test_states import CORRECTION, WITHDRAWAL, at
from tests.sites import COUNTY_NOTICE, MINIMAL, PINGDING, YUXIAN, SiteTree

pytestmark = pytest.mark.browser
# A tablet's width is shown in the dark: one picture more a page tells of both.
VIEWS = (*WIDTHS, "768-dark")
NOON = at(12, 8)
# The self-check is the real one: its words are the policy text's, which does not change.
CHECK = (ROOT / "content" / "self-check.yml").read_text(encoding="utf-8")
LATER = COUNTY_NOTICE.format(slug="later-list", county="pingding", name="平定县补充").replace(
    "opens: 2021-12-06", "opens: 2021-12-31"
)
DECISION = """
-- notices/decision/notice.md --
---
title: 关于表彰第三届质量奖获奖组织和个人的决定
kind: decision
edition: third
issuer: pingding-office
published: 2021-12-07T09:00:00+08:00
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
现决定予以表彰。
-- notices/decision/list.csv --
奖项,类别,名称,统一社会信用代码,县区,工作单位,职务
质量奖,组织,平定县甲制造有限公司,,平定县,,
提名奖,专家学者,赵六,,盂县,盂县研究所,研究员
"""
SITE = (
    PINGDING
    + YUXIAN
    + LATER
    + CORRECTION
    + WITHDRAWAL.replace("pingding-list", "yuxian-list")
    + f"-- content/self-check.yml --\n{CHECK}"
)
PAGES = {
    "home": "/",
    "guide": "/guide/",
    "guide-part": "/guide/conditions/",
    "faq": "/faq/",
    "downloads": "/downloads/",
    "check": "/check/",
    "check-question": "/check/organization/scope/",
    "check-good": "/check/organization/result/pass/",
    "check-stop": "/check/organization/result/barred/",
    "notices": "/notices/",
    "notices-empty": "/notices/kind/decision/",
    "notice": "/notices/pingding-list/",
    "notice-scheduled": "/notices/later-list/",
    "notice-withdrawn": "/notices/yuxian-list/",
    "correction": "/notices/fix/",
    "winners": "/winners/",
    "winners-none": "/winners/third/",
    "data": "/data/",
    "press": "/press/",
    "prose": "/about/",
    "search": "/search/",
    "not-found": "/404.html",
    "stopped": "/503.html",
    "styleguide": "/styleguide/",
}
# The same site when the windows are over and the award is given.
AFTERWARDS = {
    "home-decided": "/",
    "notice-closed": "/notices/pingding-list/",
    "winners-edition": "/winners/third/",
    "winners-figures": "/winners/",
    "traces": "/winners/third/traces/",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with camera(tmp_path_factory.mktemp("camera")) as opened:
        yield opened


def opened_site(browser, folder, text, now):
    """The site at an instant, and an open page for each width."""
    (folder / "notices").mkdir()
    app = site_app(SiteTree(folder).write(MINIMAL).write(text).catalogue(), now, development=True)
    with serving(app) as address:
        found = {view: open_page(browser, address, view, now) for view in VIEWS}
        yield found
        for page in found.values():
            page.close()


def open_page(browser, address, view, now):
    width, _, scheme = str(view).partition("-")
    page = browser.new_page(
        viewport={"width": int(width), "height": 800},
        base_url=address,
        color_scheme=scheme or "light",
    )
    page.clock.set_fixed_time(now)
    return page


@pytest.fixture(scope="module")
def pages(browser, tmp_path_factory):
    yield from opened_site(browser, tmp_path_factory.mktemp("pictures"), SITE, NOON)


@pytest.fixture(scope="module")
def later_pages(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("later")
    yield from opened_site(browser, folder, SITE + DECISION, at(12, 20))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_looks_as_it_did(pages, name, view):
    pages[view].goto(PAGES[name])
    assert judge(photograph(pages[view]), f"{name}-{view}.png") == ""


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", AFTERWARDS)
def test_the_page_looks_as_it_did_afterwards(later_pages, name, view):
    later_pages[view].goto(AFTERWARDS[name])
    assert judge(photograph(later_pages[view]), f"{name}-{view}.png") == ""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_objection_looks_as_it_did(browser, site_from, tmp_path, width):
    side = public_side(site_from(), tmp_path / "state")
    app = side.app(limits=IntakeLimits(free_bytes=0, minimum_seconds=0))
    object.__setattr__(app.extensions["portal.intake"], "pause", lambda _: None)
    faults = []

    def take(name):
        page.evaluate(ZEROS)
        faults.append(judge(photograph(page), f"objection-{name}-{width}.png"))

    def press(name):
        page.get_by_role("button", name=name, exact=True).click()

    with serving(app) as address:
        page = open_page(browser, address, width, OPEN)
        page.goto(f"/objections/{SLUG}/new")
        take("form")
        page.get_by_label("单位", exact=True).check()
        press("下一步：核对")
        take("errors")
        page.get_by_label("平定县甲制造有限公司").check()
        page.get_by_label("材料不实").check()
        page.get_by_label("个人", exact=True).check()
        page.locator("#name").fill("钱七")
        page.locator("#phone").fill("13912345678")
        page.locator("#facts").fill("产值数据与统计公报不一致，见附件。")
        page.locator("#files").set_input_files(
            [{"name": "公报.pdf", "mimeType": "application/pdf", "buffer": PDF * 2000}]
        )
        press("下一步：核对")
        page.wait_for_selector("text=还没有提交")
        take("check")
        press("确认提交")
        code = page.locator("#receipt-code").inner_text()
        page.wait_for_selector("text=保存为图片")
        take("receipt")
        page.goto("/objections/status")
        take("status")
        page.locator("#code").fill(code)
        press("查询")
        page.wait_for_selector("text=办理经过")
        take("case")
        side.clock.now = CLOSES
        page.goto(f"/objections/{SLUG}/new")
        take("closed")
        page.close()
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_desk_looks_as_it_did(browser, sqlite_register, tmp_path, width):  # noqa: F811
    office = make_office(tmp_path, str(sqlite_register.engine.url))
    files = [("照片.jpg", b"\xff\xd8\xff\xd9"), ("表.docx", b"PK\x03\x04 broken")]
    citizen = office.cases.arrive(files=files)
    client = office.opened(OFFICER, citizen)
    case = f"/cases/{citizen.number}/"
    for path in ("step/accept", "step/examine"):
        post(client, case + path)
    post(client, f"{case}ask", {"ask-text": "请说明出处。"})
    name = cookie_name(office.desk)
    faults = []
    with serving(office.app) as address:
        page = open_page(browser, address, width, office.clock.now)
        page.goto("/sign-in")
        faults.append(judge(photograph(page), f"desk-sign-in-{width}.png"))
        value = client.get_cookie(name).value
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        for kind, path in (("inbox", "/inbox/"), ("case", case), ("figures", "/figures")):
            page.goto(path)
            page.evaluate(ZEROS)
            faults.append(judge(photograph(page), f"desk-{kind}-{width}.png"))
        page.close()
    office.desk.close()
    assert [fault for fault in faults if fault] == []
