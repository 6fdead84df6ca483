"""Objections through both apps, each its own process as on its own machine, in a real browser.

The two sides share the drop box and the public keys, nothing else. A planted phrase stands in what
citizens write and in both files; it may be found in no file of the public side: not in its state,
its log, its temp folder, its memory-mapped or deleted files, also while an upload is under way; and
where the page sealed, neither phrase nor code in the memory of the server's process.

The window's keys are SM2, and one citizen has script, one has none; with age keys go both ways of
tests/browser and tests/intake.
"""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright

from portal.casework.key_store import KeyStore
from portal.demo.award_round import write_demo
from portal.desk.entry.onetime import code_at
from portal.domain.receipt_code import code_bytes, read_code
from portal.domain.routing import ESCROW, office_for
from portal.domain.workdays import SHANGHAI
from portal.sealed.suites import SM
from tests.browser.test_sealing import memory_of
from tests.browser.virtual_device import register_passkey
from tests.program import portal
from tests.recording import record
from tests.sites import load_all

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PHRASE = "种植的暗语乌鸦喝水"
PASSPHRASE = "a passphrase for the test"
REPLY = "经核查，数据口径不同，不影响推荐。"
SIGNED = "签名，已经核对"
ASKED = "请说明数据的出处。"
SECOND_REPLY = "同一件事已经答复，见前一件。"
PASSWORD = "经办人员自己的新密码甲乙丙"
PICTURE = b"\xff\xd8\xff\xe0" + PHRASE.encode() * 60_000 + b"\xff\xd9"
LETTER = b"%PDF-1.4\n" + PHRASE.encode() * 500


