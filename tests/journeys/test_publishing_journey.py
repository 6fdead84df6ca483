"""The whole way of a county's list: from a colleague's odd spreadsheet to the public page.

Three officers in a real browser, and once without script. What a first-timer needs is counted.
"""

import os
import shutil
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from portal.config.common import Paths
from portal.desk.entry.onetime import code_at
from portal.domain.workdays import SHANGHAI
from tests.browser.conftest import CHROMIUM, FLAGS, serving
from tests.browser.test_everybody import violations
from tests.browser.virtual_device import register_passkey
from tests.desk.conftest import (
    Clock,
    make_office,
    migrated_sqlite,  # noqa: F401 - fixtures
    sqlite_register,  # noqa: F401
)
from tests.desk.publishing.conftest import (
    CHECKS,
    DRAFTER,
    REVIEWER,
    RIGHTS,
    SIGNER,
    Publishing,
    workbook,
)
from tests.recording import KEY
from tests.sites import load_all

pytestmark = pytest.mark.browser

MOST_CLICKS, MOST_FIELDS = 15, 6
ODD = workbook(
    ("平定县第三届质量奖推荐名单",),
    ("序号", "申报组织（个人）名称", "备注"),
    (1, "平定 甲制造有限公司", None),
    (2, "平定乙铸造有限公司", None),
    ("合计", "3家", None),
    ("填表人：王某", None, None),
)


def wall_clock() -> datetime:
    return datetime.now(SHANGHAI)


class Behind(Clock):
    """The desk's clock goes after the wall's, by which the job of publication goes.

    The minute at which a text goes up is then past for the job as soon as it is signed off: nobody
    waits for it. That nothing goes up before its minute is shown where clocks are turned by hand.
    """

    behind = timedelta(minutes=4)

    def __call__(self) -> datetime:
        return wall_clock() - self.behind

    def on(self, **ahead: float) -> None:
        self.behind -= timedelta(**ahead)


@dataclass
class Officer:
    """A person at a browser; clicks and typed fields are counted."""

    page: Page
    address: str
    clicks: int = 0
    typed: int = 0
    complaints: list[str] = field(default_factory=list)

    def click(self, text: str, kind: str = "button") -> None:
        """Click on what leads to a page, and wait for that page: a busy server is not there yet."""
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role(kind, name=text, exact=False).first.click()

    def type(self, label: str, text: str) -> None:
        self.typed += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def faults(self) -> list[str]:
        return violations(self.page)


@pytest.fixture
def desk(sqlite_register, site_from, tmp_path, monkeypatch):  # noqa: F811
    """The desk with a publication job that runs in a process of its own, by the wall's clock."""
    now = wall_clock()
    years = "\n".join(f"  {year}: {{source: 测试}}" for year in (now.year, now.year + 1))
    tree = site_from(f"{CHECKS}\n-- content/calendar.yaml --\nyears:\n{years}\nclosures: {{}}\n")
    shutil.copytree("content/texts", tree.root / "content" / "texts", dirs_exist_ok=True)
    state = tmp_path / "state"
    key = state / "keys" / "ledger.pem"
    key.parent.mkdir(parents=True)
    key.write_bytes(_pem())
    url = str(sqlite_register.engine.url)
    for name, value in {
        "PORTAL_CONTENT": tree.content[0],
        "PORTAL_NOTICES": tree.notices[0],
        "PORTAL_STATE": state,
        "PORTAL_LEDGER_KEY": key,
        "PORTAL_BUILD": tmp_path / "build",
        "PORTAL_DESK_DATABASE": url,
        "PYTHONPATH": os.pathsep.join(filter(None, ["", str(Path.cwd())])),
    }.items():
        monkeypatch.setenv(name, str(value))
    paths = Paths(tuple(tree.content), tuple(tree.notices), state)
    published = lambda: load_all(tree.content, tree.notices)  # noqa: E731
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # A passkey is bound to a name, never to an address in numbers.
    origin = f"http://localhost:{port}"
    office = make_office(tmp_path, url, published=published, paths=paths, now=now, origin=origin)
    office.clock.__class__ = Behind
    made = Publishing(office, tree)
    for person, may in RIGHTS.items():
        made.add(person, *may)
    yield made
    office.desk.publisher.wait(60)
    office.desk.close()


