"""All lists of all editions as one file of open data, CSV or JSON, with what its columns mean."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from portal.domain.dates import write_meta
from portal.render.links import issuer_name, permalink
from portal.render.notice.list_data import DEMONSTRATION, LIST_COLUMNS, spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Entry, Notice
    from portal.domain.states import State

OF_NOTICE = {
    "届次": "评选的届次",
    "公告种类": "公示的级别，或者表彰决定",
    "公告": "公告的标题",
    "公告状态": "文件生成时的状态；已撤回的名单不再有效",
    "发布时间": "公告在本站发布的时间，北京时间",
    "发布单位": "发布公告的单位",
    "网址": "公告的地址，条目在页面上按序号查找",
    "序号": "条目在名单中的次序",
}
OF_ENTRY = {
    "奖项": "奖项或者等次，推荐名单上没有",
    "类别": "组织，或者个人、团队、项目的类别",
    "名称": "名单上的名称",
    "统一社会信用代码": "组织的，名单上写了才有",
    "县区": "所在的地方",
    "工作单位": "个人的",
    "职务": "个人的",
}
REMARK = {"备注": "名单上的备注；演示数据在这里注明"}


def columns(catalogue: Catalogue) -> dict[str, str]:
    """Every column with what it means; those of the award's own are explained by their names."""
    own = dict.fromkeys(c for e in catalogue.editions.values() for c in e.terms.columns)
    plain = dict.fromkeys(own, "奖项规定的栏目")
    return OF_NOTICE | OF_ENTRY | plain | REMARK


def _rows(catalogue: Catalogue, at: datetime) -> Iterator[tuple[dict[str, str], bool]]:
    """Each entry of each public list under its columns, and whether it is fiction."""
    for notice in catalogue.lists(at):
        of_notice = _of_notice(notice, catalogue.status(notice, at).state, catalogue)
        for number, entry in enumerate(notice.entries, 1):
            row = of_notice | {"序号": str(number)} | _of_entry(entry)
            yield row, notice.demonstration


def _of_notice(notice: Notice, state: State, catalogue: Catalogue) -> dict[str, str]:
    edition = catalogue.editions.get(notice.edition)
    return {
        "届次": edition.name if edition else notice.edition,
        "公告种类": notice.kind.label,
        "公告": notice.title,
        "公告状态": state.label,
        "发布时间": write_meta(notice.published),
        "发布单位": issuer_name(notice, catalogue),
        "网址": permalink(notice, catalogue),
    }


def _of_entry(entry: Entry) -> dict[str, str]:
    values = {label: str(getattr(entry, name) or "") for label, name in LIST_COLUMNS}
    return values | dict(entry.more) | {"备注": entry.remark}


def all_lists_csv(catalogue: Catalogue, at: datetime) -> bytes:
    """UTF-8 with byte order mark, without which Excel takes the text for GBK."""
    header = columns(catalogue)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row, fiction in _rows(catalogue, at):
        row["备注"] = _remark(row["备注"], fiction=fiction)
        writer.writerow([spreadsheet_safe(row.get(label, "")) for label in header])
    return text.getvalue().encode("utf-8-sig")


def all_lists_json(catalogue: Catalogue, at: datetime) -> bytes:
    """The same rows as objects, without the empty values; fiction is marked by `演示`."""
    rows = [
        {label: value for label, value in row.items() if value}
        | ({"演示": True} if fiction else {})
        for row, fiction in _rows(catalogue, at)
    ]
    document = {"名称": f"{catalogue.site.name}历届名单", "栏目": columns(catalogue), "条目": rows}
    return (json.dumps(document, ensure_ascii=False, indent=0) + "\n").encode()


def _remark(remark: str, *, fiction: bool) -> str:
    parts: Iterable[str] = (remark, DEMONSTRATION if fiction else "")
    return "；".join(filter(None, parts))
