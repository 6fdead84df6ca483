"""Headings: what an office's heading can mean. What is not certain has no role and is asked."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from portal.domain.characters import clean


class Role(StrEnum):
    """What a column is to the list. The first eight are columns of list.csv."""

    GRADE = "奖项"
    CATEGORY = "类别"
    NAME = "名称"
    CODE = "统一社会信用代码"
    COUNTY = "县区"
    EMPLOYER = "工作单位"
    POSITION = "职务"
    REMARK = "备注"
    BOTH = "单位及职务"
    NUMBER = "序号"
    PERSONAL = "个人信息"
    OWN = "本奖的栏目"
    OTHER = "略去"


class Naming(StrEnum):
    """Whom a name column names, as its heading says; `UNIT` may also be somebody's employer."""

    ORGANIZATION = "组织"
    PERSON = "个人"
    ANY = ""
    UNIT = "单位"


class Heading(NamedTuple):
    """A heading's role, and for names whom it names."""

    role: Role
    naming: Naming = Naming.ANY


_NAMES = {
    Naming.ANY: """
        名称 名称(姓名) 姓名(名称) 名称/姓名 姓名/名称 名称或姓名 申报组织(个人)名称
        申报组织/个人名称
        组织(个人)名称 组织/个人名称 组织或个人名称 单位(个人)名称 单位/个人名称 单位或个人名称
        申报单位(个人)名称 企业(个人)名称 获奖者 获奖者名称 获奖名单 获奖对象 申报对象 申报对象名称
        推荐对象 推荐对象名称 拟推荐对象 申报主体 申报主体名称 候选对象 参评对象 表彰对象
        组织名称(个人姓名) 单位名称(个人姓名) 组织名称/个人姓名 单位名称/姓名 单位名称(姓名)
        """,
    Naming.ORGANIZATION: """
        组织名称 申报组织 申报组织名称 推荐组织名称 拟推荐组织 拟推荐组织名称 参评组织 参评组织名称
        参评企业 参评企业名称 候选组织 候选组织名称 候选企业 获奖组织 获奖组织名称 获奖企业
        获奖企业名称
        拟表彰组织 拟获奖组织 申报企业 申报企业名称 推荐企业名称 拟推荐企业 拟推荐企业名称
        """,
    Naming.PERSON: """
        姓名 申报人姓名 候选人姓名 候选人 参评个人 参评个人姓名 获奖个人 获奖个人姓名 拟推荐个人
        推荐个人姓名 申报个人 申报个人姓名 拟推荐人选 推荐人选 人选姓名 获奖人员 获奖人员姓名
        人员姓名
        个人姓名
        """,
    Naming.UNIT: "单位名称 单位 企业名称 申报单位 申报单位名称 机构名称 单位全称 企业全称",
}
_ROLES = {
    Role.GRADE: "奖项 奖别 奖项名称 获奖等级 奖项等级 拟授奖项 申报奖项 获奖奖项 拟授予奖项",
    Role.CATEGORY: "类别 申报类别 人员类别 个人类别 申报对象类别 推荐类别 对象类别",
    Role.CODE: "统一社会信用代码 信用代码 社会信用代码 统一信用代码 统一社会信用代码(18位)",
    Role.COUNTY: """
        县区 县(区) 县(市、区) 县、区 所在地区 所在县区 所在县(区) 所属县区 所属县(区) 所在地 地区
        推荐县区 推荐县(区) 区县 属地 所属地区 县区名称
        """,
    Role.EMPLOYER: "工作单位 所在单位 工作单位名称 所在工作单位 现工作单位 工作单位全称",
    Role.BOTH: """
        工作单位及职务 单位及职务 单位职务 所在单位及职务 工作单位和职务 单位和职务 工作单位、职务
        工作单位及职务职称 单位/职务 工作单位/职务 所在单位和职务
        """,
    Role.POSITION: "职务 岗位 职务/岗位 职务(岗位) 职务职称 职务/职称 工作岗位 职称 职务(职称)",
    Role.REMARK: "备注 说明",
    Role.NUMBER: "序号 编号 序 号 No. NO No №",
    Role.PERSONAL: """
        性别 民族 出生年月 出生日期 生日 年龄 籍贯 政治面貌 学历 学位 文化程度 身份证号 身份证号码
        身份证 居民身份证号码 公民身份号码 证件号码 证件号 护照号 手机 手机号 手机号码 移动电话 电话
        联系电话 联系方式 电话号码 办公电话 固定电话 联系人 联系人姓名 联系人电话 联系人手机
        联系人及电话
        邮箱 电子邮箱 电子邮件 E-mail Email 微信 微信号 QQ QQ号 家庭住址 住址 通讯地址 通信地址 邮编
        银行卡号 银行账号 开户行 照片 签名 签字 法定代表人 法人代表 法人 法定代表人姓名 负责人
        负责人姓名 法人代表姓名 企业负责人 单位负责人 参加工作时间 健康状况 婚姻状况
        """,
    Role.OTHER: """
        所属行业 行业 行业类别 主要产品 主导产品 主营产品 主营业务 注册地址 单位地址 企业地址
        成立时间
        注册时间 注册资本 企业规模 职工人数 员工人数 营业收入 年营业收入 销售收入 年产值 利税
        质量管理模式
        推荐意见 推荐理由 评审意见 审核意见 审查意见 初审意见 复审意见 县区意见 县(区)意见 专家意见
        是否推荐 是否同意 是否同意推荐 是否通过 审核结果 评审结果 推荐结论 审核结论
        评审得分 得分 总分 评分 名次 排名 推荐顺序
        是否提交材料 材料份数
        """,
}
_KNOWN = {
    **{h: Heading(Role.NAME, n) for n, words in _NAMES.items() for h in words.split()},
    **{h: Heading(role) for role, words in _ROLES.items() for h in words.split()},
}
_SPACES = re.compile(r"\s+")
_ASIDE = re.compile(
    r"[*★☆※:]+|\((?:全称|必填|选填|盖章|加盖公章|公章|单位全称|可不填|如有|按姓氏笔画(?:排序|为序)?|排名不分先后)\)"
)


@lru_cache(maxsize=65_536)
def plain(cell: str) -> str:
    """A cell without spaces and with half-width forms, to compare headings by."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", clean(cell).text))


@lru_cache(maxsize=65_536)
def heading_of(cell: str) -> Heading | None:
    """What a heading certainly means, or None."""
    words = plain(cell)
    return _KNOWN.get(words) or _KNOWN.get(_ASIDE.sub("", words))
