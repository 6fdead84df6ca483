import io
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import select

from portal.casework.key_store import KeyStore
from portal.casework.models import AuditLine, Case
from portal.config.key_settings import KeySettings
from portal.desk.case.file_download import safe_name
from portal.domain.objection import AnswerKind, CaseState, MessageKind
from portal.sealed.dropbox import DropBox
from portal.sealed.signed_answers import Proof, proof_of
from portal.sealed.suites import SM
from tests.casedesk import CITY, CITY_2, FACTS, NOW, PINGDING, PINGDING_2
from tests.desk.conftest import make_office, post
from tests.smmodule import PIN, Module

MACRO = b"PK\x03\x04 broken"


def audit(office):
    with office.desk.room.register.read() as session:
        lines = session.scalars(select(AuditLine).order_by(AuditLine.seq)).all()
        return [(line.action, json.loads(line.detail)) for line in lines]


def confirm(office, person, client, page, **data):
    """Confirm with a fresh code, which is good once."""
    office.clock.on(seconds=60)
    given = {"code": office.code(person.username), **data}
    return post(client, f"{page}confirm", given)


def state(office, citizen):
    with office.desk.room.register.read() as session:
        return session.scalar(select(Case.state).where(Case.number == citizen.number))


def test_the_page_shows_nothing_before_the_key_is_unlocked_and_the_case_opened(office):
    citizen = office.cases.arrive(files=[("照片.jpg", b"\xff\xd8\xff\xd9")])
    client = office.sign_in(PINGDING)
    sealed = client.get(f"/cases/{citizen.number}/").text
    assert "内容已密封" in sealed
    assert "质量事故" not in sealed
    assert client.get(f"/cases/{citizen.number}/files/0-1").status_code == 404
    assert client.get(f"/exports/cases/{citizen.number}.docx").status_code == 404
    office.unlock(client, "pingding-office", "pd-list")
    assert "质量事故" not in client.get(f"/cases/{citizen.number}/").text
    assert post(client, f"/cases/{citizen.number}/open").status_code == 302
    opened = client.get(f"/cases/{citizen.number}/").text
    assert "质量事故" in opened
    assert "照片.jpg" in opened


def test_the_passphrase_unlocks_the_window_for_this_session_only(office):
    keys = KeyStore(office.desk.settings.keys)
    (keys.root / "public" / "pingding-office" / "pd-list.pub").unlink()
    keys.new("pingding-office", "pd-list", "a long passphrase", NOW, work_factor=10)
    citizen = office.cases.arrive()
    client, other = office.sign_in(PINGDING), office.sign_in(PINGDING_2)
    wrong = post(client, f"/cases/{citizen.number}/open", {"open-passphrase": "not this one"})
    assert wrong.status_code == 422
    assert "口令不对" in wrong.text
    assert ("unlock-failed", {}) in audit(office)
    right = post(client, f"/cases/{citizen.number}/open", {"open-passphrase": "a long passphrase"})
    assert right.status_code == 302
    assert "质量事故" in client.get(f"/cases/{citizen.number}/").text
    assert "质量事故" not in other.get(f"/cases/{citizen.number}/").text
    for path in office.desk.settings.paths.state.rglob("*"):
        assert not path.is_file() or b"AGE-SECRET-KEY" not in path.read_bytes()
    refused = post(other, f"/cases/{citizen.number}/step/accept")
    assert refused.status_code == 409
    assert "解锁以后再办" in refused.text
    assert post(client, f"/cases/{citizen.number}/step/accept").status_code == 302
    [answer] = office.cases.inbox_of(citizen)
    public = keys.public.signs("pingding-office", "pd-list")
    assert proof_of(answer, citizen.number, "pd-list", public) is Proof.SOUND


def test_a_window_whose_keys_a_module_holds_is_unlocked_answered_and_signed(
    sqlite_register, tmp_path
):
    """The officer types the module's PIN; the key file is a label, and no key is in the desk."""
    module = Module()
    settings = KeySettings(SM, module)
    office = make_office(tmp_path, str(sqlite_register.engine.url), made_keys=settings)
    keys = office.desk.room.keys
    module.destroy("pingding-office/pd-list")
    (keys.root / "public" / "pingding-office" / "pd-list.pub").unlink()
    keys.new("pingding-office", "pd-list", PIN, NOW)
    citizen = office.cases.arrive()
    page, client = f"/cases/{citizen.number}", office.sign_in(PINGDING)
    wrong = post(client, f"{page}/open", {"open-passphrase": "000000"})
    assert (wrong.status_code, "口令不对" in wrong.text, module.failures) == (422, True, 1)
    assert post(client, f"{page}/open", {"open-passphrase": PIN}).status_code == 302
    assert "质量事故" in client.get(f"{page}/").text
    assert post(client, f"{page}/step/accept").status_code == 302
    [answer] = office.cases.inbox_of(citizen)
    public = keys.public.signs("pingding-office", "pd-list")
    assert public.startswith("sm2sign1")
    assert proof_of(answer, citizen.number, "pd-list", public) is Proof.SOUND
    office.desk.close()


