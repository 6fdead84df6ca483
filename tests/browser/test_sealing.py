"""Sealed in the page: a planted phrase and the code never reach the server in any form."""

import base64
import io
import json
import socket
import subprocess
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import pytest
from PIL import Image
from pypdf import PdfReader

from portal.domain.objection import AnswerKind, CaseState
from portal.domain.receipt_code import code_bytes, read_code
from portal.intake.intake_options import IntakeLimits
from portal.sealed.receipts import derived
from portal.sealed.spoken import speaker
from portal.sealed.suites import AGE, SM
from tests.answering import Office
from tests.browser.conftest import Visitor, serving
from tests.browser.test_everybody import violations
from tests.browser.test_objecting import FORM, fill, press
from tests.intake.test_canary import running_server
from tests.publicside import CLOSES, OPEN, PDF, public_side
from tests.recording import record

pytestmark = pytest.mark.browser
CANARY = "金丝雀-4c1e7d-密封"
ADDRESS = "jin.si.que-51d8@example.cn"
IN_FILE = b"canary-in-a-file-93b1-sealed-in-the-page"


class Recorder:
    """Keeps every byte that a request brought: its line, its headers, its body."""

    def __init__(self, app):
        self.app = app
        self.seen = io.BytesIO()
        self.broken = 0

    def __call__(self, environ, start_response):
        self.seen.write(repr(sorted((k, str(v)) for k, v in environ.items())).encode())
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.write(body)
        environ["wsgi.input"] = io.BytesIO(body)
        if self.broken and environ["PATH_INFO"].endswith("/sealed"):
            self.broken -= 1
            start_response("503 Service Unavailable", [("Content-Type", "text/html")])
            return [b"<h1>no</h1>"]
        return self.app(environ, start_response)


@pytest.fixture
def side(site_from, tmp_path, request):
    """With age keys, or those of the suite that a test asks for."""
    return public_side(site_from(), tmp_path / "state", getattr(request, "param", AGE))


@pytest.fixture
def app(side):
    limits = IntakeLimits(free_bytes=0, minimum_seconds=0)
    app = side.app(limits=limits, tells=frozenset({"mail", "sms"}))
    object.__setattr__(app.extensions["portal.intake"], "pause", lambda _: None)
    return app


@contextmanager
def recorded(app, browser, **options):
    recorder = Recorder(app.wsgi_app)
    app.wsgi_app = recorder
    with serving(app) as address:
        visitor = Visitor(browser, address)
        with visitor.page(FORM, now=OPEN, **options) as page:
            yield page, recorder, visitor


def forms_of(text):
    word = text.encode()
    codes = [word, quote(text).encode(), base64.b64encode(word)[3:-4], word.hex().encode()]
    return [*codes, json.dumps(text)[1:-1].encode(), text.encode("utf-16-le")]


def until(page, expression):
    """Wait for what the page says; `wait_for_function` would use `eval`, which pages forbid."""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def send(page):
    press(page, "下一步：核对")
    page.wait_for_selector("text=还没有提交")
    press(page, "确认提交")
    page.wait_for_selector("#receipt-code")
    return page.locator("#receipt-code").inner_text()


def fill_canary(page):
    fill(page)
    page.locator("#phone").fill("13912345678")
    page.locator("#name").fill(CANARY)
    page.locator("#facts").fill(CANARY * 3)
    page.locator("#notify").fill(ADDRESS)
    file = {
        "name": f"{CANARY}.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-" + IN_FILE * 99,
    }
    page.locator("#files").set_input_files([file])


