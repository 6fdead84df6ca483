"""The annex forms: complete, the same in Word and PDF, and read back when they are filled in."""

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn

from portal.cli.annex_command import command
from portal.content.annex.annexes import load_annexes
from portal.content.annex.form_blocks import FieldKind, Gap, PageBreak, Paragraph, Row, Table
from portal.errors import BuildError, RequestError
from portal.render.annex.annex_check import check_annex
from portal.render.annex.annex_docx import annex_docx
from portal.render.annex.annex_files import all_annex_files, annex_filenames, annex_files
from portal.render.annex.annex_pdf import annex_pdf, check_heights
from portal.render.annex.word_controls import W14
from tests.render.pictures import assert_looks_like, text_of
from tests.render.schema_order import disordered

ROOT = Path(__file__).parent.parent.parent
ANNEXES = load_annexes(ROOT / "content" / "annexes")
BY_SLUG = {annex.slug: annex for annex in ANNEXES}
each_annex = pytest.mark.parametrize("annex", ANNEXES, ids=lambda annex: annex.slug)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def word_text(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    return squeezed("".join(part.text or "" for part in body.iter(qn("w:t"))))


def filled(content: bytes, values: dict[str, str]) -> bytes:
    """The form as Word saves it after somebody typed: the placeholder mark goes, text comes."""
    document = docx.Document(io.BytesIO(content))
    for control in document.element.body.iter(qn("w:sdt")):
        settings = control.find(qn("w:sdtPr"))
        tag = settings.find(qn("w:tag")).get(qn("w:val"))
        if tag not in values:
            continue
        checked = settings.find(f".//{{{W14}}}checked")
        if checked is not None:
            checked.set(f"{{{W14}}}val", "1")
            continue
        settings.remove(settings.find(qn("w:showingPlcHdr")))
        texts = list(control.iter(qn("w:t")))
        texts[0].text = values[tag]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def good_values(annex) -> dict[str, str]:
    """An answer to every required field."""
    values = {}
    for entry in annex.fields:
        if not entry.required:
            continue
        if entry.kind is FieldKind.CHOICES:
            values[f"{entry.name}={entry.options[0]}"] = "1"
        else:
            values[entry.name] = "9" * entry.minimum or (entry.options or ("无",))[0]
    return values


def test_the_policy_s_two_annexes_come_first():
    assert [annex.name for annex in ANNEXES[:2]] == ["附件1 组织申报表", "附件2 个人推荐表"]
    assert {annex.slug for annex in ANNEXES[2:]} == {"summary", "publicity-report"}


def test_the_four_categories_and_the_counties_are_the_policy_s():
    category = next(f for f in BY_SLUG["individual"].fields if f.name == "category")
    assert category.options == ("专家学者", "组织管理人员", "工程技术人员", "一线工作人员")
    county = next(f for f in BY_SLUG["organization"].fields if f.name == "county")
    assert set(county.options) == {"城区", "矿区", "郊区", "平定县", "盂县"}


@each_annex
def test_word_s_own_schema_has_no_complaint(annex):
    assert disordered(annex_docx(annex)) == []


@each_annex
def test_word_and_pdf_hold_the_same_form(annex, tmp_path):
    word = word_text(annex_docx(annex))
    pdf = squeezed(text_of(annex_pdf(annex), tmp_path, "-raw"))
    for block in annex.definition:
        if isinstance(block, Paragraph):
            assert squeezed(block.text) in word
            assert squeezed(block.text) in pdf
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    for text in cell.text.split("\n"):
                        assert squeezed(text) in word
                        assert all(char in pdf for char in squeezed(text))


@each_annex
def test_every_field_is_a_control_of_its_own(annex):
    body = docx.Document(io.BytesIO(annex_docx(annex))).element.body
    tags = [tag.get(qn("w:val")) for tag in body.iter(qn("w:tag"))]
    assert len(tags) == len(set(tags))
    assert {tag.partition("=")[0] for tag in tags} == {entry.name for entry in annex.fields}
    ids = [number.get(qn("w:val")) for number in body.iter(qn("w:id"))]
    assert len(ids) == len(set(ids))


@each_annex
def test_the_same_definition_gives_the_same_bytes(annex):
    assert annex_docx(annex) == annex_docx(annex)
    assert annex_pdf(annex) == annex_pdf(annex)


@each_annex
def test_pages_are_those_of_the_definition(annex):
    """No table runs over: the PDF has a page for each break, so it breaks where Word does."""
    pages = 1 + sum(isinstance(block, PageBreak) for block in annex.definition)
    assert len(pypdf.PdfReader(io.BytesIO(annex_pdf(annex))).pages) == pages


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is an optional check")
def test_libreoffice_breaks_pages_at_the_same_places(tmp_path):
    for annex in ANNEXES:
        (tmp_path / f"{annex.slug}.docx").write_bytes(annex_docx(annex))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path)]
    files = [str(path) for path in tmp_path.glob("*.docx")]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=180)
    for annex in ANNEXES:
        theirs = pypdf.PdfReader(tmp_path / f"{annex.slug}.pdf")
        ours = pypdf.PdfReader(io.BytesIO(annex_pdf(annex)))
        assert len(theirs.pages) == len(ours.pages)
        for page, (their, our) in enumerate(zip(theirs.pages, ours.pages, strict=True), start=1):
            head = squeezed(our.extract_text())[:6]
            assert head[:4] in squeezed(their.extract_text()), f"{annex.slug} page {page}"