def test_a_phone_number_is_masked_until_a_reason_is_given(office):
    citizen = office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    assert "138****5678" in client.get(page).text
    assert "13812345678" not in client.get(page).text
    assert post(client, f"{page}reveal", {"reveal-reason": ""}).status_code == 422
    assert post(client, f"{page}reveal", {"reveal-reason": "电话核实身份"}).status_code == 302
    assert "13812345678" in client.get(page).text
    assert ("reveal", {"reason": "电话核实身份"}) in audit(office)
    assert "13812345678" not in office.opened(PINGDING_2, citizen).get(page).text


def test_a_file_is_a_harmless_download_under_a_safe_name(office):
    data = b"%PDF-1.4 <script>"
    citizen = office.cases.arrive(files=[("../../证据\u202efdp.exe.pdf", data)])
    client = office.opened(PINGDING, citizen)
    response = client.get(f"/cases/{citizen.number}/files/0-1")
    assert response.data == data
    assert response.mimetype == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert disposition.isascii()  # a server refuses anything else
    assert f"_{quote('证据')}" in disposition
    assert ".." not in disposition
    assert "%E2%80%AE" not in disposition
    assert ("download", {"file": "0-1"}) in audit(office)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("证明.pdf", "N_证明.pdf"),
        ("a/b\\c.docx", "N_c.docx"),
        ("发票.pdf.exe", "N_发票_pdf_exe.bin"),
        ("CON.jpg", "N_CON.jpg"),
        ("图\u202egpj.exe", "N_图gpj_exe.bin"),
        ("", "N_未命名.bin"),
        ("名 称\r\nX: y.png", "N_名_称X_y.png"),
    ],
)
def test_names_are_made_safe(name, safe):
    assert safe_name(name, "N") == safe


def photograph() -> bytes:
    """A picture turned on its side, with a camera's notes in it and something behind its end."""
    picture, notes, out = Image.new("RGB", (300, 200), "red"), Image.Exif(), io.BytesIO()
    notes[0x0112], notes[0x010F] = 6, "PLANTED CAMERA"
    picture.save(out, "JPEG", exif=notes)
    return out.getvalue() + b"PLANTED TAIL"


def letter() -> bytes:
    out, document = io.BytesIO(), Document()
    document.add_paragraph("抽检不合格的通报")
    document.save(out)
    return out.getvalue()


def test_a_file_can_be_looked_at_without_opening_it(office):
    """A picture is drawn anew of its pixels alone, a document gives its words; both on record."""
    files = [
        ("照片.jpg", photograph()),
        ("通报.docx", letter()),
        ("坏.png", b"\x89PNG\r\n\x1a\n" * 9),
    ]
    citizen = office.cases.arrive(files=[*files, ("程序.pdf", b"MZ\x90")])
    client = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    shown = client.get(page).text
    assert [f"files/0-{n}/look" in shown for n in (1, 2, 4)] == [True, True, False]
    picture = client.get(f"{page}files/0-1/look")
    assert picture.mimetype == "image/jpeg"
    assert b"PLANTED" not in picture.data
    assert Image.open(io.BytesIO(picture.data)).size == (200, 300), "turned as the camera says"
    assert "抽检不合格的通报" in client.get(f"{page}files/0-2/look").text
    assert "无法检查" in client.get(f"{page}files/0-3/look").text
    assert client.get(f"{page}files/0-4/look").status_code == 404
    assert client.get(page).text.count("查看或者下载附件") == 3
    assert office.sign_in(PINGDING).get(f"{page}files/0-1/look").status_code == 404


def test_the_safety_report_stands_beside_the_file(office):
    citizen = office.cases.arrive(files=[("合同.docx", MACRO), ("程序.pdf", b"MZ\x90")])
    page = office.opened(PINGDING, citizen).get(f"/cases/{citizen.number}/").text
    assert "损坏" in page
    assert "内容却是Windows 程序" in page