def assert_printed_on_one_page(page):
    """Code, where to look up, and receipt; and nothing of it is cut at the side of a phone."""
    for paper in ("A4", "Letter"):
        first = PdfReader(io.BytesIO(page.pdf(format=paper))).pages[0].extract_text()
        signature = page.locator("pre.signed").inner_text().split()[-1]
        for words in (page.inner_text("#receipt-code"), "/objections/status", signature[-8:]):
            assert words in first, paper
    page.set_viewport_size({"width": 375, "height": 740})
    signed = page.locator("pre.signed")
    assert signed.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_server_never_has_a_word_nor_the_code_and_the_desk_reads_it(
    browser, side, app, tmp_path
):
    with recorded(app, browser) as (page, recorder, visitor):
        assert "在您的设备上加密后再发送" in page.inner_text(".seal-way")
        fill_canary(page)
        code = read_code(send(page))
        page.wait_for_selector("text=保存为图片")
        assert page.locator("svg.receipt-qr").is_visible()
        assert_printed_on_one_page(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="保存为图片").click()
        assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
        with page.expect_download() as download:
            page.get_by_role("link", name="保存我提交的内容").click()
        assert CANARY * 3 in Path(download.value.path()).read_text(encoding="utf-8")
        assert violations(page) == []
        assert visitor.complaints == []
        requests = recorder.seen.getvalue()
        secrets = [CANARY, IN_FILE.decode(), "13912345678", ADDRESS, code, derived(code).identity]
        needles = [code_bytes(code), *(form for word in secrets for form in forms_of(word))]
        needles.append("-".join(code[at : at + 5] for at in range(0, 25, 5)).encode())
        files = [p.read_bytes() for p in side.root.rglob("*") if p.is_file()]
        for needle in needles:
            assert needle not in requests
            assert not any(needle in data for data in files)
        assert b"age-encryption.org/v1" in requests
        [path] = side.box.inbox.glob("*.sealed")
        [objection] = side.objections()
        assert objection.facts == CANARY * 3
        assert (objection.objector.name, objection.notify) == (CANARY, ADDRESS)
        assert objection.speak == speaker(code, side.suite).public
        assert objection.entries[0].name == "平定县甲制造有限公司"
        header, members = side.open(path)
        assert members["files/1.pdf"] == b"%PDF-" + IN_FILE * 99
        assert objection.evidence[0].size == len(members["files/1.pdf"])
        assert header.lookup == derived(code).lookup
        key = tmp_path / "key"
        key.write_text(side.identities["pingding-office", header.notice])
        sealed = path.read_bytes().split(b"\n", 2)[2]
        plain = subprocess.run(
            ["/usr/bin/age", "-d", "-i", key], input=sealed, capture_output=True, check=True
        ).stdout
        assert CANARY.encode() in plain
        page.get_by_role("link", name="“查询异议办理”").click()
        grouped = "-".join(code[at : at + 5] for at in range(0, 25, 5))
        for _ in range(2):  # also where the page is open already
            page.goto(f"{visitor.address}/objections/status#{grouped}")
            until(page, "document.querySelector('#code').value")
            assert page.locator("#code").input_value() == grouped
            assert "#" not in page.url
            page.locator("#code").fill("")
        page.locator("#code").fill(code.lower())
        press(page, "查询")
        page.wait_for_selector("text=办理经过")
        assert "已收到" in page.inner_text("main")


