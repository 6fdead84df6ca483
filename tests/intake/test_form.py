"""The form: what it asks, how it errs, and that nothing a citizen gave is lost on the way."""

import io
import re

import pytest
from flask.testing import FlaskClient

from portal.domain.objection import FileRole, Grounds, ObjectorKind
from tests.publicside import ANSWERS, OPEN, PDF, SLUG, Citizen, PublicSide, pdf

LONG = "长" * 5001


def test_a_person_objects_and_the_office_reads_every_field(
    side: PublicSide, citizen: Citizen
) -> None:
    citizen.object(files=[pdf("公报 截图.pdf")], address="平定县冠山镇", sensitive="y")
    [objection] = side.objections()
    assert objection.objector.kind is ObjectorKind.PERSON
    assert (objection.objector.name, objection.objector.phone) == ("钱七", "13912345678")
    assert objection.objector.address == "平定县冠山镇"
    assert objection.grounds == (Grounds.UNTRUE,)
    assert objection.facts == ANSWERS["facts"]
    assert [e.name for e in objection.entries] == ["平定县甲制造有限公司"]
    assert (objection.notice, objection.privacy, objection.sensitive) == (SLUG, "1", True)
    assert objection.received == OPEN.replace(second=30)
    [file] = objection.evidence
    assert (file.name, file.member, file.size) == ("公报 截图.pdf", "files/1.pdf", len(PDF))


def test_what_holds_a_token_is_never_compressed(side: PublicSide) -> None:
    client = side.app().test_client()
    for path in (f"/objections/{SLUG}/new", "/objections/status"):
        page = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "csrf_token" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in page.headers
    reading = FlaskClient(side.app()).get("/", headers={"Accept-Encoding": "gzip"})
    assert reading.headers["Content-Encoding"] == "gzip"


def test_a_unit_objects_with_its_seal(side: PublicSide, citizen: Citizen) -> None:
    unit = {
        "kind": "unit",
        "unit": "平定县乙矿业有限公司",
        "credit_code": "９1140321MA0GTWB66Q ".lower(),
        "contact": "孙八",
        "unit_phone": "０３５３－６０６００００",
        "scan": [pdf("盖章页.pdf")],
        "entries": ["list"],
        "grounds": ["procedure", "other"],
    }
    from portal.domain.identifiers import credit_check

    unit["credit_code"] = "91140321MA0GTWB66" + credit_check("91140321MA0GTWB66")
    citizen.object(**unit)
    [objection] = side.objections()
    assert objection.objector.name == "平定县乙矿业有限公司"
    assert (objection.objector.contact, objection.objector.phone) == ("孙八", "0353-6060000")
    assert objection.entries == ()
    assert objection.grounds == (Grounds.PROCEDURE, Grounds.OTHER)
    assert [f.role for f in objection.evidence] == [FileRole.SEAL_SCAN]


