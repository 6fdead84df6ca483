import io
import re

import pytest
from sqlalchemy import select

from portal.casework.models import Case
from portal.casework.retention import check_store
from portal.domain.objection import LookAct, Message, MessageKind
from portal.domain.receipt_code import code_from, read_code
from portal.sealed.dropbox import DropBox
from portal.sealed.receipts import ReceiptSigner
from portal.sealed.signed_answers import Proof
from portal.submission.replies import read_case
from portal.submission.submitting import Submissions
from tests.casedesk import CITY, PINGDING, PINGDING_2, SUPERVISOR
from tests.desk.conftest import post

FORM = {
    "notice": "pd-list",
    "channel": "paper",
    "received": "2026-03-04T09:30",
    "kind": "person",
    "name": "马来信",
    "phone": "0353-1234567",
    "entries": ["平定甲公司", "张伟"],
    "grounds": "untrue",
    "facts": "来信所述的事实",
    "office": "no",
}


def cases(office):
    with office.desk.room.register.read() as session:
        return session.scalars(select(Case)).all()


def test_a_letter_is_sealed_and_handled_like_the_others(office):
    client = office.sign_in(PINGDING)
    scan = (io.BytesIO(b"%PDF-1.4 scan"), "来信.pdf")
    response = post(client, "/enter", {**FORM, "scans": scan}, content_type="multipart/form-data")
    assert response.status_code == 302, response.text
    (case,) = cases(office)
    assert (case.channel, case.office, case.reply_key) == ("paper", "pingding-office", "")
    assert case.due.isoformat() == "2026-03-25"
    office.unlock(client, "pingding-office", "pd-list")
    post(client, f"/cases/{case.number}/open")
    page = client.get(response.location).text
    for part in ("书面", "马来信", "来信所述的事实", "平定甲公司", "张伟", "来信.pdf"):
        assert part in page
    for path in office.desk.settings.paths.state.rglob("*"):
        assert not path.is_file() or "来信所述".encode() not in path.read_bytes()
    office.cases.collect()
    assert len(cases(office)) == 1


def test_the_reply_to_a_letter_is_kept_for_the_office_and_sent_nowhere(office):
    client = office.sign_in(PINGDING)
    number = post(client, "/enter", FORM).location.split("/")[2]
    office.unlock(client, "pingding-office", "pd-list")
    for path in ("open", "step/accept"):
        post(client, f"/cases/{number}/{path}")
    assert post(client, f"/cases/{number}/reply", {"reply-text": "已核实。"}).status_code == 302
    assert "已核实。" in client.get(f"/cases/{number}/").text
    assert not list(office.desk.room.folders.outgoing.glob("*.sealed"))


def test_a_letter_about_entries_and_the_list_as_a_whole_is_read_as_both(office):
    client = office.sign_in(PINGDING)
    form = {**FORM, "entries": ["张伟", "名单整体"]}
    number = post(client, "/enter", form).location.split("/")[2]
    office.unlock(client, "pingding-office", "pd-list")
    post(client, f"/cases/{number}/open")
    page = client.get(f"/cases/{number}/").text
    [told] = re.findall(r"<dt>有异议的条目</dt><dd>(.*?)</dd>", page)
    assert re.fullmatch("张伟（.*）、名单整体或者程序", told)


