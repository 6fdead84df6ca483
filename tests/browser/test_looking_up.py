"""A case looked up by script: the server sees neither code nor answer, and the page is the same."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from portal.domain.objection import AnswerKind, CaseState, MessageKind, Outcome
from portal.domain.receipt_code import code_bytes, read_code
from portal.intake.intake_options import IntakeLimits
from portal.sealed.receipts import derived
from portal.sealed.signed_answers import read_signed, signed_by
from portal.sealed.spoken import Voice
from tests.answering import Office
from tests.browser.conftest import Visitor, serving
from tests.browser.test_everybody import violations
from tests.browser.test_objecting import press, tab_to
from tests.browser.test_sealing import Recorder, forms_of
from tests.publicside import OPEN, SLUG, Citizen, public_side

pytestmark = pytest.mark.browser
STATUS = "/objections/status"
PHRASE = "答复里的话-71c2e9"
# What says itself in which way it came.
WITHOUT_WAY = """() => { const main = document.querySelector("main").cloneNode(true);
  for (const one of main.querySelectorAll(".seal-way, [data-way-only], template")) one.remove();
  for (const one of main.querySelectorAll("details")) one.open = true;
  document.body.append(main); const text = main.innerText; main.remove(); return text; }"""


def case_of(side, app):
    """A case with a copy of the own words, answers of every kind of signature, and a look."""
    citizen = Citizen(side, app)
    citizen.begin()
    citizen.check()
    citizen.post(f"/objections/{SLUG}/check", {**citizen.hidden(), "action": "send", "copied": "y"})
    code = citizen.receipt_code()
    side.collect()
    office = Office(side)
    office.say(AnswerKind.STATUS, CaseState.ACCEPTED, due=date(2021, 12, 28))
    office.say(AnswerKind.QUESTION, CaseState.EXAMINING, text=f"{PHRASE}\n请提供公报的期号。")
    office.say(AnswerKind.STATUS, CaseState.CLOSED, forged=True, outcome=Outcome.REJECTED)
    office.look()
    return code, office


def look_up(page, code, sign="text=办理经过"):
    page.locator("#code").fill(code)
    press(page, "查询")
    page.wait_for_selector(sign)


def by_the_server(page):
    """From now on this browser cannot open anything itself."""
    page.add_init_script("Object.defineProperty(window,'isSecureContext',{value:false})")
    page.reload()
    assert "这个浏览器不能在您的设备上打开" in page.inner_text(".seal-way")


@pytest.fixture
def side(site_from, tmp_path):
    return public_side(site_from(), tmp_path / "state")


@pytest.fixture
def seen(browser, side):
    """Code, office, recorder of all requests, visitor."""
    app = side.app(limits=IntakeLimits(free_bytes=0, minimum_seconds=0))
    object.__setattr__(app.extensions["portal.intake"], "pause", lambda _: None)
    code, office = case_of(side, app)
    recorder = Recorder(app.wsgi_app)
    app.wsgi_app = recorder
    with serving(app) as address:
        yield code, office, recorder, Visitor(browser, address)


def words_of(page, code, sign):
    """Title and words of what a code is answered with."""
    page.goto(page.url.partition("?")[0])
    look_up(page, code, sign)
    return page.title(), page.evaluate(WITHOUT_WAY)


def test_both_ways_show_the_same_words(seen):
    code, office, _, visitor = seen
    asked = [
        ("00000-00000-00000-00000-00000", ".error-summary"),
        ("YY20211206-7K3QX9PA", ".error-summary"),
        (code, "text=办理经过"),
    ]
    with visitor.page(STATUS, now=OPEN) as page, visitor.page(STATUS, now=OPEN) as other:
        by_the_server(other)
        for typed, sign in asked:
            assert words_of(page, typed, sign) == words_of(other, typed, sign)
        ended = {"text": "异议不成立。", "outcome": Outcome.REJECTED}
        office.say(AnswerKind.REPLY, CaseState.CLOSED, **ended)
        title, told = words_of(page, *asked[-1])
        assert (title, told) == words_of(other, *asked[-1])
    assert "已办结：异议不成立" in told
    assert "撤回异议" not in told
    # That a wrong code is refused is told by the status of the answer, which browsers note.
    assert [said for said in visitor.complaints if "422" not in said] == []


def test_the_server_sees_neither_code_nor_answer(seen, side):
    code, office, recorder, visitor = seen
    with visitor.page(STATUS, 320, 700, now=OPEN) as page:
        assert "查询码不发给服务器" in page.inner_text(".seal-way")
        page.keyboard.press("Tab")
        tab_to(page, "#code")
        page.keyboard.insert_text(code.lower().replace("-", " "))
        page.keyboard.press("Enter")
        page.wait_for_selector("text=办理经过")
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        told = page.inner_text("main")
        for words in (
            "核查中",
            PHRASE,
            "经办人员在等您的回答",
            "签名不成立",
            "产值数据",
            "查看完整的联系电话",
        ):
            assert words in told or words in page.evaluate(WITHOUT_WAY), words
        assert "2021年12月28日" not in told
        page.locator("details.proof summary").first.click()
        with page.expect_download() as download:
            page.get_by_role("link", name="下载这份答复").first.click()
        read = read_signed(Path(download.value.path()).read_text(encoding="utf-8"))
        assert signed_by(read.body, read.signature, office.key.public)
        assert download.value.suggested_filename == f"{read.number}-{read.at[:10]}.txt"
        page.locator("#text").fill("字")
        assert page.inner_text(".counter") == "还可输入4999字"
        assert violations(page) == []
        page.go_back()
        page.wait_for_selector("#code")
        assert page.locator("#code").input_value() == ""
        page.locator("#code").fill("乱写的")
        page.keyboard.press("Enter")
        page.wait_for_selector(".error-summary")
        assert page.locator("#code").input_value() == "乱写的"
        assert violations(page) == []
        page.locator("#code").fill(code)
        page.context.set_offline(True)
        press(page, "查询")
        page.wait_for_selector("text=没有查询成功")
        assert violations(page) == []
        page.context.set_offline(False)
        press(page, "查询")
        page.wait_for_selector("text=办理经过")
        read_the_calendar(page, code, office, side)
    known = derived(read_code(code))
    words = [code, code.replace("-", ""), code.lower(), PHRASE, known.identity, "2021-12-31"]
    needles = [code_bytes(read_code(code)), *(form for word in words for form in forms_of(word))]
    seen_by_server = recorder.seen.getvalue()
    assert known.lookup.encode() in seen_by_server
    assert not [needle for needle in needles if needle in seen_by_server]


def read_the_calendar(page, code, office, side):
    """The day of the answer, made in the page as the server would."""
    office.say(AnswerKind.STATUS, CaseState.EXAMINING, due=date(2021, 12, 31))
    page.go_back()
    page.wait_for_selector("#code")
    look_up(page, code)
    with page.expect_download() as download:
        page.get_by_role("link", name="加入日历").click()
    told = Path(download.value.path()).read_bytes()
    served = Citizen(side).client.get("/objections/answer-day.ics?on=2021-12-31").data
    dated = re.compile(rb"^(DTSTAMP|URL).*$", re.MULTILINE)
    assert dated.sub(b"", told) == dated.sub(b"", served)


SAID = "补充的话-5d80aa"


def withdraw(page):
    """With a look-up afterwards that fails once; nothing more is offered then."""
    press(page, "撤回异议")
    page.wait_for_selector("text=请先勾选")
    page.locator("#text").fill(f"不再异议。{SAID}")
    page.locator("#confirm").check()
    page.route("**/status/sealed", lambda route: route.abort())  # only the look-up afterwards
    press(page, "撤回异议")
    page.wait_for_selector("text=已经收到，不用再次提交")
    assert "没有提交成功" not in page.inner_text("main")
    page.unroute("**/status/sealed")
    press(page, "再次查询")
    page.wait_for_selector("text=已提交撤回，等待受理单位确认")
    assert page.locator("main textarea, main button[value=withdrawal]").count() == 0
    assert "不用再次提交" in page.inner_text("main")


def test_later_messages_are_sealed_in_the_page(seen, side):
    code, _, recorder, visitor = seen
    film = b"\x89PNG\r\n\x1a\n" + SAID.encode() * 90_000  # more than goes in one request
    asked = []
    with visitor.page(STATUS, 375, 740, now=OPEN) as page:
        look_up(page, code)
        page.on("request", lambda request: asked.append(request.url.rpartition("/status/")[2]))
        assert "在您的设备上加密后再发送" in page.inner_text("main")
        press(page, "提交回答")
        page.wait_for_selector(".error-summary")
        assert "请填写说明，或者选择文件" in page.inner_text(".error-summary")
        assert violations(page) == []
        page.locator("#text").fill(f"第三期。{SAID}")
        page.locator("#files").set_input_files(
            [{"name": "照片", "mimeType": "application/octet-stream", "buffer": film}]
        )
        page.wait_for_selector("text=照片.png（图片")
        page.context.set_offline(True)
        press(page, "提交回答")
        page.wait_for_selector("text=答复询问：没有提交成功")
        assert "没有连上服务器" in page.inner_text(".error-summary")
        assert page.evaluate("document.activeElement.className") == "error-summary"
        near = ".actions:has(button[value=answer]) + [data-told] .error-summary"
        assert page.locator(near).is_visible()  # beside the button that was pressed
        assert violations(page) == []
        page.context.set_offline(False)
        press(page, "再次发送")
        page.wait_for_selector("text=答复询问：已经收到。")
        assert "您后来提交的1份内容" in page.inner_text("main")
        with page.expect_download() as download:
            page.get_by_role("link", name="保存我提交的内容").click()
        assert f"第三期。{SAID}" in Path(download.value.path()).read_text(encoding="utf-8")
        withdraw(page)
        assert violations(page) == []
    assert {"message/pieces", "message/pieces/more", "message/sealed"} <= set(asked)
    messages = {message.kind: message for message in side.messages()}
    answer = messages[MessageKind.ANSWER]
    assert (answer.text, answer.answers) == (f"第三期。{SAID}", 2)
    assert [one.name for one in answer.evidence] == ["照片.png"]
    assert messages[MessageKind.WITHDRAWAL].text == f"不再异议。{SAID}"
    assert side.voices(code) == [Voice.HOLDER] * 2
    paths = list(side.box.inbox.glob("*.sealed"))
    assert all(b'"sealed":"page"' in path.read_bytes() for path in paths)
    assert any(film in side.open(path)[1].values() for path in paths)
    told = recorder.seen.getvalue()
    words = [SAID, code, code.replace("-", "")]
    assert not [form for word in words for form in forms_of(word) if form in told]


# What would run, load, style, or take an opened word along, written round the opened words.
FOREIGN = (
    '<template data-when="open"><img data-set="src=state"></template>',
    '<a data-set="ping=state" href="#main">x</a><form action="//leak.example/"></form>',
    '<link rel="stylesheet" href="/static/leak.css">',
    '<script src="/static/forms.0.js"></script>',
)


def writing(foreign):
    """A server that writes something into the page that comes with a case."""

    def altered(route):
        told, rest = route.fetch().body().split(b"\n", 1)
        values = json.loads(told)
        values["page"] = values["page"].replace("</h1>", f"</h1>{foreign}", 1)
        body = json.dumps(values).encode() + b"\n" + rest
        route.fulfill(body=body, content_type="application/octet-stream")

    return altered


def test_what_comes_as_data_gets_at_no_opened_word(seen):
    code, _, _, visitor = seen
    with visitor.page(STATUS, now=OPEN) as page:
        asked = []
        page.on("request", lambda one: asked.append(one.url))
        for foreign in FOREIGN:
            page.route("**/status/sealed", writing(foreign))
            look_up(page, code, "text=没有查询成功")
            page.unroute("**/status/sealed")
            page.reload()
        assert [url for url in asked if "leak" in url or "/forms.0" in url] == []
        page.route("**/status/sealed", writing("<p>x</p>"))
        look_up(page, code)