def memory_of(process):
    """What a process can read and write, piece by piece."""
    of = Path("/proc") / str(process)
    with (of / "maps").open() as maps, (of / "mem").open("rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(place, 16) for place in span.split("-"))
            if not rights.startswith("rw"):
                continue
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue


def test_not_even_the_memory_of_the_server_has_it(browser, site_from, tmp_path):
    """A server of its own process; the same phrase sent to it in a form is found, so this looks."""
    side = public_side(site_from(), tmp_path / "state")
    side.suite = SM
    side.make_keys(["yuxian-list"])
    record(tmp_path / "notices")
    phrase = f"内存里的话-{token_hex(6)}"
    answer = f"内存里的答复-{token_hex(6)}"
    with running_server(tmp_path, tmp_path / "log") as (port, process):
        visitor = Visitor(browser, f"http://127.0.0.1:{port}")
        codes = []
        for form, county in ((FORM, "平定县"), ("/objections/yuxian-list/new", "盂县")):
            with visitor.page(form, now=OPEN) as page:
                fill(page, f"{county}甲制造有限公司")
                page.locator("#phone").fill("13912345678")
                page.locator("#facts").fill(phrase * 3)
                codes.append(send(page))
                seals = {p.read_bytes().split(b"\n")[0] for p in side.box.inbox.glob("*.sealed")}
                if form == FORM:
                    side.collect()
                    Office(side).say(AnswerKind.STATUS, CaseState.ACCEPTED, text=answer)
                page.goto(f"{visitor.address}/objections/status")
                page.locator("#code").fill(codes[-1])
                press(page, "查询")
                page.wait_for_selector(f"text={answer if form == FORM else '已收到'}")
        assert seals == {f"portal-envelope/1 {SM.name}".encode()}
        secrets = [phrase, answer, *codes, *(code.replace("-", "") for code in codes)]
        known = [derived(read_code(codes[0])), derived(read_code(codes[1]), SM)]
        secrets += [one.identity for one in known]
        words = [form for word in secrets for form in forms_of(word)]
        words += [code_bytes(read_code(code)) for code in codes]
        for part in memory_of(process):
            assert not any(word in part for word in words)
        with visitor.page(FORM, now=OPEN, java_script_enabled=False) as page:
            fill(page)
            page.locator("#facts").fill(phrase * 3)
            press(page, "下一步：核对")
        assert any(phrase.encode() in part for part in memory_of(process))


def test_nothing_is_lost_when_the_server_or_the_line_fails(browser, side, app):
    with recorded(app, browser) as (page, recorder, _):
        fill_canary(page)
        recorder.broken = 1
        press(page, "下一步：核对")
        press(page, "确认提交")
        page.wait_for_selector("text=没有提交成功")
        assert "再次发送" in page.inner_text("main")
        assert violations(page) == []
        page.context.set_offline(True)
        press(page, "再次发送")
        page.wait_for_selector("text=没有连上服务器")
        page.context.set_offline(False)
        press(page, "返回修改")
        assert page.locator("#facts").input_value() == CANARY * 3
        press(page, "下一步：核对")
        page.go_back()
        assert page.locator("#name").input_value() == CANARY
        send(page)
    assert len(side.objections()) == 1


class CuttingLine:
    """A line between browser and server that breaks, in the midst of a request, at each mark."""

    def __init__(self, target, marks):
        self.target, self.marks, self.sent, self.cuts = target, list(marks), 0, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def _serve(self):
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            for ends in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source, target, up):
        try:
            while data := source.recv(16384):
                self.sent += len(data) * up
                if up and self.marks and self.sent > self.marks[0]:
                    self.marks.pop(0)
                    self.cuts += 1
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


SHOWN = """() => [...document.querySelector("[data-chosen] canvas").getContext("2d")
  .getImageData(70, 70, 1, 1).data]"""
# A file that misses the box must not open in place of the page.
DROPPED = """() => Object.fromEntries([["beside", "main"], ["box", "#files"]].map(
  ([name, place]) => [name, document.querySelector(place).dispatchEvent(
    new DragEvent("drop", { bubbles: true, cancelable: true })) ? "taken" : "kept away"]))"""


def picture(colour):
    data = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(data, "PNG")
    return {"name": "照片.png", "mimeType": "image/png", "buffer": data.getvalue()}


@pytest.mark.parametrize("side", [SM], ids=["sm"], indirect=True)
def test_a_line_that_breaks_again_and_again_loses_nothing_of_a_large_file(browser, side, app):
    """A phone's film and photograph under wrong names; what they are is told before they travel.

    The window's keys are SM2: pieces know nothing of suites (tests/intake/test_pieces.py has age).
    """
    recorder = Recorder(app.wsgi_app)
    app.wsgi_app = recorder
    film = b"\0\0\0\x14ftypqt  " + IN_FILE * 150_000
    photo = b"\0\0\0\x18ftypheic" + bytes(2000)
    chosen = [("微信视频", film), ("IMG_0001.JPG", photo)]
    marks = [300_000, 800_000, 1_700_000, 1_800_000, 4_000_000]
    with serving(app) as real:
        line = CuttingLine(("127.0.0.1", int(real.rpartition(":")[2])), marks)
        with Visitor(browser, line.address).page(FORM, now=OPEN) as page:
            until(page, "typeof SM !== 'undefined'")
            assert page.evaluate("typeof AGE") == "undefined"
            fill(page)
            page.locator("#phone").fill("13912345678")
            page.locator("#files").set_input_files([picture("orange")])
            page.wait_for_selector("[data-chosen] canvas")
            assert page.evaluate(SHOWN) == [255, 165, 0, 255]
            assert page.evaluate(DROPPED) == {"beside": "kept away", "box": "taken"}
            page.locator("#files").set_input_files(
                [
                    {"name": name, "mimeType": "application/octet-stream", "buffer": data}
                    for name, data in chosen
                ]
            )
            page.wait_for_selector("[data-chosen] li")
            told = page.locator("[data-chosen] li").all_inner_texts()
            assert told == ["微信视频.mov（视频，5.7 MB）", "IMG_0001.heic（图片，2 KB）"]
            assert violations(page) == []
            line.sent = 0
            press(page, "下一步：核对")
            press(page, "确认提交")
            page.wait_for_selector("#receipt-code", timeout=60_000)
            assert "回执与您的设备发出的内容不一致" not in page.inner_text("main")
        line.server.close()
    [path] = side.box.inbox.glob("*.sealed")
    assert line.cuts == len(marks)
    assert line.sent < path.stat().st_size * 1.6
    assert IN_FILE not in recorder.seen.getvalue()
    [objection] = side.objections()
    names = [(one.member, one.name) for one in objection.evidence]
    assert names == [("files/1.mov", "微信视频.mov"), ("files/2.heic", "IMG_0001.heic")]
    _, members = side.open(path)
    assert members["files/1.mov"] == film
    assert list(side.root.rglob("*.part")) == []


