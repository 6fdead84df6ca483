"""Coming back with the code: states, questions, answers, evidence, withdrawal; wrong codes."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from portal.domain.exchange import write_answer, write_look
from portal.domain.objection import (
    Answer,
    AnswerKind,
    CaseState,
    Look,
    LookAct,
    MessageKind,
    Outcome,
)
from portal.domain.receipt_code import read_code
from portal.intake.intake_options import IntakeLimits
from portal.sealed.dropbox import publish
from portal.sealed.envelope import Header, container
from portal.sealed.receipts import derived, verify_receipt
from portal.sealed.sealing import Sealer
from portal.sealed.spoken import Voice
from portal.sealed.suites import SUITES
from tests.publicside import BY_NAME, SLUG, Citizen, PublicSide, pdf

Desk = Callable[..., None]


@pytest.fixture
def desk(side: PublicSide) -> Desk:
    """Answers the only case as the desk would, and collects."""
    count = iter(range(1, 100))

    def answer(kind: AnswerKind, state: CaseState, **more: Any) -> None:
        side.collect()
        [case] = side.box.cases.glob(f"{'?' * 32}.json")
        asked = side.box.header(case.stem)
        assert asked is not None
        seq = next(count)
        header = Header("answer", asked.lookup, seq=seq)
        content = Answer(seq, side.clock(), kind, state, **more)
        document = container("answer.json", write_answer(content, header.bound))
        target = side.desk.outgoing / f"{header.name}.sealed"
        sealer = Sealer((asked.reply,))
        publish(side.desk.tmp, target, lambda out: sealer.seal(header, document, out))
        side.collect()

    return answer


def state_of(page: str) -> str:
    found = re.search(r"现在的状态</dt><dd><strong>(.*?)</strong>", page)
    assert found, page
    return found[1]


@pytest.mark.parametrize("side", SUITES, ids=BY_NAME, indirect=True)
def test_a_case_from_arrival_to_reply(side: PublicSide, citizen: Citizen, desk: Desk) -> None:
    code = citizen.object()
    assert state_of(citizen.look_up(code)) == "已收到"
    desk(AnswerKind.STATUS, CaseState.ACCEPTED, due=date(2021, 12, 28))
    assert state_of(citizen.look_up(code)) == "已受理"
    assert "2021年12月28日（受理单位的内部目标）" in citizen.page
    entry = citizen.client.get(re.search(r'href="([^"]+answer-day[^"]+)"', citizen.page)[1])
    assert "DTSTART;VALUE=DATE:20211228" in entry.text
    assert not re.search("异议|YY2021|pingding|公示", entry.text.replace("测试公示平台", ""))
    desk(AnswerKind.QUESTION, CaseState.EXAMINING, text="请提供公报的期号。")
    page = citizen.look_up(code)
    assert "请提供公报的期号。" in page
    assert "提交回答" in page
    assert "经办人员在等您的回答" in page
    side.clock.forward(minutes=3)
    citizen.say("answer", text="第三期，见附件。", files=[pdf("公报.pdf")])
    assert "答复询问：已经收到" in citizen.page
    assert "1份内容" in citizen.page
    assert "经办人员在等您的回答" not in citizen.page
    [message] = side.messages()
    assert (message.kind, message.answers, message.text) == (
        MessageKind.ANSWER,
        2,
        "第三期，见附件。",
    )
    assert [f.name for f in message.evidence] == ["公报.pdf"]
    assert side.voices(code) == [Voice.HOLDER]
    desk(
        AnswerKind.REPLY,
        CaseState.CLOSED,
        text="经核查，异议成立，该单位已从名单中去除。",
        outcome=Outcome.UPHELD,
    )
    page = citizen.look_up(code)
    assert state_of(page) == "已办结：异议成立"
    assert "答复目标" not in page
    assert "<textarea" not in page


def test_a_reason_for_not_accepting_is_told(citizen: Citizen, desk: Desk) -> None:
    code = citizen.object()
    desk(AnswerKind.STATUS, CaseState.NOT_ACCEPTED, reason="所述事项与公示的名单无关")
    page = citizen.look_up(code)
    assert state_of(page) == "不予受理"
    assert "理由：所述事项与公示的名单无关" in page


def test_a_case_handed_over_sends_what_follows_to_the_new_office(
    side: PublicSide, citizen: Citizen, desk: Desk
) -> None:
    code = citizen.object()
    desk(AnswerKind.STATUS, CaseState.ACCEPTED, office="city-office")
    assert "测试市质量强市领导小组办公室" in citizen.look_up(code)
    citizen.say("evidence", text="补充一份材料。")
    [path] = side.box.inbox.glob("*.sealed")
    assert side.open(path, "city-office")[0].office == "city-office"


def test_withdrawing_asks_for_a_confirmation_and_is_sent_once(
    side: PublicSide, citizen: Citizen
) -> None:
    code = citizen.object()
    citizen.look_up(code)
    citizen.say("withdrawal")
    assert any("请先勾选" in line for line in citizen.errors())
    form = citizen.page
    for _ in range(2):
        citizen.page = form
        citizen.say("withdrawal", confirm="yes", text="情况已经清楚。")
        assert "撤回异议：已经收到" in citizen.page
        assert state_of(citizen.page) == "已提交撤回，等待受理单位确认"
        assert "补充材料提交" not in citizen.page
        assert 'value="withdrawal"' not in citizen.page, "once"
    [message] = side.messages()
    assert (message.kind, message.text) == (MessageKind.WITHDRAWAL, "情况已经清楚。")


def test_a_faulty_message_keeps_its_files(citizen: Citizen) -> None:
    citizen.look_up(citizen.object())
    citizen.say("evidence", text="长" * 5001, files=[pdf("一.pdf"), pdf("二.exe", b"MZ")])
    assert citizen.code == 422
    assert "移除“一.pdf”" in citizen.page
    citizen.say("evidence", text="")
    assert "补充材料：已经收到" in citizen.page
    citizen.say("evidence", text="")
    assert any("请填写说明，或者选择文件" in line for line in citizen.errors())


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " — "),
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: code.replace("0", "o").replace("1", "I"),
        lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),
        lambda code: f"　{code}\n",
    ],
)
def test_a_badly_typed_code_is_understood(citizen: Citizen, typed: Callable[[str], str]) -> None:
    code = citizen.object()
    assert state_of(citizen.look_up(typed(code))) == "已收到"


def test_wrong_codes_tell_nothing_and_wait(side: PublicSide, citizen: Citizen) -> None:
    code = citizen.object().replace("-", "")
    waits: list[float] = []
    intake = citizen.client.application.extensions["portal.intake"]
    object.__setattr__(intake, "pause", waits.append)
    other = code[:5] + ("A" if code[5] != "A" else "B") + code[6:]
    from tests.codes import new_code

    pages = set()
    for wrong in (other, new_code(), "乱写的", ""):
        page = citizen.look_up(wrong)
        assert citizen.code == 422
        page = page.replace(f'value="{wrong}"', 'value=""')
        pages.add(re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", page))
    assert len(pages) == 1
    assert waits == [0.5] * 4


def test_guessing_is_stopped_for_the_address_and_nobody_else(side: PublicSide) -> None:
    app = side.app(limits=IntakeLimits(free_bytes=0, wrong_codes_per_address=3))
    object.__setattr__(app.extensions["portal.intake"], "pause", lambda _: None)
    code = Citizen(side, app, "10.0.0.1").object()
    guesser = Citizen(side, app, "2001:db8::1")
    for _ in range(3):
        guesser.look_up("AAAAA")
    neighbour = Citizen(side, app, "2001:db8::ffff")
    neighbour.look_up("AAAAA")
    assert neighbour.code == 429
    assert "输错查询码的次数太多" in neighbour.page
    neighbour.look_up(code)
    assert neighbour.code == 200, "a right code gets through"
    other = Citizen(side, app, "2001:db8:0:1::1")
    other.look_up(code)
    assert other.code == 200
    side.clock.now = datetime.fromisoformat("2021-12-07T11:00:00+08:00")
    neighbour.look_up("AAAAA")
    assert neighbour.code == 422


def test_wrong_codes_use_up_nobodys_look_ups(side: PublicSide) -> None:
    """Neither the site's, nor those behind one address; a message with the code goes through."""
    limits = IntakeLimits(free_bytes=0, lookups=3, wrong_codes_per_address=2, drafts_per_address=1)
    app = side.app(limits=limits)
    object.__setattr__(app.extensions["portal.intake"], "pause", lambda _: None)
    code = Citizen(side, app, "10.0.0.1").object()
    for number in range(6):
        Citizen(side, app, f"10.0.1.{number}").look_up("AAAAA")
        Citizen(side, app, "10.0.0.1").look_up("AAAAA")
    citizen = Citizen(side, app, "10.0.0.1")
    assert state_of(citizen.look_up(code)) == "已收到"
    for text in ("一", "二", "三"):
        citizen.say("evidence", text=text)
        assert "补充材料：已经收到" in citizen.page


