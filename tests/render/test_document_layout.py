"""What holds for the documents of any notice, whatever its length: read back from real files.

GB/T 9704-2012, 7.3.5.4: signature and date do not stand on a page without text of the body; nor
does the foot with the address stand alone on a sheet.
"""

import io
import re
from datetime import date

import docx
import pypdf
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.notice import Attachment
from portal.render.notice.notice_docx import notice_docx
from portal.render.notice.notice_pdf import notice_pdf
from tests.render.conftest import firm, person
from tests.render.schema_order import disordered

ISSUER = "阳泉市标准化和质量强市领导小组办公室"
FOOT = "源文指纹"
# Signs of the text and its lists alone; of 附件说明 only where it is longer than six lines, which
# then runs on as text does.
TEXT = re.compile("永|鼎|说明11")


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


_ENDS = st.sampled_from(["paragraph", "items", "quote", "table", "heading", "addressee"])
_SHAPES = st.fixed_dictionaries(
    {
        "lines": st.integers(0, 50),
        "end": _ENDS,
        "firms": st.integers(0, 45),
        "persons": st.sampled_from([0, 0, 1, 2, 30]),
        "attachments": st.sampled_from([0, 1, 3, 12]),
        "sealed": st.booleans(),
        "copied": st.sampled_from(["", "市委办公室，市人大常委会办公室", "市直各单位，" * 40]),
        "note": st.sampled_from(["", "订正" * 100]),
    }
)


def _made(shape, notice):
    """A notice of a shape; every line of its text and every entry has a sign of `TEXT`."""
    ends = {
        "paragraph": "永久。",
        "items": "- 永一\n- 永二\n- 永三",
        "quote": "> 永久。",
        "table": "| 永 | 久 |\n|---|---|\n" + "| 永 | 久 |\n" * 9,
        "heading": "## 永久",
        "addressee": "永久。",
    }
    start = "各永久单位：\n\n" if shape["end"] == "addressee" else ""
    text = "永" * 28 * shape["lines"]
    return notice(
        slug="layout",
        title="第三届阳泉市质量奖获奖建议名单公示",
        body=f"{start}{text}\n\n{ends[shape['end']]}\n",
        entries=(
            *(
                firm(f"鼎{n}制造有限公司", credit_code="91000000MA00002015")
                for n in range(shape["firms"])
            ),
            *(person(f"鼎{n}", employer="检测公司") for n in range(shape["persons"])),
        ),
        window=None,
        reasons=(),
        attachments=tuple(Attachment(f"说明{n}.pdf", 1, "") for n in range(shape["attachments"])),
        number="阳质强办〔2026〕3号" if shape["sealed"] else "",
        issued=date(2026, 11, 2),
        copied_to=shape["copied"],
        printed=date(2026, 11, 3) if shape["copied"] else None,
    )


@given(shape=_SHAPES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_signature_and_foot_never_stand_alone(shape, notice, round_):
    reader = pypdf.PdfReader(io.BytesIO(notice_pdf(_made(shape, notice), round_)))
    pages = [squeezed(page.extract_text()) for page in reader.pages]
    signed = [n for n, page in enumerate(pages) if "2026年11月2日" in page]
    # The date once, on the last page, with the name before it, text above it and the foot below.
    assert signed == [len(pages) - 1]
    last = pages[-1]
    before, _, after = last.partition("2026年11月2日")
    assert ISSUER in before
    assert TEXT.search(before.partition(ISSUER)[0] if not shape["sealed"] else before)
    assert FOOT in after or FOOT in last
    assert all(page for page in pages)
    if shape["copied"]:
        assert squeezed(f"抄送：{shape['copied'].rstrip('，')}") in last.replace("，。", "。")
        assert f"{ISSUER}2026年11月3日印发" in last


@given(shape=_SHAPES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_word_ties_signature_and_foot_to_the_text(shape, notice, round_):
    """Word breaks pages itself: everything from the last line of the text on is kept together."""
    content = notice_docx(_made(shape, notice), round_)
    assert disordered(content) == []
    body = docx.Document(io.BytesIO(content)).element.body
    *elements, _ = list(body)
    foot = max(n for n, made in enumerate(elements) if made.tag == qn("w:tbl"))
    tied = foot
    while tied and _is_kept(elements[tied - 1]):
        tied -= 1
    told = "".join(text.text or "" for made in elements[tied:foot] for text in made.iter(qn("w:t")))
    assert TEXT.search(told)
    assert ISSUER in told
    assert all(
        row.find(qn("w:trPr")) is not None for row in elements[foot].findall(qn("w:tr"))[-1:]
    )


def test_links_lead_on_and_say_their_address_on_paper(notice, round_):
    listed = notice(
        body=(
            "各县（区）人民政府，市直各有关单位：\n\n见[表格下载](/downloads/)、[本公告](#objections)，"
            "或者发邮件到[yqzlfz@163.com](mailto:yqzlfz@163.com)，https://example.org/a。\n"
        ),
        entries=(),
        window=None,
    )
    base = round_.site.base_url.rstrip("/")
    wanted = [f"{base}/downloads/", f"{base}/notices/{listed.slug}/#objections"]
    reader = pypdf.PdfReader(io.BytesIO(notice_pdf(listed, round_)))
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    links = {
        one.get_object()["/A"]["/URI"]
        for page in reader.pages
        for one in page.get("/Annots") or ()
        if one.get_object()["/Subtype"] == "/Link"
    }
    assert links >= {*wanted, "mailto:yqzlfz@163.com"}
    word = docx.Document(io.BytesIO(notice_docx(listed, round_)))
    told = squeezed("".join(part.text or "" for part in word.element.body.iter(qn("w:t"))))
    leading = {rel.target_ref for rel in word.part.rels.values() if rel.is_external}
    assert leading >= {*wanted, "mailto:yqzlfz@163.com"}
    for said in (text, told):
        assert all(f"（{address}）" in said for address in wanted)
        assert said.count("yqzlfz@163.com") == 1
    # 主送机关 stands at the left edge.
    addressee = next(p for p in word.paragraphs if p.text.startswith("各县"))
    assert addressee._p.pPr.find(qn("w:ind")) is None


def test_attachments_are_said_by_title_and_a_title_keeps_its_words(notice, round_):
    names = ("名单.xlsx", "关于推荐情况的说明.pdf", "关于推荐情况的说明.docx")
    listed = notice(
        title="关于公布第三届阳泉市质量奖提名奖推荐名单和公示结果的决定",
        attachments=tuple(Attachment(name, 1, "") for name in names),
    )
    reader = pypdf.PdfReader(io.BytesIO(notice_pdf(listed, round_)))
    pages = [page.extract_text() for page in reader.pages]
    assert "附件：1.名单2.关于推荐情况的说明" in squeezed("".join(pages))
    lines = [line.strip() for line in pages[0].splitlines()]
    assert "关于公布第三届阳泉市质量奖提名奖" in lines
    word = docx.Document(io.BytesIO(notice_docx(listed, round_)))
    title = next(p for p in word.paragraphs if p.style.name == "Title")
    assert title.text.splitlines() == [
        "关于公布第三届阳泉市质量奖提名奖",
        "推荐名单和公示结果的决定",
    ]


def _is_kept(made) -> bool:
    lines = list(made.iter(qn("w:p")))
    if made.tag == qn("w:tbl"):
        lines = list(made.findall(qn("w:tr"))[-1].iter(qn("w:p")))
    return all(p.pPr is not None and p.pPr.find(qn("w:keepNext")) is not None for p in lines)
