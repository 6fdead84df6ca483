import csv
import io
from dataclasses import replace

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from portal.casework.approvals import Approvals, Proposal
from portal.casework.decisions import Ending
from portal.casework.handling import Casework
from portal.casework.models import Case
from portal.content.catalogue import Catalogue
from portal.desk.sheets import csv_bytes, xlsx_bytes
from portal.domain.objection import CaseState, Outcome
from tests.casedesk import AUDITOR, NOW, PINGDING, PINGDING_2, YUXIAN
from tests.desk.conftest import post

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "＠A1",
    "=cmd|' /C calc'!A0",
]


def text_of(data):
    document = Document(io.BytesIO(data))
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def closed_case(office, outcome=Outcome.REJECTED, entries=()):
    citizen = office.cases.arrive(entries=["平定甲公司", "张伟"])
    work, room = Casework(office.desk.room), office.desk.room
    work.open(PINGDING, citizen.number, office.cases.opener("pingding-office", "pd-list"), NOW)
    work.accept(PINGDING, citizen.number, NOW)
    work.examine(PINGDING, citizen.number, NOW)
    work.reply(PINGDING, citizen.number, "答复", NOW)
    proposal = Proposal(Ending.CLOSE, '=HYPERLINK("x")', outcome=outcome, entries=entries)
    Approvals(room).propose(PINGDING, citizen.number, proposal, NOW)
    Approvals(room).confirm(PINGDING_2, citizen.number, NOW, unread=True)
    return citizen


def test_the_register_opens_in_spreadsheet_programs_and_holds_no_formula(office):
    citizen = closed_case(office)
    client = office.sign_in(PINGDING)
    with office.desk.room.register.write() as session:
        session.scalars(select(Case)).one().assigned_to = PINGDING.username
    book = load_workbook(io.BytesIO(client.get("/exports/register.xlsx").data))
    rows = list(book.active.iter_rows())
    assert rows[1][0].value == citizen.number
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert '=HYPERLINK("x")' in [cell.value for cell in rows[1]]
    text = client.get("/exports/register.csv").data.decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(text)))
    assert row[header.index("结论摘要")] == '\'=HYPERLINK("x")'
    assert row[header.index("办理结果")] == "异议不成立"
    assert row[header.index("经办人")] == "王平"
    assert "刘小明" not in text
    assert "质量事故" not in text


@pytest.mark.parametrize("value", DANGEROUS)
def test_no_cell_is_a_formula(value):
    plain = csv_bytes(("a",), [(value,)]).decode("utf-8-sig").splitlines()[-1]
    assert plain.strip('"').startswith("'") or value[0] in "\t\r"
    book = load_workbook(io.BytesIO(xlsx_bytes("表", ("a",), [(value,)])))
    assert book.active["A2"].data_type != "f"


@given(st.text(max_size=40))
def test_any_text_can_be_exported(value):
    book = load_workbook(io.BytesIO(xlsx_bytes("表", ("列",), [(value,)])))
    assert book.active["A1"].value == "列"
    assert book.active["A2"].data_type != "f"
    assert csv_bytes(("列",), [(value,)])


def test_the_case_file_holds_the_objection_and_what_was_done(office):
    citizen = office.cases.arrive(files=[("决定书.pdf", b"%PDF-1.4")])
    client = office.opened(PINGDING, citizen)
    post(client, f"/cases/{citizen.number}/step/accept")
    text = text_of(client.get(f"/exports/cases/{citizen.number}.docx").data)
    for part in (citizen.number, "质量事故", "决定书.pdf", "138****5678", "受理", "拆封查看"):
        assert part in text
    assert "13812345678" not in text


def test_the_statement_says_how_the_window_went(office):
    client = office.sign_in(PINGDING)
    text = text_of(client.get("/exports/pd-list/statement.docx").data)
    assert "自2026年3月3日至2026年3月9日（共5个工作日" in text
    assert "没有收到异议" in text
    closed_case(office)
    office.cases.arrive()
    text = text_of(client.get("/exports/pd-list/statement.docx").data)
    assert "共收到异议2件：异议不成立1件，已收到1件" in text
    assert "仍有1件在办理中" in text