@pytest.mark.parametrize("slug", ["organization", "individual"])
def test_golden_pictures(slug, tmp_path):
    assert_looks_like(f"annex-{slug}", annex_pdf(BY_SLUG[slug]), tmp_path)


def test_files_have_lasting_names_and_every_version_is_reachable():
    assert set(annex_filenames(ANNEXES)) == set(all_annex_files(ANNEXES))
    word, pdf = annex_files(BY_SLUG["organization"])
    assert (word.filename, pdf.filename) == ("organization-1.docx", "organization-1.pdf")
    assert word.content.startswith(b"PK")
    assert pdf.content.startswith(b"%PDF")


def test_an_earlier_version_stays_beside_the_new_one(tmp_path):
    source = ROOT / "content" / "annexes" / "summary.yml"
    text = source.read_text(encoding="utf-8")
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "summary-1.yml").write_text(text, encoding="utf-8")
    new = text.replace('version: "1"', 'version: "2"').replace("首次发布。", "增加一列。")
    (tmp_path / "summary.yml").write_text(new, encoding="utf-8")
    (annex,) = load_annexes(tmp_path)
    assert [version.version for version in annex.versions] == ["2", "1"]
    assert set(annex_filenames([annex])) == {
        f"summary-{n}.{suffix}" for n in (1, 2) for suffix in ("docx", "pdf")
    }
    report = check_annex(annex_docx(annex.earlier[0]), [annex])
    assert (report.annex.version, report.latest) == ("1", "2")


@each_annex
def test_an_empty_form_lists_exactly_the_required_fields(annex):
    report = check_annex(annex_docx(annex), ANNEXES)
    assert report.annex.slug == annex.slug
    assert report.filled == 0
    assert len(report.problems) == sum(entry.required for entry in annex.fields)


@each_annex
def test_a_well_filled_form_has_no_problem(annex):
    report = check_annex(filled(annex_docx(annex), good_values(annex)), ANNEXES)
    assert report.problems == ()


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("credit-code", "9114", "“统一社会信用代码”应有18位，现在是4位"),
        ("overview", "质" * 3001, "“组织概述”有3001字，超过3000字"),
        ("organization", "", "“封面：申报组织名称”没有填写"),
    ],
)
def test_what_is_wrong_is_named(field, value, problem):
    annex = BY_SLUG["organization"]
    values = {**good_values(annex), field: value}
    if not value:
        del values[field]
    report = check_annex(filled(annex_docx(annex), values), ANNEXES)
    assert report.problems == (problem,)


def test_a_deleted_field_is_noticed():
    annex = BY_SLUG["summary"]
    document = docx.Document(io.BytesIO(annex_docx(annex)))
    control = next(document.element.body.iter(qn("w:sdt")))
    control.getparent().remove(control)
    out = io.BytesIO()
    document.save(out)
    assert "填写框被删去了" in check_annex(out.getvalue(), ANNEXES).problems[0]


def test_a_form_is_known_by_its_fields_when_a_program_dropped_its_properties():
    document = docx.Document(io.BytesIO(annex_docx(BY_SLUG["individual"])))
    document.core_properties.identifier = ""
    out = io.BytesIO()
    document.save(out)
    assert check_annex(out.getvalue(), ANNEXES).annex.slug == "individual"


def test_other_files_are_refused(notice, round_):
    from portal.render.notice.notice_docx import notice_docx

    with pytest.raises(RequestError, match="打不开"):
        check_annex(b"no word file", ANNEXES)
    with pytest.raises(RequestError, match="不是本网站提供的"):
        check_annex(notice_docx(notice(), round_), ANNEXES)


def test_a_bomb_is_refused_and_costs_this_process_nothing():
    """A megabyte of Word that is 90 MB of text when it is opened."""
    target = io.BytesIO(annex_docx(BY_SLUG["summary"]))
    with zipfile.ZipFile(target) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    head, mark, tail = parts["word/document.xml"].partition(b"<w:body>")
    parts["word/document.xml"] = head + mark + b"<w:p/>" * 15_000_000 + tail
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    del parts
    # Whichever limit is met first says why: memory, time, or the parser that gets no more memory.
    with pytest.raises(RequestError, match="打不开这个文件（"):
        check_annex(bomb.getvalue(), ANNEXES)


def test_the_command_speaks_to_an_applicant(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = tmp_path / "form.docx"
    path.write_bytes(annex_docx(BY_SLUG["publicity-report"]))
    result = CliRunner().invoke(command, ["check", str(path)])
    assert result.exit_code == 1
    assert result.output.startswith("公示情况说明，版本1")
    assert "“公示起始日期”没有填写" in result.output


def test_a_row_too_low_for_its_text_is_refused():
    table = next(b for b in BY_SLUG["organization"].definition if isinstance(b, Table))
    low = Table(table.widths, tuple(Row(row.cells, 3, row.head) for row in table.rows))
    with pytest.raises(BuildError, match="行高3毫米放不下"):
        check_heights(low)


def test_gaps_are_small_enough_to_keep_pages():
    assert all(
        block.height < 20 for a in ANNEXES for block in a.definition if isinstance(block, Gap)
    )