def test_a_reply_that_quotes_the_objection_is_sent_only_after_a_second_look(office):
    citizen = office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    post(client, f"{page}step/accept")
    quoting = {"reply-text": "您说该单位二〇二四年发生过较大质量事故，经核查不属实。"}
    warned = post(client, f"{page}reply", quoting)
    assert warned.status_code == 422
    assert "二〇二四年发生过较大质量事故" in warned.text
    assert quoting["reply-text"] in warned.text  # what was typed is kept
    assert post(client, f"{page}reply", {"reply-text": "刘小明同志：不属实。"}).status_code == 422
    assert office.cases.inbox_of(citizen)[-1].kind is AnswerKind.STATUS
    assert post(client, f"{page}reply", {**quoting, "reply-quoting": "y"}).status_code == 302
    assert office.cases.inbox_of(citizen)[-1].text == quoting["reply-text"]


def test_public_names_may_stand_in_a_reply(office):
    citizen = office.cases.arrive(facts="平定甲公司不符合申报条件，平定县推荐名单公示有误。")
    client = office.opened(PINGDING, citizen)
    post(client, f"/cases/{citizen.number}/step/accept")
    reply = {"reply-text": "经核查，平定甲公司符合条件；平定县推荐名单公示无误。"}
    assert post(client, f"/cases/{citizen.number}/reply", reply).status_code == 302


def test_two_officers_close_a_case_in_the_browser_and_the_answer_goes_out(office):
    citizen = office.cases.arrive()
    first = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    for path in ("step/accept", "step/examine"):
        assert post(first, page + path).status_code == 302
    post(first, f"{page}reply", {"reply-text": "经核查属实。"})
    closing = {"close-outcome": "upheld", "close-summary": "经核查属实，取消推荐。"}
    assert "勾选" in post(first, f"{page}close", closing).text
    closing |= {"close-entries": "平定甲公司", "close-shared": "y"}
    assert post(first, f"{page}close", closing).status_code == 302
    assert "须由另一位" in first.get(page).text
    assert post(first, f"{page}confirm").status_code == 409
    second = office.sign_in(CITY)
    assert "待您复核" in second.get("/inbox/").text
    assert "待您复核" not in first.get("/inbox/").text
    assert "复核同意" in second.get(page).text
    refused = post(second, f"{page}confirm")
    assert refused.status_code == 409
    assert "我没有阅读异议书和答复" in refused.text
    assert post(second, f"{page}copy", {"copy-passphrase": "not this one"}).status_code == 422
    office.unlock(second, "city-office", citizen.notice)
    assert FACTS not in second.get(page).text
    assert post(second, f"{page}copy").status_code == 302
    read = second.get(page).text
    assert FACTS in read
    assert "我没有阅读异议书和答复" not in read
    assert FACTS not in office.sign_in(CITY_2).get(page).text
    assert post(second, f"{page}confirm").status_code == 409  # no fresh code
    assert confirm(office, CITY, second, page).status_code == 302
    assert FACTS not in second.get(page).text
    assert "复核办结（阅读了复核副本）" in first.get(page).text
    assert state(office, citizen) == CaseState.CLOSED
    assert "异议成立" in first.get(page).text
    held = json.loads(office.desk.room.holds.read_text())["holds"]
    assert [(h["name"], h["state"]) for h in held] == [("平定甲公司", "upheld")]


def test_a_step_that_is_no_longer_possible_says_so_and_changes_nothing(office):
    citizen = office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    assert post(client, f"{page}step/accept").status_code == 302
    again = post(client, f"{page}step/accept")
    assert again.status_code == 409
    assert "请刷新" in again.text
    assert len(office.cases.inbox_of(citizen)) == 1


def test_new_material_waits_to_be_unsealed_and_a_withdrawal_to_be_confirmed(office):
    citizen = office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    office.cases.follow_up(citizen, MessageKind.EVIDENCE, "补充说明文字", files=[("a.png", b"x")])
    office.cases.follow_up(citizen, MessageKind.WITHDRAWAL, "冒名的撤回", signature="")
    office.cases.collect()
    post(client, f"{page}open")
    forged = client.get(page).text
    assert "冒名的撤回" in forged
    assert "没有异议人的签名，不能确定是持查询码的人提交的" in forged
    assert "异议人提出撤回" not in forged
    record = client.get(f"/exports/cases/{citizen.number}.docx").data
    assert "没有异议人的签名" in "".join(p.text for p in Document(io.BytesIO(record)).paragraphs)
    office.cases.follow_up(citizen, MessageKind.WITHDRAWAL, "我撤回")
    office.cases.collect()
    before = client.get(page).text
    assert "有1件新材料未拆封" in before
    assert "我撤回" not in before
    post(client, f"{page}open")
    after = client.get(page).text
    assert "补充说明文字" in after
    assert "异议人提出撤回" in after
    assert "还没有给补充材料签名的公钥" not in after
    parts = [f"{part}-1" for part in (1, 2, 3)]
    assert 200 in {client.get(f"{page}files/{part}").status_code for part in parts}
    assert post(client, f"{page}withdraw").status_code == 302
    assert state(office, citizen) == CaseState.WITHDRAWN