@dataclass
class Machine:
    """One side: its folder, its own temp folder and log, and the environment of its processes."""

    root: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        done = portal(*arguments, env=self.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self, *arguments: str):
        """A server of this machine; gives its address and process."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "portal", *arguments, "--port", str(port)]
        # A passkey is bound to a name, never to an address in numbers.
        environment = {**self.environment, "PORTAL_DESK_ORIGIN": f"http://localhost:{port}"}
        with (self.root / "server.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        address = f"http://127.0.0.1:{port}"
        try:
            self._wait(address, process)
            yield address, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)

    def _wait(self, address: str, process: subprocess.Popen) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{address}/", timeout=5):
                return
            time.sleep(0.1)
        pytest.fail((self.root / "server.log").read_text(encoding="utf-8"))


def machine(root: Path, tree: Path, **more: str) -> Machine:
    for folder in (root / "state", root / "tmp"):
        folder.mkdir(parents=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")},
        "PORTAL_CONTENT": f"content{os.pathsep}{tree / 'content'}",
        "PORTAL_NOTICES": f"notices{os.pathsep}{tree / 'notices'}",
        "PORTAL_STATE": str(root / "state"),
        "PORTAL_DROPBOX": str(root.parent / "public" / "state" / "dropbox"),
        "TMPDIR": str(root / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
    return Machine(root, environment)


@pytest.fixture
def sides(tmp_path):
    """Both machines with a demonstration round and the keys of its open county window."""
    real = load_all([ROOT / "content"], [ROOT / "notices"])
    now = datetime.now(SHANGHAI)
    write_demo(tmp_path / "tree", real, now.date())
    tree = tmp_path / "tree"
    record(tree / "notices")
    published = load_all([ROOT / "content", tree / "content"], [ROOT / "notices", tree / "notices"])
    notice = next(
        n
        for n in published.notices
        if n.county and n.window and published.status(n, now).accepts_objections
    )
    if notice.window.closes_at - now < timedelta(minutes=5):
        pytest.skip("the demonstration's window closes at midnight, within minutes")
    desk = machine(tmp_path / "desk", tree, PORTAL_DESK_PLAIN_HTTP="1")
    keys = KeyStore(tmp_path / "desk" / "state" / "keys", SM)
    site = published.site
    office = office_for(notice, site)
    for holder in (office, site.office, ESCROW):
        keys.new(holder, notice.slug, PASSPHRASE, now, work_factor=12)
    public = machine(tmp_path / "public", tree, PORTAL_LIMIT_SECONDS="1", PORTAL_LIMIT_FREE_MB="0")
    copy = public.root / "state" / "keys" / "public"
    for path in (keys.root / "public").rglob("*.pub"):
        target = copy / path.relative_to(keys.root / "public")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return public, desk, notice, office


class Search:
    """Looks for the phrase in every file of the public side, over and over, while it runs."""

    def __init__(self, machine: Machine, pid: int) -> None:
        self.machine, self.pid = machine, pid
        self.found: set[str] = set()
        self.looks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self.look()

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            self.look()

    def look(self) -> None:
        self.looks += 1
        for path in (*self.machine.root.rglob("*"), *self._open_files()):
            with suppress(OSError):
                if path.is_file() and holds_phrase(path.read_bytes()):
                    self.found.add(str(path))

    def _open_files(self):
        """Files the server holds open, those already deleted too."""
        with suppress(OSError):
            for link in Path(f"/proc/{self.pid}/fd").iterdir():
                with suppress(OSError):
                    if link.readlink().is_absolute():
                        yield link


def holds_phrase(data: bytes) -> bool:
    half = base64.b64encode(PHRASE.encode())[4:20]  # also inside a longer base64 text
    forms = (PHRASE.encode(), PHRASE.encode("gb18030"), quote(PHRASE).encode(), half)
    escaped = PHRASE.encode("unicode_escape")
    return any(form in data for form in (*forms, escaped))


def press(page, name, exact=True):
    page.get_by_role("button", name=name, exact=exact).click()


def object_to_an_entry(page, address, notice) -> str:
    page.goto(f"{address}/notices/{notice.slug}/")
    page.goto(f"{address}/objections/{notice.slug}/new")
    page.get_by_label(notice.entries[0].name).first.check()
    page.get_by_label("材料不实").check()
    page.get_by_label("个人", exact=True).check()
    page.locator("#name").fill("钱七")
    page.locator("#phone").fill("13912345678")
    page.locator("#facts").fill(f"产值数据与统计公报不一致。{PHRASE}。见附件。")
    files = [
        {"name": "现场照片.jpg", "mimeType": "image/jpeg", "buffer": PICTURE},
        {"name": "来信.pdf", "mimeType": "application/pdf", "buffer": LETTER},
    ]
    page.locator("#files").set_input_files(files)
    press(page, "下一步：核对")
    page.wait_for_selector("text=还没有提交")
    time.sleep(1.1)
    press(page, "确认提交")
    return page.locator("#receipt-code").inner_text()


def look_up(page, address, code):
    page.goto(f"{address}/objections/status")
    page.locator("#code").fill(code)
    press(page, "查询")
    page.wait_for_selector("text=办理经过")
    return page.inner_text("main")


def sign_in(page, address, handed):
    name, password, secret = handed
    page.goto(f"{address}/sign-in")
    page.locator("#username").fill(name)
    page.locator("#password").fill(password)
    page.locator("#code").fill(code_at(secret, datetime.now(SHANGHAI)))
    press(page, "登录")
    page.wait_for_url("**/password")
    page.locator("#old").fill(password)
    page.locator("#new").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    press(page, "保存新密码")
    page.wait_for_url("**/todo")
    page.get_by_role("link", name="异议办理", exact=True).click()
    page.wait_for_url("**/inbox/")


def sign_in_by_a_passkey(page, handed):
    """Register one with Chromium's virtual authenticator, sign out, and come back by it alone."""
    tools, verified = register_passkey(page, handed[2], datetime.now(SHANGHAI))
    press(page, "退出")
    tools.send("WebAuthn.setUserVerified", {**verified, "isUserVerified": False})
    press(page, "用通行密钥登录")
    page.wait_for_selector("text=设备没有确认，或者取消了")
    tools.send("WebAuthn.setUserVerified", {**verified, "isUserVerified": True})
    press(page, "用通行密钥登录")
    page.wait_for_url("**/todo")


def add_officer(desk, name, office):
    told = desk.run("desk-user", "add", name, "--name", "经办人员", "--office", office)
    password = re.search(r"初始密码 +(\S+?)（", told)[1]
    secret = re.search(r"动态口令密钥 +(\S+)", told)[1]
    return name, password, secret


def act(page, summary, field, text, button):
    """Open a folded form of the case page, fill it in, send it."""
    page.locator("summary", has_text=summary).click()
    page.locator(field).fill(text)
    press(page, button)
    page.wait_for_load_state()


def unseal_and_ask(officer, staff):
    """Collect, find the case sealed, open it, compare what arrived, accept, ask."""
    officer.goto(f"{staff}/inbox/")
    press(officer, "收取")
    officer.wait_for_selector("text=新异议1件")
    officer.locator("tbody th a").first.click()
    assert PHRASE not in officer.inner_text("main")
    officer.locator("#open-passphrase").fill(PASSPHRASE)
    press(officer, "解锁并拆封")
    officer.wait_for_selector(f"text={PHRASE}")
    shown = officer.inner_text("main")
    for part in ("钱七", "139****5678", "现场照片.jpg", "来信.pdf", "材料不实"):
        assert part in shown
    with officer.expect_download() as download:
        officer.get_by_role("link", name="现场照片.jpg", exact=True).click()
    assert Path(download.value.path()).read_bytes() == PICTURE
    press(officer, "受理")
    act(officer, "请异议人补充", "#ask-text", ASKED, "发送")


