"""What comes after: a revision, a withdrawal, and a page of the site, in one round.

Begun, reviewed and signed off in a browser, published by the real job. Each text has a signer of
its own who signed in at the beginning, so that nobody waits for the next one-time code.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from portal.casework.models import Staff
from portal.casework.people import Person, Right, Role
from portal.desk.entry.onetime import code_at
from portal.ledger.ledger_lines import read_ledger
from tests.browser.conftest import CHROMIUM, FLAGS, serving
from tests.desk.publishing.conftest import DRAFTER, REVIEWER
from tests.journeys.test_publishing_journey import (
    desk,  # noqa: F401 - fixtures
    migrated_sqlite,  # noqa: F401
    publish_due,
    sign_in,
    sqlite_register,  # noqa: F401
    wall_clock,
)
from tests.sites import PINGDING

pytestmark = pytest.mark.browser
LIST, ABOUT = "pingding-list", "content_pages_about"
WRITER = Person("wen.city", "文戊", Role.CITY, "city-office")
SIGNERS = [
    Person(f"qian{number}.city", f"签{name}", Role.CITY, "city-office")
    for number, name in enumerate("甲乙丙")
]


def running(now):
    """A county's list that was published on the last working day before today."""
    day = now.date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return PINGDING.replace("2021-12-06", day.isoformat())


def test_what_was_published_is_revised_and_withdrawn_and_a_page_rewritten(desk, tmp_path):  # noqa: F811
    desk.tree.write(running(wall_clock())).record()
    for person in SIGNERS:
        desk.add(person, Right.SIGN_OFF)
    desk.add(WRITER, Right.DRAFT)
    with serving(desk.office.app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def enter(person):
            officer = sign_in(desk, browser, address, person, script=True)
            officer.page.set_default_timeout(60_000)
            return officer

        signers = [(person, enter(person)) for person in SIGNERS]
        drafter, writer, reviewer = enter(DRAFTER), enter(WRITER), enter(REVIEWER)
        revised = _begin(drafter, "修订", "revise", "名单的说明有误。")
        drafter.page.get_by_label("正文", exact=True).fill("现将推荐名单予以公示，欢迎监督。")
        drafter.click("下一步")
        withdrawn = _begin(drafter, "撤回", "withdraw", "名单有重大错误。")
        about = _rewrite_about(writer)
        for slug, officer in ((revised, drafter), (withdrawn, drafter), (about, writer)):
            _approve(desk, slug, officer, reviewer, signers.pop())
        publish_due(desk, (revised, withdrawn, about))
        drafter.page.goto(f"{address}/publishing/{withdrawn}/run")
        assert "已经发布" in drafter.page.inner_text("main")
        browser.close()
    built = tmp_path / "build"
    page = (built / "notices" / LIST / "index.html").read_text(encoding="utf-8")
    assert "【已撤回】" in page
    reason = (built / "notices" / withdrawn / "index.html").read_text(encoding="utf-8")
    assert "名单有重大错误" in reason
    lines = read_ledger(desk.tree.notices[0] / "ledger.jsonl")
    known = {(line.slug, line.revision) for line in lines}
    assert known == {(LIST, 1), (LIST, 2), (withdrawn, 1)}
    assert "在工作台改的一段" in (built / "about" / "index.html").read_text(encoding="utf-8")
    assert "在工作台改的一段" in (desk.tree.content[0] / "pages/about.md").read_text("utf-8")


def _begin(officer, label, act, reason):
    """Begin an act on the published list, with its reason; gives the draft's slug."""
    page = officer.page
    page.goto(f"{officer.address}/published/{LIST}/")
    page.locator("summary", has_text=label).first.click()
    page.locator(f"#reason-{act}").fill(reason)
    page.get_by_role("button", name=f"开始{label}", exact=True).click()
    page.wait_for_url("**/publishing/**")
    return page.url.split("/")[4]


def _rewrite_about(officer):
    officer.page.goto(f"{officer.address}/content/")
    row = officer.page.locator("li", has_text="pages/about.md")
    row.get_by_role("button").click()
    text = officer.page.get_by_label("文字", exact=True)
    text.fill(text.input_value() + "\n在工作台改的一段。\n")
    officer.click("下一步：预览")
    assert "预览" in officer.page.frame_locator("iframe").first.locator("body").inner_text()
    return ABOUT


def _approve(desk, slug, drafter, reviewer, signer):  # noqa: F811
    """The three acts about a draft, each by a person of its own."""
    path = f"/publishing/{slug}/send"
    drafter.page.goto(drafter.address + path)
    drafter.click("送审")
    assert "待审核" in drafter.page.content(), drafter.page.inner_text("body")
    reviewer.page.goto(reviewer.address + path)
    for box in reviewer.page.locator("input[name=check]").all():
        box.check()
    reviewer.click("审核通过")
    person, officer = signer
    officer.page.goto(officer.address + path)
    secret = desk.office.credentials[person.username].secret
    with desk.office.desk.room.register.read() as session:
        query = select(Staff.last_step).where(Staff.username == person.username)
        used = session.scalar(query) or 0
    while int(wall_clock().timestamp()) // 30 <= used:
        officer.page.wait_for_timeout(500)
    officer.type("动态口令", code_at(secret, wall_clock()))
    officer.click("签发")
    officer.page.wait_for_selector(".journal, .error-summary")
    assert officer.page.url.endswith("/run"), officer.page.inner_text("main")