def test_one_that_concerns_the_office_goes_one_level_up(office):
    county = office.sign_in(PINGDING)
    response = post(county, "/enter", {**FORM, "office": "yes"})
    assert county.get(response.location).status_code == 404
    assert office.sign_in(CITY).get(response.location).status_code == 200
    city = office.sign_in(CITY)
    response = post(city, "/enter", {**FORM, "notice": "city-list", "entries": [], "office": "yes"})
    assert city.get(response.location).status_code == 404
    assert office.sign_in(SUPERVISOR).get(response.location).status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"facts": ""}, "请填写事实与理由"),
        ({"notice": "yx-list"}, "由本单位受理"),
        ({"received": "2027-01-01T00:00"}, "不能晚于现在"),
        ({"received": "never"}, "收到时间"),
        ({"entries": "盂县乙公司"}, "名单中没有“盂县乙公司”"),
        ({"name": ""}, "请填写异议人"),
        ({"grounds": ""}, "事由"),
        ({"scans": (io.BytesIO(b"MZ"), "a.exe")}, "不在可以上传的范围"),
        ({"scans": (io.BytesIO(b"MZ"), "a.pdf")}, "内容与扩展名"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(office, change, said):
    client = office.sign_in(PINGDING)
    response = post(client, "/enter", {**FORM, **change}, content_type="multipart/form-data")
    assert response.status_code == 422
    assert said in response.text
    assert cases(office) == []
    if "facts" not in change:
        assert "来信所述的事实" in response.text


def test_an_anonymous_tip_needs_no_name(office):
    client = office.sign_in(PINGDING)
    assert post(client, "/enter", {**FORM, "kind": "anonymous", "name": ""}).status_code == 302


def test_a_scan_survives_every_fault_of_the_form_and_touches_no_disk(office):
    client, mark = office.sign_in(PINGDING), b"%PDF-1.4 canary in a scan"
    files = [(io.BytesIO(mark), "来信.pdf"), (io.BytesIO(b"%PDF-1.4 2"), "附页.pdf")]
    files.append((io.BytesIO(b"MZ"), "程序.exe"))
    sent = {**FORM, "facts": "", "scans": files}
    page = post(client, "/enter", sent, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "移除“来信.pdf”" in page.text
    assert "“程序.exe”" in page.text
    for _ in range(2):
        held = re.search(r'name="held" value="([0-9a-f]+)"', page.text)[1]
        page = post(client, "/enter", {**FORM, "entries": "没有的单位", "held": held})
        assert "移除“附页.pdf”" in page.text
    held = re.search(r'name="held" value="([0-9a-f]+)"', page.text)[1]
    other = post(office.sign_in(PINGDING_2), "/enter", {**FORM, "facts": "", "held": held})
    assert "来信.pdf" not in other.text
    for path in office.desk.settings.paths.state.rglob("*"):
        assert not path.is_file() or mark not in path.read_bytes()
    done = post(client, "/enter", {**FORM, "held": held, "remove": "附页.pdf"})
    assert done.status_code == 302
    office.unlock(client, "pingding-office", "pd-list")
    post(client, f"{done.location}open")
    shown = client.get(done.location).text
    assert "来信.pdf" in shown
    assert "附页.pdf" not in shown


def test_the_entries_of_the_chosen_notice_are_ticked_and_choosing_loses_nothing(office):
    client = office.sign_in(CITY)
    assert "平定甲公司" not in client.get("/enter").text
    scan = (io.BytesIO(b"%PDF-1.4 scan"), "来信.pdf")
    typed = {**FORM, "entries": [], "notice": "city-list", "choose": "y", "scans": scan}
    page = post(client, "/enter", typed, content_type="multipart/form-data")
    assert page.status_code == 200
    for part in (
        "阳泉丙公司",
        'value="张伟"',
        "名单整体",
        "来信所述的事实",
        "移除“来信.pdf”",
    ):
        assert part in page.text, part
    assert "请至少选一项" not in page.text
    assert cases(office) == []
    county = office.sign_in(PINGDING)
    assert 'value="平定甲公司"' in county.get("/enter?notice=pd-list").text
    assert 'value="盂县乙公司"' not in county.get("/enter?notice=yx-list").text


def test_who_came_on_paper_follows_the_case_by_a_code_that_is_shown_once(office):
    client = office.sign_in(PINGDING)
    receipt = post(client, "/enter", {**FORM, "coded": "y"}).text
    code = read_code(re.search(r"<code>([0-9A-Z-]{29})</code>", receipt)[1])
    (case,) = cases(office)
    assert case.number in receipt
    assert "<svg" in receipt
    for path in office.desk.settings.paths.state.rglob("*"):
        assert not path.is_file() or code.encode() not in path.read_bytes()
    office.unlock(client, "pingding-office", "pd-list")
    page = f"/cases/{case.number}/"
    for path in ("open", "step/accept"):
        post(client, f"{page}{path}")
    post(client, f"{page}reply", {"reply-text": "已核实。"})
    box = DropBox(office.desk.settings.dropbox)
    office.desk.collect(office.clock())
    view = read_case(box, code, office.desk.room.keys.public)
    assert (view.header.number, view.header.office) == (case.number, "pingding-office")
    assert [answer.text for answer in view.answers][-1] == "已核实。"
    assert {proof for _, proof in view.items} == {Proof.SOUND}
    assert view.sent[0].facts == "来信所述的事实"
    assert {look.act for look in view.looks} == {LookAct.OPEN}
    submissions = Submissions(box, office.desk.room.keys.public, ReceiptSigner.new())
    message = Message(MessageKind.EVIDENCE, office.clock(), "另附一页")
    submissions.send(message, (), code=code, office="", id_="0" * 16)
    office.desk.collect(office.clock())
    post(client, f"{page}open")
    assert "另附一页" in client.get(page).text
    other = code_from(bytes(15))
    assert read_case(box, other, office.desk.room.keys.public) is None
    assert len(cases(office)) == 1
    assert check_store(office.desk.room) == []
