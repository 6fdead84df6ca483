"""The PDF of a notice: laid out as GB/T 9704-2012 says, complete, tagged, the same every time."""

import html
import io
import os
import re
import time
from dataclasses import replace
from datetime import date, datetime

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.content.catalogue import Catalogue
from portal.domain.notice import Attachment, Entry
from portal.domain.window import publicity_window
from portal.domain.workdays import SHANGHAI
from portal.ledger.ledger_lines import LedgerLine
from portal.ledger.whole_ledger import Ledger
from portal.render.column_widths import TEXT_WIDTH_MM, column_widths
from portal.render.notice.notice_pdf import notice_pdf
from tests.freezer.samples import with_parts
from tests.render.conftest import firm, person
from tests.render.pictures import assert_looks_like, pages, text_of
from tests.thirdaward import CATEGORIES, GRADES

MM = 72 / 25.4
RARE = "堃喆犇垚燚䶮㛃䴉"


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


@pytest.fixture
def bare(notice):
    """A notice without list and window, to see the text alone."""

    def build(**changes):
        return notice(**{"entries": (), "window": None, **changes})

    return build


@pytest.fixture
def list_pdf(notice, round_):
    """The PDF of a list; Hypothesis prints its arguments, and a catalogue prints long."""
    return lambda entries: notice_pdf(
        notice(entries=entries, window=None, title="名单", body="正文。"), round_
    )


def test_a_page_holds_22_lines_of_28_characters(bare, round_, tmp_path):
    pdf = notice_pdf(bare(body="\n\n".join(["永" * 700] * 3)), round_)
    second = text_of(pdf, tmp_path, "-f", "2", "-l", "2").splitlines()
    lines = [line for line in second if "永" in line]
    assert len(lines) == 22
    assert {len(line) for line in lines if not line.endswith("永\f")} >= {28}
    assert max(map(len, lines)) == 28


def test_text_stands_within_the_text_area(bare, round_, tmp_path):
    image = pages(notice_pdf(bare(body="永" * 3000), round_), tmp_path, dpi=100)[1]
    ink = image.point(lambda value: 255 * (value < 128))
    left, top, right, _ = (side * 25.4 / 100 for side in ink.getbbox())
    assert 27.5 <= left <= 29.5
    assert 36.5 <= top <= 38.5
    assert 182 <= right <= 184.5


def test_page_numbers_stand_outside_with_dashes(bare, round_, tmp_path):
    pdf = notice_pdf(bare(body="永" * 3000), round_)
    for page, outside in ((1, "right"), (2, "left")):
        boxes = text_of(pdf, tmp_path, "-bbox", "-f", str(page), "-l", str(page))
        words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]+)<', boxes)
        number = next((float(x) / MM, float(y) / MM) for x, y, word in words if "—" in word)
        assert number[1] > 297 - 35
        assert (number[0] > 150) if outside == "right" else (number[0] < 50)
        assert f"—{page}—" in squeezed("".join(word for *_, word in words))


def test_everything_on_the_page_is_in_the_pdf(round_, tmp_path):
    for listed in round_.notices:
        text = squeezed(text_of(notice_pdf(listed, round_), tmp_path))
        # What stands between two lines of a paragraph that a page break parts.
        text = re.sub(r"—\d+—|【演示数据，纯属虚构】", "", text)
        body = re.split(r"<[^>]+>", round_.html(listed.body))
        for part in (listed.title, listed.slug, *map(html.unescape, body)):
            assert squeezed(part) in text
        for entry in listed.entries:
            for cell in (entry.name, entry.credit_code, entry.employer, entry.position):
                # A cell's lines are read one after the other, so its text may be parted by columns.
                assert all(char in text for char in cell)


def test_a_pypdf_reader_finds_the_same_text(round_):
    listed = round_.by_slug["demo-1-city"]
    reader = pypdf.PdfReader(io.BytesIO(notice_pdf(listed, round_)))
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert squeezed(listed.title) in text
    assert all(entry.name in text or entry.name[:4] in text for entry in listed.entries)