def test_the_code_is_in_no_address_and_nothing_is_cached(
    side: PublicSide, citizen: Citizen
) -> None:
    citizen.object()
    for path in ("/objections/status", f"/objections/{SLUG}/new"):
        response = citizen.client.get(path)
        assert response.headers["Cache-Control"] == "no-store"
        assert 'method="post"' in response.text
    cookie = citizen.client.get_cookie("form", path="/objections")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_the_site_itself_sets_no_cookie(citizen: Citizen) -> None:
    for path in ("/", "/notices/", f"/notices/{SLUG}/"):
        assert "Set-Cookie" not in citizen.client.get(path).headers


def test_the_signed_receipt_can_be_downloaded_and_checked(
    side: PublicSide, citizen: Citizen
) -> None:
    code = citizen.object()
    receipt = citizen.hidden()["receipt"]
    response = citizen.client.post("/objections/receipt", data={"receipt": receipt})
    known = verify_receipt(response.text, (side.root / "keys/public/receipt.pub").read_bytes())
    assert known.notice == SLUG
    assert response.headers["Content-Disposition"] == f'attachment; filename="{known.number}.txt"'
    assert derived(read_code(code)).lookup not in response.text
    forged = citizen.client.post("/objections/receipt", data={"receipt": "异议回执\n伪造"})
    assert forged.status_code == 400
    assert "不是异议回执" in forged.text