def test_the_table_for_publication_names_neither_objector_nor_cleared_persons(office):
    closed_case(office)
    client = office.sign_in(PINGDING)
    for data in ("results.docx", "results.csv"):
        raw = client.get(f"/exports/pd-list/{data}").data
        text = text_of(raw) if data.endswith("docx") else raw.decode("utf-8-sig")
        assert "平定甲公司" in text
        assert "张*" in text
        assert "张伟" not in text
        assert "刘小明" not in text
        assert "异议不成立" in text


def test_a_removed_person_is_named(office):
    closed_case(office, Outcome.UPHELD, ("张伟",))
    text = text_of(office.sign_in(PINGDING).get("/exports/pd-list/results.docx").data)
    assert "张伟" in text
    assert "异议成立" in text


def test_fictional_data_is_marked_in_every_document(office):
    published = office.desk.room.catalogue()
    notices = tuple(replace(n, demonstration=True) for n in published.notices)
    marked = Catalogue(published.parts, notices)
    object.__setattr__(office.desk.room, "catalogue", lambda: marked)
    client = office.sign_in(PINGDING)
    for name in ("statement.docx", "results.docx"):
        assert "演示" in text_of(client.get(f"/exports/pd-list/{name}").data)


def test_exports_keep_to_the_county_and_are_on_record(office):
    closed_case(office)
    client = office.sign_in(YUXIAN)
    assert client.get("/exports/pd-list/statement.docx").status_code == 404
    rows = client.get("/exports/register.csv").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 1
    assert "导出" in office.sign_in(AUDITOR).get("/audit?action=export").text


def test_figures_show_each_number_in_a_table_and_in_the_chart(office):
    closed_case(office)
    office.cases.arrive()
    page = office.sign_in(PINGDING).get("/figures").text
    assert page.count('<svg class="chart"') == page.count("<table") == 3
    assert f'<th scope="row">{Outcome.REJECTED.label}</th><td class="num">1</td>' in page
    assert f'<th scope="row">{CaseState.RECEIVED.label}</th><td class="num">1</td>' in page
    assert '<th scope="row">2026-03-04</th><td class="num">2</td>' in page


def test_the_statement_bears_the_full_name_and_says_when_it_comes_early(office):
    client = office.sign_in(PINGDING)
    text = text_of(client.get("/exports/pd-list/statement.docx").data)
    assert "平定县办公室" in text
    assert "公示期未满" in text
    assert "公示期尚未结束" in text
    office.clock.on(days=7)
    client = office.sign_in(PINGDING)
    text = text_of(client.get("/exports/pd-list/statement.docx").data)
    assert "未满" not in text
    assert "公示期内没有收到异议" in text


def test_letters_for_people_who_are_answered_on_paper(office):
    citizen = office.cases.arrive(files=[("决定书.pdf", b"%PDF-1.4" * 200_000)])
    client = office.opened(PINGDING, citizen)
    letters = f"/exports/cases/{citizen.number}"
    receipt = text_of(client.get(f"{letters}/receipt.docx").data)
    assert citizen.number in receipt
    assert "平定县办公室" in receipt
    assert client.get(f"{letters}/reply.docx").status_code == 404
    page = f"/cases/{citizen.number}/"
    for path in ("step/accept", "step/examine"):
        post(client, page + path)
    closing = {"close-outcome": "rejected", "close-summary": "不属实。"}
    closing["close-reply"] = "金丝雀-答复。"
    post(client, f"{page}close", closing)
    assert client.get(f"{letters}/reply.docx").status_code == 404, "it waits for its second person"
    second = office.opened(PINGDING_2, citizen)
    office.clock.on(seconds=60)
    assert post(second, f"{page}confirm", {"code": office.code(PINGDING_2.username)}).location
    reply = text_of(client.get(f"{letters}/reply.docx").data)
    for part in ("刘小明：", "金丝雀-答复。", "办理结果：异议不成立", "不属实。", "平定县办公室"):
        assert part in reply
    assert office.sign_in(PINGDING).get(f"{letters}/reply.docx").status_code == 404, "locked"
    file = text_of(client.get(f"{letters}.docx").data)
    assert PINGDING.name in file
    assert PINGDING.username not in file
    assert "1.5 MB" in file or "1.6 MB" in file