def test_it_is_tagged_titled_and_in_chinese(round_):
    listed = round_.by_slug["demo-1-city"]
    content = notice_pdf(listed, round_)
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "zh-CN"
    assert reader.metadata.title == listed.title
    assert b"pdfuaid" in content
    kinds = set(re.findall(rb"/S ?/(H1|TH|TR|Figure|P)\b", _structure(reader)))
    assert kinds >= {b"H1", b"TH", b"TR", b"Figure", b"P"}


def _structure(reader: pypdf.PdfReader) -> bytes:
    found = []
    for number in range(1, len(reader.xref_objStm) + len(reader.xref.get(0, {})) + 50):
        try:
            thing = reader.get_object(number)
        except (pypdf.errors.PdfReadError, KeyError, AttributeError):
            continue
        if isinstance(thing, dict) and "/S" in thing:
            found.append(f"/S {thing['/S']} ".encode())
    return b"".join(found)


def test_signature_without_a_seal(bare, round_, tmp_path):
    boxes = _boxes(notice_pdf(bare(issued=date(2026, 11, 2)), round_), tmp_path)
    name, day = boxes["阳泉市标准化和质量强市领导小组办公室"], boxes["2026年11月2日"]
    assert 184 - name[1] == pytest.approx(2 * 15.75 / MM, abs=1)
    assert day[0] - name[0] == pytest.approx(2 * 15.75 / MM, abs=1)


def test_signature_with_a_seal(bare, round_, tmp_path):
    sealed = bare(issued=date(2026, 11, 2), number="阳质强办〔2026〕3号")
    boxes = _boxes(notice_pdf(sealed, round_), tmp_path, last=True)
    name, day = boxes["阳泉市标准化和质量强市领导小组办公室"], boxes["2026年11月2日"]
    assert sum(name) / 2 == pytest.approx(sum(day) / 2, abs=1)
    # The date would stand four characters in; this name, centred over it, would leave the page.
    assert 184 - name[1] == pytest.approx(2 * 15.75 / MM, abs=1)


def test_a_seal_begins_within_a_line_of_the_text_and_covers_name_and_date(bare, round_, tmp_path):
    """7.3.5.1: a seal of 42 mm over both ends at most a line below the text."""
    offices = dict(round_.site.offices)
    listed = bare(body="正文。", reasons=(), issued=date(2026, 11, 2), number="阳质强办〔2026〕3号")
    offices[listed.issuer] = replace(offices[listed.issuer], name="阳泉市质量强市办")
    renamed = with_parts(round_, site=replace(round_.site, offices=offices))
    boxes = text_of(notice_pdf(listed, renamed), tmp_path, "-bbox")
    words = re.findall(r'xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', boxes)
    ends = {word: (float(x) / MM, float(y) / MM) for x, y, word in words}
    right, day = ends["2026年11月2日"]
    assert 184 - right == pytest.approx(4 * 15.75 / MM, abs=1)
    name, text = ends["阳泉市质量强市办"][1], ends["正文。"][1]
    above = (name + day) / 2 - 2 - 21 - text
    assert 0 <= above <= 225 / 22


def _boxes(pdf: bytes, folder, *, last: bool = False) -> dict[str, tuple[float, float]]:
    """Left and right edge in millimetres of each line of a page; of the last one of equal lines."""
    found = re.findall(
        r'<line xMin="([\d.]+)"[^>]*? xMax="([\d.]+)"[^>]*>(.*?)</line>',
        text_of(pdf, folder, "-bbox-layout"),
        re.DOTALL,
    )
    lines = {}
    for left, right, body in found:
        words = "".join(re.findall(r"<word[^>]*>([^<]*)</word>", body))
        if last or words not in lines:
            lines[words] = (float(left) / MM, float(right) / MM)
    return lines


