"""The whole round after a county's list: extension, revision, correction, withdrawal, a page of the
site; then the city's list chosen from the closed ones, the result of its publicity, the winners.

Three officers in a real browser, by the clock that the desk is given: it is turned on to the next
minute of publication and over the windows. The job is the whole one, as a timer beside the desk
runs it (`portal publications --run`), by the same clock; that the desk starts it as a process of
its own is shown in test_publishing_journey.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.casework.holds import export_holds
from portal.casework.people import Person, Right, Role
from portal.casework.register import Register
from portal.cli.publications_command import job_of
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.config.publishing_settings import PublishingSettings
from portal.content.loader import load
from portal.domain.workdays import SHANGHAI
from portal.ledger.ledger_lines import read_ledger
from tests.browser.conftest import CHROMIUM, FLAGS, serving
from tests.desk.conftest import (
    make_office,
    migrated_sqlite,  # noqa: F401 - fixtures
    sqlite_register,  # noqa: F401
)
from tests.desk.publishing.conftest import CHECKS, REVIEWER, SIGNER, Publishing
from tests.editing import write_key
from tests.recording import KEY
from tests.sites import PINGDING, YUXIAN

pytestmark = pytest.mark.browser
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
DRAFTER = Person("jing.city", "经丁", Role.CITY, "city-office")
RIGHTS = {DRAFTER: Right.DRAFT, REVIEWER: Right.REVIEW, SIGNER: Right.SIGN_OFF}
CLOSED = PINGDING.replace("2021-12-06", "2026-02-02")
RUNNING = YUXIAN.replace("2021-12-06", "2026-02-27")
CALL = """
-- notices/call/notice.md --
---
title: 关于申报第三届质量奖的通知
kind: call
edition: third
issuer: city-office
published: 2026-01-05T08:30:00+08:00
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
请各单位申报。
"""


@dataclass
class Round:
    """A desk, its three people at browsers, and the job."""

    desk: Publishing
    address: str
    browser: Browser
    run: Callable[[], list[str]]
    pages: dict[Person, Page] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def begin_day(self, at: datetime, *, script: bool = True) -> None:
        """Turn the clock, export what objections hold back, and have all three sign in."""
        clock = self.desk.office.clock
        clock.now = max(at, clock.now)
        export_holds(self.desk.office.desk.room, clock())
        for person in RIGHTS:
            page = self._page_of(person, script=script)
            page.goto(f"{self.address}/sign-in")
            page.get_by_label("用户名").fill(person.username)
            page.get_by_label("密码").fill(self.desk.office.credentials[person.username].password)
            page.get_by_label("动态口令").fill(self._code(person))
            click(page, "登录")
            assert "今天要办的事" in page.content()

    def _page_of(self, person: Person, *, script: bool) -> Page:
        """The person's browser page, signed out; another context where its kind is another."""
        if person in self.pages and script:
            self.pages[person].context.clear_cookies()
            return self.pages[person]
        options = {"locale": "zh-CN", "java_script_enabled": script}
        context: BrowserContext = self.browser.new_context(**options)
        page = self.pages[person] = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _code(self, person: Person) -> str:
        """A code is good once: the next one comes after half a minute."""
        self.desk.office.clock.on(seconds=31)
        return self.desk.office.code(person.username)

    def go(self, path: str, person: Person = DRAFTER) -> Page:
        self.pages[person].goto(self.address + path)
        return self.pages[person]

    def act_on(self, slug: str, act: str, reason: str) -> str:
        """Begin an act on a published notice; gives the draft's slug."""
        page = self.go(f"/published/{slug}/")
        card = page.locator(f"details:has(summary strong:text-is('{act}'))")
        card.locator("summary").click()
        card.locator("textarea").fill(reason)
        click(page, f"开始{act}")
        assert "/publishing/" in page.url, page.inner_text("main")
        return page.url.split("/")[4]

    def approve(self, slug: str) -> None:
        """Send in, pass and sign off, each by a person of its own."""
        path = f"/publishing/{slug}/send"
        page = self.go(path)
        click(page, "送审")
        assert "待审核" in page.content(), page.inner_text("body")
        page = self.go(path, REVIEWER)
        for box in page.locator("input[name=check]").all():
            box.check()
        click(page, "审核通过")
        page = self.go(path, SIGNER)
        page.get_by_label("动态口令").fill(self._code(SIGNER))
        click(page, "签发")
        assert page.url.endswith("/run"), page.inner_text("main")

    def publish(self, *slugs: str) -> None:
        """Approve all, and let the minute come at which they go up."""
        for slug in slugs:
            self.approve(slug)
        self.desk.office.clock.on(minutes=1)
        assert self.run() == []
        for slug in slugs:
            assert "已经发布" in self.go(f"/publishing/{slug}/run", SIGNER).inner_text("main")


