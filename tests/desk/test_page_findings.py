"""An objection that a page sealed is read like any other; what breaks a rule is told, not lost."""

import hashlib
import io
import re
import secrets
from dataclasses import replace

from portal.casework.handling import Contents
from portal.casework.identities import new_identity
from portal.casework.unsealing import Unsealed
from portal.desk.case.file_lines import FileLines
from portal.domain.exchange import write_message, write_objection
from portal.domain.objection import (
    EntryRef,
    Evidence,
    Grounds,
    Message,
    MessageKind,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.sealed.envelope import Header, Member, container, page_number
from tests.casedesk import NOW, PINGDING
from tests.desk.conftest import post

PDF = b"%PDF-1.4 a page"
GOOD = Objection(
    "",
    "pd-list",
    1,
    NOW.replace(year=2001),
    Objector(ObjectorKind.PERSON, "刘小明", phone="13812345678"),
    (Grounds.INELIGIBLE,),
    "这家单位去年发生过质量事故，请核实。",
    "1",
    evidence=(Evidence("files/1.pdf", "证据.pdf", len(PDF), hashlib.sha256(PDF).hexdigest()),),
)
GOOD_FILES = (("files/1.pdf", PDF),)


def case_of(office, objection, files=GOOD_FILES, sent_to="pingding-office"):
    """The case page after opening what a page sealed."""
    lookup = secrets.token_hex(16)
    header = Header(
        "objection",
        lookup,
        "pd-list",
        sent_to,
        page_number(lookup, NOW),
        NOW,
        new_identity()[1],
        sealed="page",
    )
    members = [Member(name, len(data), io.BytesIO(data)) for name, data in files]
    document = write_objection(objection, header.bound)
    with (office.cases.room.folders.envelopes / f"{lookup}.sealed").open("wb") as target:
        sealer = office.cases.room.office_sealer(sent_to, "pd-list")
        sealer.seal(header, container("objection.json", document, members), target)
    office.cases.collect()
    client = office.sign_in(PINGDING)
    office.unlock(client, "pingding-office", "pd-list")
    assert post(client, f"/cases/{header.number}/open").status_code == 302
    page = client.get(f"/cases/{header.number}/")
    assert page.status_code == 200
    return page.text


def test_a_right_one_has_the_server_s_time_and_number_and_no_finding(office):
    page = case_of(office, GOOD)
    assert "质量事故" in page
    assert 'id="findings"' not in page
    assert "2001" not in page


def test_each_broken_rule_is_a_finding_and_everything_is_still_shown(office):
    broken = replace(
        GOOD,
        objector=Objector(ObjectorKind.UNIT, "", "123", "", "打电话"),
        grounds=(),
        facts="质量事故",
        entries=(EntryRef("名单上没有的公司", "组织", county="平定县"),),
        evidence=(
            *GOOD.evidence,
            Evidence("files/2.exe", "程序.exe", 3, "0" * 64),
            Evidence("files/3.pdf", "假的.pdf", 4, hashlib.sha256(b"fake").hexdigest()),
        ),
        concerns_office=True,
    )
    files = (("files/1.pdf", PDF), ("files/3.pdf", b"fake"), ("files/4.pdf", PDF))
    page = case_of(office, broken, files)
    for told in (
        "没有填写单位名称",
        "联系电话的格式不对",
        "没有填写联系人",
        "没有加盖公章的扫描件",
        "统一社会信用代码有误",
        "没有选择理由",
        "事实和说明是4字",
        "“名单上没有的公司”（组织）不在现在的名单上",
        "文件“程序.exe”缺失",
        "文件“假的.pdf”的内容与扩展名",
        "信封里有1个文书没有提到的文件",
        "却密封给了",
    ):
        assert told in page, told
    assert "质量事故" in page
    assert "缺失或者不符的文件" in page


def test_a_document_that_lists_a_thousand_is_read_in_a_short_page(office):
    """What is listed more often than once, or than the form allows, costs nobody any time."""
    same = tuple(replace(GOOD.evidence[0], name=f"证据{n}.pdf", size=10**9) for n in range(490))
    real = {f"files/{n}.pdf": PDF + b"%d" % n for n in range(2, 12)}
    more = [
        Evidence(name, f"另一份{n}.pdf", len(data), hashlib.sha256(data).hexdigest())
        for n, (name, data) in enumerate(real.items())
    ]
    absent = [Evidence(f"files/{n}.png", f"没有{n}.png", 1, "0" * 64) for n in range(500)]
    invented = tuple(EntryRef(f"编造的公司{n}", "组织", county="平定县") for n in range(1000))
    many = replace(GOOD, entries=invented, evidence=(*same, *more, *absent))
    page = case_of(office, many, (*GOOD_FILES, *real.items()))
    held = next(iter(office.desk.keyring._held.values()))
    assert len(held.examined) == 6, "one examination of each file that the form has room for"
    assert page.count('class="file-line"') == 11, "every file that is there can be had"
    assert page.count("没有检查：超过了表单允许的文件数") == 5
    assert page.count("不在现在的名单上") == 5
    for told in ("还有995处", "又列了489次", "还列了500个文件", "证据文件多于5个", "其余990个"):
        assert told in page, told
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert len(shown) < 20_000
    assert "953" not in shown, "the size of the bytes, not the one written down"


def test_files_that_take_long_are_examined_one_page_after_another():
    real = {f"files/{n}.pdf": PDF + b"%d" % n for n in range(1, 4)}
    listed = tuple(
        Evidence(name, "证据.pdf", len(data), hashlib.sha256(data).hexdigest())
        for name, data in real.items()
    )
    header = Header("objection", "0" * 32)
    contents = Contents(replace(GOOD, evidence=listed), Unsealed(header, b"", real), ())
    examined = {}
    for done in (1, 2, 3):
        lines = list(FileLines(examined, seconds=0).of(contents, 0))
        late = [line for line in lines if not line.report.real_type]
        assert len(late) == 3 - done
        assert all("重新打开本页" in line.report.findings[0].text for line in late)


def said(office, citizen, message, files=(), *, garbage=False):
    """A later message as the page seals it, put where collecting leaves it."""
    header = Header(
        "message",
        citizen.lookup,
        citizen.notice,
        citizen.office,
        received=NOW,
        id=secrets.token_hex(8),
        sealed="page",
    )
    document = b"{}" if garbage else write_message(message, header.bound)
    members = [Member(name, len(data), io.BytesIO(data)) for name, data in files]
    with (office.cases.room.folders.envelopes / f"{header.name}.sealed").open("wb") as target:
        sealer = office.cases.room.office_sealer(citizen.office, citizen.notice)
        sealer.seal(header, container("message.json", document, members), target)


def test_a_later_message_is_judged_too_and_a_bad_one_hides_nothing(office):
    citizen = office.cases.arrive()
    old = NOW.replace(year=2001)
    said(office, citizen, Message(MessageKind.EVIDENCE, old, "文号见附件", None, GOOD.evidence))
    said(office, citizen, None, garbage=True)
    wrong = Evidence("files/9.exe", "程序.exe", 3, "0" * 64)
    said(office, citizen, Message(MessageKind.ANSWER, old, "长" * 5001, 7, (wrong,)))
    office.cases.collect()
    client = office.sign_in(PINGDING)
    office.unlock(client, "pingding-office", "pd-list")
    assert post(client, f"/cases/{citizen.number}/open").status_code == 302
    page = client.get(f"/cases/{citizen.number}/").text
    findings = page[page.index('id="findings"') : page.index('id="objector"')]
    for told in ("答复询问（", "说明是5001字", "却没有这一条询问", "文件“程序.exe”缺失"):
        assert told in findings, told
    assert "文件“证据.pdf”缺失" in findings, "its bytes were not sent along"
    assert "文号见附件" in page
    assert "2001" not in page
    assert "打不开：密钥不符，或者信封已损坏" in page