def read_the_answer_and_reply(officer, staff) -> str:
    """Collect the citizen's answer, examine, reply, propose to close; returns the number."""
    officer.goto(f"{staff}/inbox/")
    press(officer, "收取")
    officer.wait_for_selector("text=补充材料1件")
    officer.locator("tbody th a").first.click()
    press(officer, "拆封新材料")
    officer.wait_for_selector("text=出处是统计公报第三页")
    press(officer, "开始核查")
    act(officer, "答复异议人", "#reply-text", REPLY, "发送答复")
    officer.locator("summary", has_text="提请办结").click()
    officer.get_by_label("异议不成立").check()
    officer.locator("#close-summary").fill("经核查，申报数据与公报口径不同，并无不实。")
    press(officer, "提请办结")
    officer.wait_for_selector("text=须由另一位经办人员复核")
    return officer.locator("h1 .num").inner_text()


def answer_another(officer, staff):
    """Collect one more objection, open it under keys that are unlocked, and reply."""
    officer.goto(f"{staff}/inbox/")
    press(officer, "收取")
    officer.wait_for_selector("text=新异议1件")
    officer.locator("tbody th a").first.click()
    press(officer, "拆封查看")
    officer.wait_for_selector(f"text={PHRASE}")
    press(officer, "受理")
    press(officer, "开始核查")
    act(officer, "答复异议人", "#reply-text", SECOND_REPLY, "发送答复")


def assert_memory_is_clean(process, code):
    """Neither what both sides wrote nor the code in what the server's process can read."""
    words = [PHRASE.encode(), quote(PHRASE).encode(), ASKED.encode(), code.encode()]
    words += [code.replace("-", "").encode(), code_bytes(read_code(code))]
    for part in memory_of(process):
        assert not any(word in part for word in words)


def test_an_objection_goes_all_the_way_and_leaves_nothing_in_the_clear(sides):
    public, desk, notice, office = sides
    first = add_officer(desk, "officer.one", office)
    second = add_officer(desk, "officer.two", office)
    with (
        sync_playwright() as playwright,
        public.serving("serve") as (site, server),
        desk.serving("desk", "--every", "3600") as (staff, _),
        playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser,
        Search(public, server.pid) as search,
    ):
        citizen = browser.new_page()
        code = object_to_an_entry(citizen, site, notice)
        assert "已收到" in look_up(citizen, site, code)

        officer = browser.new_context().new_page()
        sign_in(officer, staff, first)
        unseal_and_ask(officer, staff)

        told = look_up(citizen, site, code)
        assert "已受理" in told
        assert ASKED in told
        citizen.locator("#text").fill(f"出处是统计公报第三页。{PHRASE}")
        press(citizen, "提交回答")
        citizen.wait_for_selector("text=答复询问：已经收到。")
        assert_memory_is_clean(server.pid, code)

        number = read_the_answer_and_reply(officer, staff)
        colleague = browser.new_context().new_page()
        named = staff.replace("127.0.0.1", "localhost")
        sign_in(colleague, named, second)
        sign_in_by_a_passkey(colleague, second)
        colleague.goto(f"{named}/cases/{number}/")
        colleague.get_by_label("我没有阅读异议书和答复").check()
        press(colleague, "用通行密钥确认")
        colleague.wait_for_selector(".head-acts >> text=异议不成立")

        told = look_up(citizen, site, code)
        seen = ("已办结", "异议不成立", REPLY, number, SIGNED, "拆封阅读", "下载附件")
        assert [part for part in seen if part not in told] == []
        plain = browser.new_context(java_script_enabled=False).new_page()
        code = object_to_an_entry(plain, site, notice)
        answer_another(officer, staff)
        told = look_up(plain, site, code)
        assert SECOND_REPLY in told
        assert SIGNED in told
    assert search.found == set()
    assert search.looks > 20
    assert "审计记录完整" in desk.run("audit", "verify")
    assert_log_is_quiet(public)


def test_the_search_would_find_the_phrase(tmp_path):
    for name, data in (
        ("plain", LETTER),
        ("gbk", PHRASE.encode("gb18030")),
        ("form", quote(PHRASE).encode()),
        ("base64", base64.b64encode(PHRASE.encode())),
        ("json", json.dumps(PHRASE).encode()),
    ):
        (tmp_path / name).write_bytes(data)
    search = Search(Machine(tmp_path, {}), os.getpid())
    search.look()
    assert len(search.found) == 5


def assert_log_is_quiet(public):
    """No failure was logged, and neither code nor number of a citizen."""
    log = (public.root / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "13912345678" not in log