@pytest.mark.parametrize("side", SUITES, ids=BY_NAME, indirect=True)
def test_the_page_says_who_has_looked(side, citizen):
    code = citizen.object()
    assert "还没有人拆封" in citizen.look_up(code)
    known = derived(read_code(code), side.suite)
    look = Look(side.clock(), LookAct.OPEN, "平定县办公室，县（区）经办人员")
    header = Header("look", known.lookup, id="0123456789abcdef")
    with (side.box.outbox / f"{header.name}.sealed").open("wb") as target:
        content = container("look.json", write_look(look, header.bound))
        Sealer((known.reply,)).seal(header, content, target)
    (side.box.outbox / f"{known.lookup}.00000000000000ff.sealed").write_bytes(b"damaged")
    page = citizen.look_up(code)
    assert "拆封阅读（平定县办公室，县（区）经办人员）" in page
    assert "还没有人拆封" not in page


def test_a_damaged_key_of_one_window_keeps_nobody_from_looking_up(side, citizen):
    citizen.object()
    code = citizen.receipt_code()
    for path in (side.root / "keys/public").glob(f"*/{SLUG}.pub"):
        path.write_bytes(b"\xff\xfe\x00bad")
    assert state_of(citizen.look_up(code)) == "已收到"
    citizen.get(f"/objections/{SLUG}/new")
    assert "<textarea" not in citizen.page


def test_a_number_in_place_of_the_code_is_recognized(side, citizen):
    citizen.object()
    number = re.search(r"YY[0-9]{8}-[0-9A-Z]{8}", citizen.page)[0]
    for typed in (number, number.lower().replace("-", " "), "ＹＹ" + number[2:]):
        citizen.look_up(typed)
        assert citizen.code == 422
        assert "这是异议编号，不是查询码" in citizen.page
    assert "这是异议编号" not in citizen.look_up("YY20211207")


def test_a_day_that_is_none_has_no_calendar_entry(citizen):
    for on in ("", "2021-02-30", "9999-12-31", "0001-01-01", "../"):
        assert citizen.client.get(f"/objections/answer-day.ics?on={on}").status_code == 404


def test_a_calendar_entry_names_the_site_whatever_the_browser_called_it(citizen):
    address = citizen.side.catalogue.site.lookup_address
    foreign = {"Host": "evil.example"}
    entry = citizen.client.get("/objections/answer-day.ics?on=2021-12-20", headers=foreign)
    assert f"URL:{address}" in entry.text.replace("\r\n ", "")


def test_who_shares_a_computer_can_leave_nothing_behind(citizen):
    code = citizen.object()
    shown = citizen.client.post("/objections/status", data={**_form(citizen), "code": code})
    address = shown.request.path + "?" + shown.request.query_string.decode()
    assert "异议办理情况" in citizen.get(address)
    citizen.post("/objections/leave", {})
    assert "异议办理情况" not in citizen.get(address)


def _form(citizen):
    citizen.get("/objections/status")
    return citizen.hidden()


@pytest.mark.parametrize("side", SUITES, ids=BY_NAME, indirect=True)
def test_own_words_are_read_again_by_who_wanted_a_copy_and_nobody_else(side, citizen, desk):
    words = "金丝雀-我写的话，产值数据与统计公报不一致。"
    citizen.begin()
    citizen.check(facts=words, files=[pdf("公报.pdf")])
    fields = {**citizen.hidden(), "action": "send", "copied": "y"}
    citizen.post(f"/objections/{SLUG}/check", fields)
    code = citizen.receipt_code()
    page = citizen.look_up(code)
    assert words in page
    assert "公报.pdf（" in page
    citizen.say("evidence", text="补充的一句话。")
    assert "补充的一句话。" in citizen.look_up(code)
    side.collect()
    assert words in citizen.look_up(code)
    for path in side.root.rglob("*"):
        assert not path.is_file() or "金丝雀".encode() not in path.read_bytes()
    citizen.say("withdrawal", confirm="yes")
    assert state_of(citizen.look_up(code)) == "已提交撤回，等待受理单位确认"
    assert "<textarea" not in citizen.page
    side.clock.forward(minutes=5)
    question = "撤回是您本人提出的吗？"
    desk(AnswerKind.QUESTION, CaseState.EXAMINING, text=question)
    assert state_of(citizen.look_up(code)) == "核查中"  # and can be answered
    assert "提交回答" in citizen.page
    plain = Citizen(side)
    plain.begin()
    plain.check(facts=words)
    plain.press("send")
    assert words not in plain.look_up(plain.receipt_code())