def _pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sign_in(desk: Publishing, browser, address: str, person, *, script: bool) -> Officer:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 1280, "height": 800}, java_script_enabled=script
    )
    officer = Officer(context.new_page(), address)
    officer.page.set_default_timeout(180_000)
    officer.page.on("pageerror", lambda error: officer.complaints.append(str(error)))
    held = desk.office.credentials[person.username]
    officer.page.goto(f"{address}/sign-in")
    officer.type("用户名", person.username)
    officer.type("密码", held.password)
    officer.type("动态口令", code_at(held.secret, desk.office.clock()))
    officer.click("登录")
    assert "今天要办的事" in officer.page.content()
    officer.clicks = officer.typed = 0
    return officer


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_county_s_list_goes_from_an_odd_spreadsheet_to_the_public(desk, tmp_path, script):
    address = desk.office.desk.settings.origin
    port = int(address.rpartition(":")[2])
    with serving(desk.office.app, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        slug = _draft(sign_in(desk, browser, address, DRAFTER, script=script), script=script)
        _review(sign_in(desk, browser, address, REVIEWER, script=script), script=script)
        signer = sign_in(desk, browser, address, SIGNER, script=script)
        _sign(desk, signer, script=script)
        publish_due(desk, [slug])
        signer.page.goto(f"{address}/publishing/{slug}/run")
        assert "已经发布" in signer.page.inner_text("main")
        browser.close()
    page = (tmp_path / "build" / "notices" / slug / "index.html").read_text(encoding="utf-8")
    assert "平定甲制造有限公司" in page
    assert "合计" not in page
    assert (tmp_path / "build" / "notices" / slug / "notice.pdf").exists() or list(
        (tmp_path / "build" / "notices" / slug).glob("*.pdf")
    )


def _draft(officer: Officer, *, script: bool) -> str:
    """From the first page to 送审: what a first-timer does, counted."""
    page, faults = officer.page, {}
    officer.click("公告编发", "link")
    officer.click("新公告", "link")
    officer.click("平定县")
    slug = page.url.split("/")[4]
    faults["list"] = officer.faults() if script else []
    page.set_input_files("#sheet", {"name": "推荐表.xlsx", "mimeType": "", "buffer": ODD})
    officer.clicks += 1
    if not script:
        officer.click("读入")
    page.wait_for_selector("fieldset.ask")
    for _ in range(4):
        asked = page.locator("fieldset.ask").all()
        if not asked:
            break
        for question in asked:
            officer.clicks += 1
            question.locator("input[type=radio]").first.check()
        faults["questions"] = officer.faults() if script else []
        officer.click("按回答读入")
    officer.click("下一步：文字", "link")
    for step in ("text", "time"):
        faults[step] = officer.faults() if script else []
        officer.click("下一步")
    page.wait_for_load_state("networkidle")
    officer.click("下一步", "link")
    faults["send"] = officer.faults() if script else []
    officer.click("送审")
    assert "待审核" in page.content(), page.content()
    assert {name: found for name, found in faults.items() if found} == {}
    assert officer.complaints == []
    print(f"clicks {officer.clicks}, fields {officer.typed}")
    assert officer.clicks <= MOST_CLICKS, officer.clicks
    assert officer.typed <= MOST_FIELDS
    return slug


def _review(officer: Officer, *, script: bool) -> None:
    officer.page.locator(".todo-row .act a").first.click()
    officer.page.wait_for_selector("input[name=check]")
    assert not script or officer.faults() == []
    for box in officer.page.locator("input[name=check]").all():
        box.check()
    officer.click("审核通过")
    assert "待签发" in officer.page.content()


def _sign(desk: Publishing, officer: Officer, *, script: bool) -> None:
    """By a passkey; without script by the next code, for that of the sign-in is used up."""
    waiting = officer.page.locator(".todo-row .act a").first.get_attribute("href")
    if script:
        secret = desk.office.credentials[SIGNER.username].secret
        register_passkey(officer.page, secret, desk.office.clock())
    officer.page.goto(f"{officer.address}{waiting}")
    if script:
        assert officer.faults() == []
        officer.click("用通行密钥确认")
    else:
        desk.office.clock.on(seconds=31)
        secret = desk.office.credentials[SIGNER.username].secret
        officer.type("动态口令", code_at(secret, desk.office.clock()))
        officer.click("签发")
    assert officer.page.url.endswith("/run"), officer.page.inner_text("main")


def publish_due(desk: Publishing, slugs: Iterable[str]) -> None:
    """Do what the desk's rounds do, until the texts are up."""
    states: dict[str, str] = {}
    for _ in range(600):
        publisher, now = desk.office.desk.publisher, wall_clock()
        if publisher.wait(0) is not None:
            states = {one.slug: one.progress.value for one in publisher.all(now)}
            if all(states.get(slug) == "published" for slug in slugs):
                return
            publisher.round(now)
        time.sleep(0.2)
    raise AssertionError(states)