def test_a_window_that_closed_meanwhile_takes_nothing_and_says_so(browser, side, app):
    with recorded(app, browser) as (page, _, _):
        fill_canary(page)
        press(page, "下一步：核对")
        side.clock.now = CLOSES
        press(page, "确认提交")
        page.wait_for_selector("text=公示期已经届满")
        assert "没有提交" in page.inner_text("main")
    assert side.objections() == []


def test_errors_stand_beside_their_fields_and_go_when_mended(browser, side, app):
    with recorded(app, browser) as (page, _, _):
        press(page, "下一步：核对")
        assert page.evaluate("document.activeElement.className") == "error-summary"
        told = page.locator(".error-summary li").all_inner_texts()
        assert told == [
            "请选择有异议的条目；对名单整体或者程序有异议的，选最后一项",
            "请选择异议的理由，可以选多项",
            "请选择以什么身份提出",
            "请写明事实和说明",
        ]
        assert violations(page) == []
        page.get_by_label("单位", exact=True).check()
        page.locator("#credit_code").fill("911403")
        page.locator("#files").set_input_files(
            [{"name": "程序.exe", "mimeType": "application/pdf", "buffer": b"MZ" + PDF}]
        )
        press(page, "下一步：核对")
        page.wait_for_selector(".error-summary >> text=程序.exe")
        text = page.inner_text(".error-summary")
        assert "请上传加盖公章的扫描件" in text
        assert "校验" not in text
        assert "统一社会信用代码有误" in text
        assert "“程序.exe”的类型不在" in text
        code = page.locator("#credit_code")
        assert code.get_attribute("aria-invalid") == "true"
        code.fill("91140321MA0KXXXXXX"[:17] + "?")
        code.blur()
        assert code.get_attribute("aria-invalid") == "true"
        box = page.get_by_label("材料不实")
        for act, said, invalid in (
            (box.check, "已更正", "false"),
            (box.uncheck, "请选择异议", "true"),
        ):
            act()
            page.wait_for_selector(f"#grounds-error >> text={said}")
            assert box.get_attribute("aria-invalid") == invalid
        assert page.inner_text(".error-summary h2") == "请更正下面的问题"
        assert violations(page) == []
    assert side.objections() == []


@pytest.mark.parametrize(
    "missing",
    [
        "delete window.TransformStream",
        "Object.defineProperty(window,'isSecureContext',{value:false})",
    ],
)
def test_a_browser_that_cannot_seal_uses_the_server_and_says_so(browser, side, app, missing):
    with serving(app) as address:
        context = browser.new_context(locale="zh-CN")
        context.add_init_script(missing)
        page = context.new_page()
        page.goto(address + FORM)
        assert "由服务器收到后立即加密" in page.inner_text(".seal-way")
        fill(page)
        page.locator("#phone").fill("13912345678")
        press(page, "下一步：核对")
        press(page, "确认提交")
        page.wait_for_selector("#receipt-code")
        context.close()
    [path] = side.box.inbox.glob("*.sealed")
    assert b'"sealed"' not in path.read_bytes()