def test_the_link_from_the_notice_chooses_its_entry(citizen: Citizen) -> None:
    page = citizen.get(f"/objections/{SLUG}/new?entry=赵六")
    [checked] = re.findall(r'name="entries" value="([^"]+)" checked', page)
    assert "赵六" in checked


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"entries": []}, "entries-0", "请选择有异议的条目"),
        ({"entries": "组织:不在名单上的单位:"}, "entries-0", "“不在名单上的单位”不在现在的名单上"),
        ({"grounds": []}, "grounds-0", "请选择异议的理由"),
        ({"kind": ""}, "kind-0", "请选择以什么身份提出"),
        ({"kind": "anonymous"}, "kind-0", "请选择以什么身份提出"),
        ({"name": " 　"}, "name", "请填写您的姓名"),
        ({"name": "长" * 61}, "name", "最多60字"),
        ({"phone": ""}, "phone", "请填写联系电话"),
        ({"phone": "不告诉"}, "phone", "联系电话的格式不对"),
        ({"address": "长" * 121}, "address", "最多120字"),
        ({"facts": ""}, "facts", "请写明事实和说明"),
        ({"facts": "不公平"}, "facts", "太短"),
        ({"facts": LONG}, "facts", "最多5000字，现在是5001字"),
        ({"homepage": "http://spam"}, "homepage", "请留空"),
        ({"kind": "unit"}, "unit", "请填写单位名称"),
        ({"kind": "unit", "unit": "甲", "credit_code": "123"}, "credit_code", "信用代码有误"),
        ({"kind": "unit", "unit": "甲"}, "scan", "请上传加盖公章的扫描件"),
        ({"files": [pdf("木马.exe", b"MZ")]}, "files", "“木马.exe”的类型不在可以上传的范围内"),
        ({"files": [pdf("假.pdf", b"MZ")]}, "files", "内容与扩展名“.pdf”不符"),
        ({"files": [pdf("空.pdf", b"")]}, "files", "“空.pdf”是空文件"),
        ({"concerns_office": "y", "_": "no key"}, "concerns_office", "这类异议不能在本网站提交"),
    ],
)
def test_every_error_names_its_field_and_keeps_what_was_typed(
    side: PublicSide, wrong: dict[str, object], field: str, told: str
) -> None:
    if "_" in wrong:
        (side.root / "keys/public/city-office" / f"{SLUG}.pub").unlink()
    citizen = Citizen(side)
    citizen.begin()
    page = citizen.check(**wrong)
    assert citizen.code == 422
    assert f'href="#{field}"' in page
    assert any(told in line for line in citizen.errors()), citizen.errors()
    if "facts" not in wrong:
        assert str(ANSWERS["facts"]) in page
    assert side.objections() == []


def test_files_stay_through_errors_and_the_way_back(side: PublicSide, citizen: Citizen) -> None:
    citizen.begin()
    citizen.check(phone="", files=[pdf("一.pdf"), pdf("二.pdf", PDF + b"2"), pdf("坏.exe", b"MZ")])
    assert re.findall("移除“([^”]+)”", citizen.page) == ["一.pdf", "二.pdf"]
    citizen.check()
    assert "核对后提交" in citizen.page
    back = citizen.press("change")
    assert re.findall("移除“([^”]+)”", back) == ["一.pdf", "二.pdf"]
    assert str(ANSWERS["facts"]) in back
    first = re.search(r'name="remove" value="(\w+)"', back)
    assert first
    citizen.check(remove=first[1], files=[pdf("三.pdf", PDF + b"3")])
    citizen.press("send")
    [objection] = side.objections()
    assert [f.name for f in objection.evidence] == ["二.pdf", "三.pdf"]
    assert list((side.root / "spool").rglob("*.*")) == []


def test_a_sixth_file_and_one_over_twenty_megabytes_are_named(
    side: PublicSide, citizen: Citizen
) -> None:
    citizen.begin()
    citizen.check(files=[pdf(f"{n}.pdf", PDF + str(n).encode()) for n in range(6)])
    assert any("最多上传5个文件，“5.pdf”没有保存" in line for line in citizen.errors())
    fresh = Citizen(side)
    fresh.begin()
    fresh.check(files=[pdf("大.pdf", PDF + bytes(20 * 1024 * 1024)), pdf("小.pdf")])
    assert any("“大.pdf”超过20 MB" in line for line in fresh.errors())
    assert re.findall("移除“([^”]+)”", fresh.page) == ["小.pdf"]
    assert list((side.root / "spool/incoming").iterdir()) == []


def test_a_request_over_the_limit_gets_a_page_of_its_own(citizen: Citizen) -> None:
    citizen.begin()
    citizen.client.application.config["MAX_CONTENT_LENGTH"] = 1000
    page = citizen.check(files=[pdf(data=PDF * 100)])
    assert citizen.code == 413
    assert "提交的内容过大" in page