def test_a_numbered_document_has_a_red_head(bare, round_, tmp_path):
    text = text_of(notice_pdf(bare(number="阳质强办〔2026〕3号"), round_), tmp_path)
    assert squeezed(text).startswith("阳泉市标准化和质量强市领导小组办公室阳质强办〔2026〕3号")


def test_heads_repeat_on_every_page_of_a_long_list(notice, round_, tmp_path):
    entries = tuple(firm(f"第{n}制造有限公司") for n in range(120))
    pdf = notice_pdf(notice(entries=entries, window=None), round_)
    texts = [squeezed(page) for page in text_of(pdf, tmp_path).split("\f")]
    with_list = [text for text in texts if "制造有限公司" in text]
    assert len(with_list) > 3
    assert all(head in text for text in with_list for head in ("序号", "奖项", "类别", "名称"))
    assert all(entry.name in "".join(texts) for entry in entries)


def test_foot_says_where_to_check_and_which_revision(round_, tmp_path):
    revised = next(n for n in round_.notices if n.revision == 2)
    unentered = with_parts(round_, ledger=Ledger())
    text = squeezed(text_of(notice_pdf(revised, unentered), tmp_path))
    assert f"/notices/{revised.slug}/" in text
    assert "第2版" in text
    assert f"修订说明：{squeezed(revised.revisions[-1].note)}" in text
    assert revised.digest in text
    assert "发布台账：尚未登记" in text


def test_foot_names_the_ledger_line_before_its_own(notice, round_, tmp_path):
    listed = notice()
    line = LedgerLine(listed.slug, 1, listed.published, listed.digest, previous="12ab34cd" * 8)
    text = squeezed(
        text_of(notice_pdf(listed, with_parts(round_, ledger=Ledger(coming=(line,)))), tmp_path)
    )
    assert "已登记，上一行指纹12ab34cd12ab34cd" in text


def test_attachments_are_named_under_the_text(bare, round_, tmp_path):
    names = ("名单.xlsx", "说明.pdf", "说明.docx")
    files = tuple(Attachment(name, 1, "") for name in names)
    text = squeezed(text_of(notice_pdf(bare(attachments=files), round_), tmp_path))
    assert "附件：1.名单2.说明" in text


def test_rare_characters_are_drawn(notice, round_, tmp_path):
    """Each rare character leaves ink of its own in a name; none is a box or a blank."""
    pictures = set()
    for char in RARE:
        listed = notice(entries=(person(f"李{char}"),), window=None, body="正文。")
        pdf = notice_pdf(listed, round_)
        assert f"李{char}" in squeezed(text_of(pdf, tmp_path))
        image = pages(pdf, tmp_path, dpi=120)[0]
        pictures.add(image.tobytes())
    assert len(pictures) == len(RARE)


@pytest.mark.parametrize("character", ["\U00013000", "\ue863", "\U0002ebf0"])
def test_a_character_without_glyph_is_printed_as_its_code_point(
    notice, round_, character, tmp_path
):
    """The lint refuses it; one that was published before must not stop the whole site."""
    listed = notice(
        title=f"关于{character}的公示",
        body=f"正文{character}。",
        entries=(person(f"王{character}"),),
    )
    text = squeezed(text_of(notice_pdf(listed, round_), tmp_path))
    assert text.count(f"〔U+{ord(character):04X}〕") == 3


def test_the_same_notice_gives_the_same_bytes(round_):
    for listed in round_.notices[:4]:
        assert notice_pdf(listed, round_) == notice_pdf(listed, round_)


def test_other_notices_do_not_change_it(round_):
    listed = round_.by_slug["demo-1-city"]
    alone = Catalogue(round_.parts, [listed])
    assert notice_pdf(listed, alone) == notice_pdf(listed, round_)


