"""Headings: which column of a list an office's heading means, and which category a subtitle."""

from __future__ import annotations

import re
import unicodedata

from portal.domain.awards import Category

_SYNONYMS = """
奖项: 奖项 奖别 奖项名称 获奖等级 奖项等级 拟授奖项 申报奖项
类别: 类别 申报类别 类型 人员类别 个人类别 申报对象类别 推荐类别
名称: 名称 申报组织名称 组织名称 申报单位名称 申报单位 单位名称 企业名称 姓名 申报人 申报人姓名
名称: 获奖者 获奖名单 组织/个人名称 组织(个人)名称 组织或个人名称 单位/个人名称 申报对象
名称: 推荐对象 申报主体
统一社会信用代码: 统一社会信用代码 信用代码 社会信用代码 组织机构代码
县区: 县区 县(区) 县(市、区) 所在地区 所在县区 所在县(区) 所属县区 所属县(区) 所在地 地区
县区: 推荐县区 推荐县(区) 区县 属地
工作单位: 工作单位 所在单位 单位 工作单位名称 所在工作单位 单位全称
工作单位: 工作单位及职务 单位及职务 单位职务 所在单位及职务
职务: 职务 岗位 职务/岗位 职务(岗位) 职务职称 职务/职称 工作岗位 职称
备注: 备注 说明 其他
"""
_COLUMN_OF = {
    heading: column
    for column, _, headings in (line.partition(":") for line in _SYNONYMS.split("\n"))
    for heading in headings.split()
}
_CATEGORIES = {category.value for category in Category}
_SPACES = re.compile(r"\s+")
_LEAST = 2

CATEGORY_SYNONYMS = {
    "单位": "组织",
    "企业": "组织",
    "企业组织": "组织",
    "机构": "组织",
    "专家": "专家学者",
    "学者": "专家学者",
    "管理人员": "组织管理人员",
    "技术人员": "工程技术人员",
    "一线人员": "一线工作人员",
    "一线员工": "一线工作人员",
    "一线职工": "一线工作人员",
}
"""What offices write for a category, and the category."""


def plain(cell: str) -> str:
    """A cell without spaces and with half-width forms, to compare headings by."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", cell))


def columns_of(row: list[str]) -> dict[str, int]:
    """Which cell of a heading row stands for which column; the first of two wins.

    单位 is the name of an organization where no other name stands; beside 姓名 it is the employer.
    """
    columns: dict[str, int] = {}
    for place, cell in enumerate(row):
        heading = plain(cell)
        column = _COLUMN_OF.get(heading)
        if column == "名称" and heading != "姓名" and "姓名" in map(plain, row):
            column = "工作单位"
        if column is not None:
            columns.setdefault(column, place)
    if "名称" not in columns and "工作单位" in columns and len(columns) >= _LEAST:
        columns["名称"] = columns.pop("工作单位")
    return columns


def is_subtitle(text: str) -> bool:
    """Whether a row that holds only this text is a subtitle such as 二、一线工作人员."""
    words = plain(text)
    return bool(category_in(words)) and bool(
        re.match(r"[(一二三四五六七八九十\d]", words)
        or words.endswith((":", "类", ")"))
        or words in _CATEGORIES | {"个人", "单位", "企业"}
    )


def category_in(text: str) -> str:
    """The one category that a title or heading names; empty when it names none or several."""
    words = plain(text)
    named = [category for category in _CATEGORIES - {"组织"} if category in words]
    if not named and "个人" not in words and "组织" in words:
        named = ["组织"]
    return named[0] if len(named) == 1 else ""
