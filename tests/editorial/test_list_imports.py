"""A spreadsheet becomes a draft's list through its questions, and nothing is written before."""

import pytest

from portal.content.award_files import read_edition
from portal.domain.places import Site
from portal.editorial.drafts import Drafts
from portal.editorial.list_imports import LARGEST, ListImports
from portal.errors import RequestError
from tests.showcase import ROOT

HEADER = {"title": "甲", "kind": "county-publicity", "edition": "third", "issuer": "city-office"}
SITE = Site("", "", "", "", (), {}, {}, "")
TERMS = read_edition(ROOT / "content" / "awards" / "third.toml")[0].terms
ODD = "申报组织名称,备注\n阳泉甲有限公司,\n合计,3家\n"


@pytest.fixture
def imports(tmp_path):
    drafts = Drafts(tmp_path / "drafts")
    drafts.create("list", HEADER, "")
    return ListImports(drafts)


def answered(imports):
    """Answer with the first choice, or with a word, until nothing is asked."""
    while (pending := imports.pending("list", SITE, TERMS)).reading.questions:
        imports.answer(
            "list",
            {q.id: q.choices[0].value if q.choices else "组织" for q in pending.reading.questions},
        )
    return pending


def test_a_file_waits_beside_the_draft_until_its_questions_are_answered(imports):
    draft = imports.drafts.read("list")
    imports.hand_in("list", "推荐表.csv", ODD.encode())
    pending = imports.pending("list", SITE, TERMS)
    assert pending.name == "推荐表.csv"
    assert pending.reading.questions
    assert pending.reading.sheets[0].rows[1][0] == "阳泉甲有限公司"
    with pytest.raises(RequestError, match="没有写入"):
        imports.take("list", draft.digest, pending)
    assert imports.drafts.read("list") == draft
    assert imports.drafts.slugs() == ("list",)
    taken = imports.take("list", draft.digest, answered(imports))
    assert "阳泉甲有限公司" in taken.list_bytes.decode()


def test_a_second_file_takes_the_place_of_the_first_with_its_answers(imports):
    imports.hand_in("list", "甲.csv", ODD.encode())
    answered(imports)
    imports.hand_in("list", "乙.csv", ODD.encode())
    assert imports.pending("list", SITE, TERMS).name == "乙.csv"
    assert not imports.pending("list", SITE, TERMS).answers
    imports.forget("list")
    assert imports.pending("list", SITE, TERMS) is None


@pytest.mark.parametrize("data", [b"", b"x" * (LARGEST + 1)], ids=["empty", "too large"])
def test_what_cannot_be_a_list_is_refused_at_once(imports, data):
    with pytest.raises(RequestError, match=r"甲\.csv"):
        imports.hand_in("list", "甲.csv", data)
    assert imports.pending("list", SITE, TERMS) is None