def test_a_worker_forked_after_typesetting_still_typesets(round_, tmp_path):
    listed = round_.by_slug["demo-1-city"]
    here = notice_pdf(listed, round_)
    target = tmp_path / "child.pdf"
    child = os.fork()
    if not child:  # pragma: no cover - the child
        try:
            target.write_bytes(notice_pdf(listed, round_))
        finally:
            os._exit(0)
    for _ in range(200):
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(0.1)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert target.read_bytes() == here


def test_text_cannot_be_taken_for_markup(bare, round_, tmp_path):
    body = "价格 #let x = 1 $y$ `代码` 甲_乙_ @丙 \\#丁"
    text = squeezed(text_of(notice_pdf(bare(body=body, title="#标题 $1$ *星*"), round_), tmp_path))
    assert "#letx=1$y$代码甲_乙_@丙#丁" in text
    assert "#标题$1$*星*" in text


def test_golden_pictures(notice, round_, tmp_path):
    at = datetime(2026, 9, 28, 9, tzinfo=SHANGHAI)
    body = (
        "为展示版式，现将名单予以公示。\n\n## 一、范围\n\n全市。\n\n### （一）组织\n\n**若干**家。"
    )
    fixed = notice(
        slug="golden",
        title="第零届质量奖获奖建议名单公示",
        body=body,
        entries=(
            firm("甲轴承制造有限公司", credit_code="91000000MA0000301T", county="平定县"),
            firm("乙农业专业合作社", county="盂县"),
            person("田䶮", employer="丙检测技术有限公司", position="研究员", county="城区"),
        ),
        window=publicity_window(at.date(), 5, round_.calendar),
        published=at,
        digest="0123456789abcdef" * 4,
        reasons=(),
        revisions=(),
        demonstration=True,
    )
    assert_looks_like("notice", notice_pdf(fixed, round_), tmp_path)
    formal = replace(fixed, demonstration=False, number="零质〔2026〕3号", issued=date(2026, 9, 9))
    assert_looks_like("notice-formal", notice_pdf(formal, round_), tmp_path)


_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
_TEXT = st.text(
    _HAN | st.sampled_from("（）·、 ") | st.characters(codec="ascii", categories=["L", "N"])
)
_ENTRY = st.builds(
    Entry,
    name=_TEXT.filter(str.strip),
    category=st.sampled_from(CATEGORIES),
    grade=st.sampled_from([*GRADES, None]),
    credit_code=st.sampled_from(["", "91140300MA0K00001X"]),
    county=st.sampled_from(["", "平定县", "盂县"]),
    employer=_TEXT,
    position=_TEXT,
    remark=st.one_of(st.just(""), _TEXT),
)


@given(entries=st.lists(_ENTRY, min_size=1, max_size=20), times=st.integers(1, 10))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_list_stays_within_the_page(entries, times, list_pdf, tmp_path):
    entries = tuple(entries * times)
    boxes = text_of(list_pdf(entries), tmp_path, "-bbox")
    edges = re.findall(r'<word xMin="([\d.-]+)"[^>]*? xMax="([\d.-]+)" yMax="([\d.-]+)"', boxes)
    assert edges
    # The box of a bracket squeezed at a line's end reaches half a character past its ink.
    assert min(float(left) for left, _, _ in edges) >= 26 * MM
    assert max(float(right) for _, right, _ in edges) <= 186 * MM
    numbers = set(re.findall(r">(\d+)</word>", boxes))
    assert {str(n) for n in range(1, len(entries) + 1)} <= numbers


@given(rows=st.lists(st.tuples(*[_TEXT] * 7), min_size=1, max_size=30))
def test_columns_fill_the_text_width_exactly(rows):
    head = ("序号", "奖项", "类别", "名称", "统一社会信用代码", "县区", "工作单位")
    widths, _ = column_widths(head, rows)
    assert sum(widths) == pytest.approx(TEXT_WIDTH_MM, abs=0.05)
    assert min(widths) > 8
