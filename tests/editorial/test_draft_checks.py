"""What the lint says about a draft stands beside its field, and is said of the draft alone."""

import ast
from datetime import datetime
from pathlib import Path

import pytest

from portal.domain.workdays import SHANGHAI
from portal.editorial.draft_checks import LintedTree, Remark, check_draft, mend_draft
from portal.editorial.drafts import Drafts
from portal.editorial.later_acts import revise
from portal.errors import Issue
from tests.sites import PINGDING, YUXIAN

AT = datetime(2021, 12, 6, 9, tzinfo=SHANGHAI)
FAULTY = """类别,名称,统一社会信用代码
组织,平定县甲制造 有限公司,
组织,平定县乙有限公司,91140000000000000X
"""


@pytest.fixture
def drafted(site_from, tmp_path):
    """A tree with one published county list and a faulty one, and the draft of a revision."""
    tree = site_from(PINGDING + YUXIAN)
    tree.write("-- notices/yuxian-list/list.csv --\n类别,名称\n组织,\n")
    drafts = Drafts(tmp_path / "drafts")
    draft = revise(drafts, tree.notices[0] / "pingding-list", "改正名称", AT)
    around = LintedTree(tuple(tree.content), tuple(tree.notices))
    return drafts, drafts.save_list(draft.slug, draft.digest, FAULTY.encode()), around


def test_each_finding_stands_beside_its_field(drafted):
    drafts, draft, around = drafted
    values = {**draft.values, "title": "平定县 推荐名单公示 ", "window": {"opens": "x"}}
    draft = drafts.save(draft.slug, draft.digest, values, "正文\n\n电话13834012345\n")
    found = {
        (r.field, r.row, r.column, r.line): r.issue.code for r in check_draft(draft, around, AT)
    }
    assert ("window", 0, "", 0) in found
    assert ("body", 0, "", 3) in {key for key, code in found.items() if code.startswith("P")}


def test_the_finding_of_a_cell_names_its_row_and_column(drafted):
    _, draft, around = drafted
    found = {(r.row, r.column) for r in check_draft(draft, around, AT) if r.field == "list"}
    assert (2, "统一社会信用代码") in found


def test_other_notices_are_not_told_of(drafted):
    _, draft, around = drafted
    assert all(str(draft.folder) in r.issue.path for r in check_draft(draft, around, AT))


def test_a_repair_is_made_in_the_draft_by_its_name(drafted):
    drafts, draft, around = drafted
    new = drafts.create(
        "fresh", {**draft.values, "revision": None, "note": None, "updated": None}, "甲\u200b乙\n"
    )
    new = drafts.save_list("fresh", new.digest, FAULTY.encode())
    remarks = check_draft(new, around, AT)
    mending = next(r for r in remarks if r.issue.repair and r.field == "body")
    assert mend_draft(new, remarks, mending.id)
    assert drafts.read("fresh").body == "甲乙\n"
    assert not mend_draft(new, remarks, "X999-list.csv-1-1")


def remedies():
    """Every text with a command that a finding on a notice may have as its remedy."""
    for path in (
        *Path("portal/lint/rules").glob("*.py"),
        *Path("portal/content/notice").glob("*.py"),
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(getattr(part, "value", "某")) for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_no_remedy_at_the_desk_names_a_command():
    """A clerk has no command line: the part about it is left out, the rest stays whole."""
    found = {text for text in remedies() if "portal " in text and "\n" not in text}
    told = {text: Remark(Issue("a", 1, 1, "L012", "错", text), "list").remedy for text in found}
    assert told["放入名单，或用 portal import 生成"] == "放入名单"
    assert len(told) > 4
    for text, shown in told.items():
        assert "portal " not in shown
        assert all(part in text for part in shown.split("；"))
        assert not shown.endswith(("，", "；", "或"))
    plain = "去掉空格；或者改名。"
    assert Remark(Issue("a", 1, 1, "L012", "错", plain), "list").remedy == plain.strip("。")