def test_names_of_files_are_shown_but_never_obeyed(side: PublicSide, citizen: Citizen) -> None:
    citizen.object(files=[pdf("../../etc/<b>密\u202e码.pdf"), pdf("C:/证据/二.pdf", PDF + b"2")])
    [objection] = side.objections()
    assert [f.name for f in objection.evidence] == ["<b>密码.pdf", "二.pdf"]
    assert [f.member for f in objection.evidence] == ["files/1.pdf", "files/2.pdf"]


def test_somebody_may_type_and_upload_for_an_hour(side: PublicSide, citizen: Citizen) -> None:
    citizen.begin()
    side.clock.forward(hours=1)
    citizen.check()
    side.clock.forward(hours=1)
    citizen.press("send")
    assert citizen.receipt_code()


def test_a_form_sent_within_three_seconds_is_asked_again_with_its_text(
    side: PublicSide, citizen: Citizen
) -> None:
    citizen.get(f"/objections/{SLUG}/new")
    citizen.check()
    assert any("提交得太快" in line for line in citizen.errors())
    side.clock.forward(seconds=5)
    citizen.check()
    assert "核对后提交" in citizen.page


def test_a_form_opened_before_the_clock_went_back_can_be_sent(
    side: PublicSide, citizen: Citizen
) -> None:
    citizen.get(f"/objections/{SLUG}/new")
    side.clock.forward(hours=-3)
    citizen.check()
    assert "核对后提交" in citizen.page
    citizen.press("send")
    assert citizen.receipt_code()


def test_a_forged_token_or_a_lost_cookie_loses_no_text(side: PublicSide, citizen: Citizen) -> None:
    citizen.begin()
    citizen.check(token="forged", files=[pdf()])
    assert any("页面已经失效" in line for line in citizen.errors())
    assert "移除“证据.pdf”" in citizen.page
    side.clock.forward(seconds=5)
    stranger = Citizen(side)
    stranger.page = citizen.page
    page = stranger.check()
    assert stranger.code == 422
    assert str(ANSWERS["facts"]) in page


def test_a_new_privacy_notice_must_be_seen_before_sending(side: PublicSide) -> None:
    citizen = Citizen(side)
    citizen.begin()
    newer = Citizen(side, side.app(privacy="2", secret="x"))
    newer.begin()
    citizen_fields = newer.hidden() | ANSWERS | {"privacy": "1"}
    newer.post(f"/objections/{SLUG}/new", citizen_fields)
    assert any("个人信息告知书有了新版本" in line for line in newer.errors())
    newer.check()
    newer.press("send")
    assert side.objections()[0].privacy == "2"


def test_anonymous_tips_are_taken_where_the_office_allows_it(side: PublicSide) -> None:
    refused = Citizen(side)
    assert "不在网上接收匿名异议" in refused.begin()
    allowed = Citizen(side, side.app(anonymous=frozenset({"pingding-office"})))
    assert "作为线索登记" in allowed.begin()
    allowed.check(kind="anonymous")
    allowed.press("send")
    [objection] = side.objections()
    assert objection.objector.kind is ObjectorKind.ANONYMOUS
    assert objection.objector.name == objection.objector.phone == ""


def test_an_objection_to_the_office_goes_one_level_up(side: PublicSide, citizen: Citizen) -> None:
    citizen.object(concerns_office="y")
    [path] = side.box.inbox.glob("*.sealed")
    header, _ = side.open(path, "city-office")
    assert header.office == "city-office"
    with pytest.raises(Exception, match="无法启封"):
        side.open(path, "pingding-office")


def test_uploads_keep_every_byte(side: PublicSide, citizen: Citizen) -> None:
    data = PDF + bytes(range(256)) * 5000
    citizen.object(files=[(io.BytesIO(data), "原件.pdf")])
    [path] = side.box.inbox.glob("*.sealed")
    _, members = side.open(path)
    assert members["files/1.pdf"] == data