def test_handing_over_takes_the_case_out_of_sight(office):
    citizen = office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    response = post(client, f"/cases/{citizen.number}/hand-over")
    assert response.location == "/inbox/"
    assert client.get(f"/cases/{citizen.number}/").status_code == 404
    city = office.sign_in(CITY)
    office.unlock(city, "city-office", "pd-list")
    assert post(city, f"/cases/{citizen.number}/open").status_code == 302
    assert "质量事故" in city.get(f"/cases/{citizen.number}/").text


def test_an_officer_who_must_stand_aside_hands_over_without_reading(office):
    keys = KeyStore(office.desk.settings.keys)
    (keys.root / "public" / "pingding-office" / "pd-list.pub").unlink()
    keys.new("pingding-office", "pd-list", "a long passphrase", NOW, work_factor=10)
    citizen = office.cases.arrive()
    client = office.sign_in(PINGDING)
    wrong = post(client, f"/cases/{citizen.number}/hand-over", {"over-passphrase": "not this"})
    assert wrong.status_code == 409
    held = {"over-passphrase": "a long passphrase"}
    assert post(client, f"/cases/{citizen.number}/hand-over", held).status_code == 302
    assert "open" not in [action for action, _ in audit(office)]


def test_the_inbox_filters_finds_by_number_and_counts(office):
    first, second = office.cases.arrive(), office.cases.arrive(received=NOW.replace(day=2))
    client = office.opened(PINGDING, first)
    post(client, f"/cases/{first.number}/step/accept")
    both = client.get("/inbox/").text
    assert "共2件" in both
    assert both.index(second.number) < both.index(first.number)  # due first on top
    assert second.number not in client.get("/inbox/?state=accepted").text
    assert first.number not in client.get("/inbox/?state=overdue").text
    found = client.get(f"/inbox/?q={first.number[-6:].lower()}").text
    assert first.number in found
    assert second.number not in found
    assert "没有符合条件" in client.get("/inbox/?q=%25").text
    office.clock.on(days=30)
    client = office.sign_in(PINGDING)
    overdue = client.get("/inbox/?state=overdue").text
    assert "共2件" in overdue
    assert "超期" in overdue
    assert client.get("/inbox/?page=99999999999&state=nonsense").status_code == 200


def test_what_has_been_kept_long_enough_is_shown_and_deleted_by_two(office):
    citizen = office.cases.arrive()
    first = office.opened(PINGDING, citizen)
    page = f"/cases/{citizen.number}/"
    refusal = {"refuse-reason": "no-lead", "refuse-summary": "没有可供查证的线索。"}
    assert post(first, f"{page}refuse", refusal).status_code == 302
    unread = {"confirm-unread": "y"}
    second = office.sign_in(PINGDING_2)
    assert confirm(office, PINGDING_2, second, page, **unread).status_code == 302
    assert office.cases.inbox_of(citizen)[-1].reason == "没有提供证据或可供查证的线索"
    assert "留存期已满" not in first.get("/inbox/").text
    office.clock.on(days=366)
    first, second = office.sign_in(PINGDING), office.sign_in(PINGDING_2)
    assert "留存期已满" in first.get("/inbox/").text
    assert post(first, f"{page}delete").status_code == 302
    assert confirm(office, PINGDING_2, second, page).status_code == 302
    assert "材料已于" in second.get(page).text
    assert not list(office.desk.room.folders.envelopes.glob("*.sealed"))


def test_collecting_at_the_same_time_registers_each_objection_once(office):
    """The rounds, a timer and two officers' buttons: every envelope becomes one row."""
    box = DropBox(office.desk.settings.dropbox).prepare()
    for _ in range(6):
        citizen = office.cases.send()
        path = office.desk.room.envelope(citizen.lookup)
        path.rename(box.inbox / path.name)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: office.desk.collect(office.clock()), range(4)))
    assert [trouble for d in done for trouble in d.troubles] == []
    assert sum(d.cases for d in done) == 6
    assert list(box.inbox.glob("*.sealed")) == []