def click(page: Page, name: str) -> None:
    """Click on a button that leads to a page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


@pytest.fixture
def desk(sqlite_register, site_from, tmp_path, monkeypatch):  # noqa: F811
    """The desk on a Monday of March, with one county's window closed and one running."""
    tree = site_from(CHECKS + CLOSED + RUNNING + CALL).record()
    shutil.copytree("content/texts", tree.root / "content" / "texts", dirs_exist_ok=True)
    url, state = str(sqlite_register.engine.url), tmp_path / "state"
    for name, value in {
        "PORTAL_CONTENT": tree.content[0],
        "PORTAL_NOTICES": tree.notices[0],
        "PORTAL_STATE": state,
        "PORTAL_BUILD": tmp_path / "build",
        "PORTAL_DESK_DATABASE": url,
        "PORTAL_KEYS": tmp_path / "keys",
    }.items():
        monkeypatch.setenv(name, str(value))
    published = lambda: load(tree.content, tree.notices)  # noqa: E731
    paths = Paths(tuple(tree.content), tuple(tree.notices), state)
    office = make_office(tmp_path, url, published=published, paths=paths, now=MONDAY)
    made = Publishing(office, tree)
    for person, right in RIGHTS.items():
        made.add(person, right)
    yield made
    office.desk.close()


def timer(desk: Publishing, key: Path) -> Callable[[], list[str]]:
    """What a timer beside the desk runs, by the desk's clock: put together anew each time."""
    write_key(key)

    def run() -> list[str]:
        register = Register(str(desk.office.desk.room.register.engine.url))
        try:
            job = job_of(DeskSettings(), PublishingSettings(key=str(key)), register)
            return replace(job, key=KEY, clock=desk.office.clock).run()
        finally:
            register.close()

    return run


def test_a_round_is_walked_to_its_winners(desk, tmp_path):
    with serving(desk.office.app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        walk = Round(desk, address, browser, timer(desk, tmp_path / "ledger" / "key.pem"))
        walk.begin_day(MONDAY)
        changed = _change_what_is_published(walk)
        walk.begin_day(MONDAY + timedelta(days=8))
        city = _choose_the_city_s_list(walk)
        walk.begin_day(MONDAY + timedelta(days=21), script=False)
        result, winners = _end_the_round(walk, city)
        assert walk.complaints == []
        browser.close()
    built = tmp_path / "build"
    page = lambda path: (built / path / "index.html").read_text(encoding="utf-8")  # noqa: E731
    assert "延长1个工作日" in page("notices/yuxian-list")
    assert "说明改正了" in page("notices/pingding-list")
    assert "单位名称有误" in page(f"notices/{changed['更正']}")
    assert "【已撤回】" in page("notices/call")
    assert "在工作台改的一段" in page("about")
    assert "没有收到异议" in page(f"notices/{result}")
    assert "盂县甲制造有限公司" in page(f"notices/{winners}")
    assert "平定县甲制造有限公司" in page("winners/third")
    known = {
        (line.slug, line.revision) for line in read_ledger(desk.tree.notices[0] / "ledger.jsonl")
    }
    assert {("yuxian-list", 2), ("pingding-list", 2), (winners, 1), (result, 1)} <= known


def _change_what_is_published(walk: Round) -> dict[str, str]:
    """The later acts on what stands, and a page of the site, in one batch."""
    drafts = {"延长公示期": walk.act_on("yuxian-list", "延长公示期", "应企业的要求。")}
    drafts["修订"] = walk.act_on("pingding-list", "修订", "说明改正了。")
    page = walk.pages[DRAFTER]
    page.get_by_label("正文", exact=True).fill("现将推荐名单予以公示，欢迎监督。")
    click(page, "下一步")
    drafts["更正"] = walk.act_on("pingding-list", "更正", "单位名称有误。")
    drafts["撤回"] = walk.act_on("call", "撤回", "申报时间有重大错误。")
    page = walk.go("/content/")
    page.locator("li", has_text="pages/about.md").get_by_role("button").click()
    text = page.get_by_label("文字", exact=True)
    text.fill(text.input_value() + "\n在工作台改的一段。\n")
    click(page, "下一步：预览")
    shown = page.frame_locator("iframe").first.locator("body").inner_text()
    assert "在工作台改的一段" in shown
    drafts["页面"] = "content_pages_about"
    walk.publish(*drafts.values())
    return drafts


def _choose_the_city_s_list(walk: Round) -> str:
    """All of the closed lists but one, and why that one is left out."""
    slug = _begin(walk, "市级公示")
    page = walk.pages[DRAFTER]
    with page.expect_navigation():
        page.get_by_role("link", name="从公示期满的名单里勾选").click()
    for box in page.locator("input[name=pick]").all()[:-1]:
        box.check()
    click(page, "用这些作名单")
    page.get_by_label("共同的原因").fill("评审未通过")
    click(page, "下一步：文字")
    click(page, "下一步")
    click(page, "下一步")
    walk.publish(slug)
    return slug


def _end_the_round(walk: Round, city: str) -> tuple[str, str]:
    """The result of the city's publicity and the winners, without script."""
    result = walk.act_on(city, "公示结果", "")
    slug = _begin(walk, "表彰决定")
    page = walk.go(f"/publishing/{slug}/list/choose")
    for number, row in enumerate(page.locator("li.pick-row", has=page.locator("select")).all()):
        row.locator("input[name=pick]").check()
        row.locator("select").select_option("提名奖" if number else "质量奖")
    click(page, "用这些作名单")
    walk.publish(result, slug)
    return result, slug


def _begin(walk: Round, kind: str) -> str:
    page = walk.go("/publishing/new")
    click(page, kind)
    assert "/publishing/" in page.url, page.inner_text("main")
    return page.url.split("/")[4]
