"""Faults in an annex definition are told with their place and what to do."""

import pytest

from portal.content.annex.annexes import load_annexes
from portal.errors import ContentError

HEAD = """\
number: 附件1
title: 申报表
short: 申报表
purpose: 申报
filled-by: 组织
version: "1"
date: 2026-11-22
changes: 首次发布。
body:
"""


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("- heading: 一\n  colour: red\n", "10:3: X001 body.0：不认识“colour”"),
        ("- basis: policy\n", "X001 body.0：没有内容"),
        ("- text: 甲\n  basis: rumour\n", "X001 body.0：basis 应为 policy 或 practice"),
        (
            "- table:\n    widths: [50, 50]\n    rows:\n    - [甲, 乙]\n    - [甲, 乙, 丙]\n",
            "X001 body.0：表格第2行有3列，应为2列",
        ),
        (
            "- table: {widths: [50, 50], rows: [[甲, {field: a}], [乙, {field: a}]]}\n",
            "X002 填写项“a”出现两次",
        ),
        (
            "- table:\n    widths: [50, 50]\n    rows:\n    - [甲, {field: a, kind: colour}]\n",
            "X001 body.0.table.rows.0：kind“colour”不可用",
        ),
        ("- table: {widths: [50], rows: [[甲]], color: 1}\n", "X001 body.0：不认识“color”"),
        ("- table: {widths: [80, 80], rows: [[甲, 乙]]}\n", "表格宽160毫米，版心只有156毫米"),
        ("text\n", "X001 body：应为段落和表格的列表"),
    ],
)
def test_faults_are_named_with_their_place(tmp_path, body, fault):
    text = HEAD + body if body.startswith("-") else HEAD.replace("body:\n", f"body: {body}")
    (tmp_path / "form.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_annexes(tmp_path)
    assert fault in "\n".join(map(str, caught.value.issues))


def test_missing_keys_are_all_told_at_once(tmp_path):
    (tmp_path / "form.yml").write_text("title: 申报表\nbody: []\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_annexes(tmp_path)
    told = "\n".join(map(str, caught.value.issues))
    assert all(key in told for key in ("short", "purpose", "filled-by", "version", "changes"))


def test_no_folder_is_no_annex(tmp_path):
    assert load_annexes(tmp_path / "annexes") == ()
