"""A faulty example for each lint code; ‸ stands right before the place that must be reported."""

HEADER = {
    "title": "平定县第三届质量奖推荐名单公示",
    "kind": "county-publicity",
    "edition": "third",
    "issuer": "pingding-office",
    "county": "pingding",
    "published": "2021-12-06T08:30:00+08:00",
    "window": "{opens: 2021-12-06, working-days: 5}",
    "review": "{drafted: 张三, reviewed: 李四, approved: 王五}",
}
COUNTY_LIST = (
    "类别,名称,统一社会信用代码,工作单位\n组织,平定县甲制造有限公司,,\n专家学者,赵六,,甲研究所\n"
)
DECISION_LIST = "奖项,类别,名称,县区\n质量奖,组织,平定县甲制造有限公司,平定县\n"
BODY = "现将推荐名单予以公示。"


def notice(slug="a", body=BODY, rows=COUNTY_LIST, folder="", **changes):
    """A county list with some header fields changed; None leaves a field out."""
    header = HEADER | {key.replace("_", "-"): value for key, value in changes.items()}
    lines = [
        value[1:] if value[:1] == "\n" else f"{key}: {value}"
        for key, value in header.items()
        if value is not None
    ]
    folder = f"notices/{slug}/{folder}"
    text = f"-- {folder}notice.md --\n---\n" + "\n".join(lines) + f"\n---\n{body}\n"
    return text + (f"-- {folder}list.csv --\n{rows}" if rows else "")


def decision(slug="d", **changes):
    """A decision on the entries of `city`."""
    fields = {"kind": "decision", "county": None, "window": None, "issuer": "city-office"}
    fields |= {"published": "2022-02-10T09:00:00+08:00", "rows": DECISION_LIST}
    return notice(slug, **(fields | changes))


def city(slug="c", **changes):
    """A city list on which the decision stands, after the county's."""
    window = "{opens: 2022-01-10, working-days: 5}"
    fields = {"kind": "city-publicity", "county": None, "window": window, "issuer": "city-office"}
    fields |= {"published": "2022-01-10T08:00:00+08:00", "rows": DECISION_LIST}
    return notice(slug, **(fields | changes))


def call(slug="a", **changes):
    """A call for applications."""
    return notice(slug, rows="", kind="call", county=None, window=None, **changes)


def correction(slug="b", **changes):
    """A correction of notice `a`."""
    fields = {"kind": "correction", "window": None, "rows": "", "amends": "a"}
    fields |= {"published": "2021-12-07T08:30:00+08:00"}
    return notice(slug, **(fields | changes))


def progress(slug="p", **changes):
    """The end of a step that no list shows."""
    fields = {"kind": "progress", "county": None, "window": None, "issuer": "city-office"}
    fields |= {"step": "材料评审", "reached": "ended", "rows": "", "body": "材料评审已经结束。"}
    fields |= {"title": "材料评审结束的公告", "published": "2021-12-20T09:00:00+08:00"}
    return notice(slug, **(fields | changes))


def result(slug="r", **changes):
    """The result of the county list `a`, to which nobody objected."""
    fields = {"kind": "result", "window": None, "rows": "", "body": "公示期内没有收到异议。"}
    fields |= {"result-of": "a", "objections": "[]", "published": "2021-12-13T09:00:00+08:00"}
    return notice(slug, **(fields | changes))


UPHELD = "{received: 2021-12-07, about: 赵六, grounds: [材料不实], outcome: 异议成立}"
STRUCK = "{entry: 赵六, category: 专家学者, why: upheld}"
REJECTED = UPHELD.replace("异议成立", "异议不成立")


def rows(*lines):
    """A county's list."""
    return "类别,名称,统一社会信用代码,县区,工作单位\n" + "\n".join(lines) + "\n"


SITE = "-- content/site.toml --\n"
SECOND = {"revision": "2", "updated": "2021-12-07T09:00:00+08:00", "note": "更正一处。"}

DRAFT = [
    ("F003", "-- notices/a/notice.md --\n‸没有信息头\n"),
    ("F003", "-- notices/a/notice.md --\n‸---\ntitle: 没有结束\n"),
    ("F004", "-- notices/a/notice.md --\n---\ntitle: 标题\n‸\tx: 1\n---\n正文\n"),
    ("F004", "-- notices/a/notice.md --\n---\ntitle‸：标题\nkind: call\n---\n正文\n"),
    ("F004", "-- notices/a/notice.md --\n---\nkind: call\ntitle ‸：标题\n---\n正文\n"),
    ("F005", notice(colour="\n‸colour: red")),
    ("F006", notice(title="\n‸title:")),
    ("F007", notice(kind="\n‸kind: publicity")),
    ("F007", notice(published="\n‸published: 2021-12-06 08:30:00")),
    ("F007", notice(window="{opens: 2021-12-06, ‸working-days: 五}")),
    ("F009", notice(edition="\n‸edition: fourth")),
    ("F009", correction(amends="\n‸amends: nowhere")),
    ("F010", call() + notice("b", amends="\n‸amends: a")),
    ("F011", call(body="‸")),
    ("F012", call(title="\n‸title: 第三届　质量奖通知")),
    ("F012", call(title="\n‸title: 第三届质量奖通知。")),
    ("F013", call(tags="[一]\n‸tags: [二]")),
    ("F014", call(number="\n‸number: 阳质强办[2021]第3号")),
    ("F017", notice(issuer="\n‸issuer: yuxian-office")),
    ("W001", notice(window="{‸opens: 2031-12-06, working-days: 5}")),
    ("W002", notice(window="{opens: 2021-12-06, ‸working-days: 3}")),
    (
        "W003",
        notice(
            window="{‸opens: 2021-12-05, working-days: 5}", published="2021-12-04T08:00:00+08:00"
        ),
    ),
    ("W004", notice(body="公示期为‸2021年12月6日至12月11日。")),
    ("W005", notice(body="现予公示。\n\n公示时间为‸7个工作日。")),
    ("W005", notice(body="公示时间：‸2021年12月6日起，共5天。")),
    ("W005", call(body="在本县（区）范围内公示‸3个工作日。")),
    ("W006", notice(body="第一行。\n公示时间：‸2021年12月6日至12月13日。")),
    ("W007", notice(published="\n‸published: 2021-12-07T08:00:00+08:00")),
    ("W008", notice(published="\n‸published: 2021-12-06T15:00:00+08:00")),
    ("W009", notice(issued="\n‸issued: 2021-12-08")),
    ("W010", call(body="请于‸2021年11月31日前报送。")),
    ("L001", notice(rows='类别,名称\n‸组织,"没有结束\n')),
    ("L002", notice(rows="类别,名称,‸电话\n组织,甲制造有限公司,1\n")),
    ("L002", notice(rows="‸名称\n甲制造有限公司\n")),
    ("L003", notice(rows="类别,名称\n‸组织,甲,乙,丙\n")),
    ("L004", notice(rows="类别,名称,备注\n组织,‸,一\n")),
    ("L005", notice(rows="名称,类别\n甲制造有限公司,‸企业\n")),
    ("L006", notice(rows=rows("专家学者,‸田　华,,,甲研究所"))),
    ("L006", notice(rows=rows('组织,"‸甲 制造有限公司",,,'))),
    ("L007", notice(rows=rows("组织,甲制造有限公司,,,", "组织,‸甲制造有限公司,,,"))),
    ("L007", notice(rows=rows("专家学者,赵六,,,甲所", "专家学者,‸赵六,,,甲所"))),
    (
        "L008",
        notice(rows=rows("组织,甲制造有限公司,,,"))
        + notice(
            "b", county="yuxian", issuer="yuxian-office", rows=rows("组织,‸甲制造有限公司,,,")
        ),
    ),
    ("L009", notice(rows=rows("组织,甲制造有限公司,‸91140300MA0000000A,,"))),
    ("L009", notice(rows=rows("专家学者,赵六,‸91140300MA0000000A,,甲所"))),
    ("L010", notice(body="现将平定县甲制造有限公司等‸3家组织予以公示。")),
    ("L010", notice(body="现将甲等1家组织、‸2名个人予以公示。")),
    ("L010", notice(title="\n‸title: 平定县等2家推荐组织公示")),
    ("L011", call(body="由‸孟县推荐。")),
    ("L011", "-- content/guide/02-scope.md --\n---\ntitle: 评选范围\n---\n盂县和‸孟县。\n"),
    ("L011", notice(rows=rows("组织,‸孟县甲制造有限公司,,,"))),
    ("L012", notice(rows="", kind="\n‸kind: county-publicity")),
    ("L012", notice(kind="\n‸kind: call", county=None, window=None)),
    ("L013", city(rows=DECISION_LIST.replace(",平定县\n", ",‸平定\n"))),
    ("L014", notice(rows=rows("组织,甲制造有限公司,,‸盂县,"))),
    ("L020", notice(rows=rows("专家学者,‸王五/赵六,,,甲所"))),
    ("L006", notice(rows=rows("专家学者,‸王五 赵六,,,甲所"))),
    ("L015", notice(rows=rows("专家学者,‸赵六,,,"))),
    ("A001", decision(rows="奖项,类别,名称\n,组织,‸甲制造有限公司\n")),
    (
        "A002",
        decision(
            rows="奖项,类别,名称\n"
            + "".join(f"质量奖,组织,{n}厂\n" for n in "甲乙丙")
            + "‸质量奖,组织,丁厂\n"
        ),
    ),
    ("A003", notice(rows=rows(*(f"专家学者,{n},,,甲所" for n in ("赵一", "钱二", "‸孙三"))))),
    (
        "A003",
        notice(rows=rows("专家学者,赵一,,,甲所", "专家学者,钱二,,,甲所"))
        + notice("b", rows=rows("专家学者,赵一,,,甲所", "专家学者,‸孙三,,,甲所")),
    ),
    (
        "A010",
        notice(
            exceptions="\n‸exceptions: [{category: 组织, most: 5, reason: 多, agreed: 市办公室}]"
        ),
    ),
    (
        "A010",
        notice(
            exceptions="\n‸exceptions: [{category: 班组, most: 9, reason: 多, agreed: 市办公室}]"
        ),
    ),
    ("P001", call(body="联系人身份证号‸11010519491231002X。")),
    (
        "P001",
        notice(
            rows=rows("专家学者,赵六,,,甲所１１０１０５１９４９１２３１００２X").replace(
                "１", "‸１", 1
            )
        ),
    ),
    ("P002", call(body="联系电话：‸138 0013 8000")),
    ("P003", call(body="账号‸6222021234567890128。")),
    ("P004", call(body="邮箱 a@b.cn（‸密码：Abc12345）")),
    ("P004", call(body="系统‸口令为 qwer1234。")),
    ("P005", call(body="‸家庭住址：平定县冠山镇某某路12号")),
    ("P005", call(body="寄送，‸阳光小区3号楼2单元501室")),
    ("P005", call(body="‸现住址平定县冠山镇某某村12号")),
    ("P005", call(body="寄至南大街1‸号楼2单元501")),
    ("T001", call(title="\n‸title: 关于第二届阳泉市质量奖的通知")),
    ("T001", call(body="现将‸第一届阳泉市质量奖名单公布。")),
    ("T002", notice(title="\n‸title: 盂县第三届质量奖推荐名单公示")),
    ("T002", notice(body="现将‸盂县推荐名单予以公示。")),
    ("T003", call(body="请于2021年12月6日（星期‸二）前报送。")),
    ("T004", notice(body="公示时间：2021年12月6日至12月10日‸17:30。")),
    ("T005", call(body="联系电话0353-‸XXXXXXX。")),
    ("T005", call(body="公示时间：‸{公示期}。")),
    ("T007", call(body="附件：1. ‸推荐名单.docx")),
    ("T009", call(title="\n‸title: 第三届质量奖通知 # 一号")),
    ("T010", call(tags="\n‸tags: [一，二]")),
    ("T011", notice(body="自即日起至‸2021年12月11日公示。")),
    ("T012", "-- content/wrong-words.txt --\n市监局 市场监管局\n" + call(body="由‸市监局受理。")),
    (
        "W006",
        notice(
            window="{opens: 2021-12-06, working-days: 5, "
            "extensions: [{working-days: 2, reason: 雪}]}",
            body="公示时间：‸2021年12月6日至12月10日。",
        ),
    ),
    ("P010", call(body="联系人护照号‸E12345678。")),
    ("P014", call(body="| 姓名 | 护照号 |\n| --- | --- |\n‸| 赵六 | E12345678 |")),
    ("P015", notice(rows=rows("专家学者,赵六,,,‸甲所zhao@example.cn"))),
    ("P011", call(body="联系人微信‸zhang_2021")),
    ("P012", call(body="赵六，‸1980年1月2日出生")),
    ("K001", call(body="见[评选条件](‸/guide/condition/)。")),
    ("K001", call(body="见[附件](‸files/none.pdf)。")),
    ("K002", call(body="见[条件](‸/guide/conditions/#个人)。")),
    ("K002", call(body="## 一\n\n见[下文](‸#二)。")),
    ("K002", call(body="见[问答](‸/faq/#nothing)。")),
    ("K003", call(body="‸![](https://a.cn/a.png)")),
    ("K004", call(body="‸# 大标题")),
    ("K004", call(body="## 一\n\n‸#### 跳级")),
    ("K005", call(body='‸<p style="color:red">红</p>')),
    ("K006", call(body="见[文件](‸file:///C:/a.doc)。")),
    ("K006", call(body="见[内网](‸http://192.168.1.2/a)。")),
    ("K007", call(body="申报请‸[点击这里](/guide/)。")),
    ("R001", call(review="{drafted: 张三, reviewed: 李四, ‸approved: 张三}")),
    ("R005", notice(**(SECOND | {"revision": "\n‸revision: 2"}))),
    ("R006", notice(**SECOND) + notice(folder="revisions/7/").replace("---\n", "‸---\n", 1)),
    (
        "R008",
        notice(**(SECOND | {"updated": "\n‸updated: 2021-12-06T08:00:00+08:00"}))
        + notice(folder="revisions/1/"),
    ),
    ("R010", notice() + correction(published="\n‸published: 2021-12-01T08:30:00+08:00")),
    ("R010", notice() + correction() + correction("e", amends="\n‸amends: b")),
    ("R011", notice(note="\n‸note: 改了一处")),
    ("P004", SITE + 'description = "邮箱‸密码：Abc12345"\n'),
    ("X001", "-- content/annexes/form.yml --\n‸[]\n"),
    ("S009", "-- content/texts/call.md --\n---\n---\n公示期‸{公示时间}。\n"),
    ("S001", SITE + "name = ‸\n"),
    ("S002", "-- content/calendar.yaml --\n‸closures: [暴雪]\n"),
]

DRAFT += [
    ("N001", progress(step="\n‸step: 社会公示")),
    ("N006", notice() + result(body="没有异议，‸异议人：王先生撤回了意见。")),
    ("C001", notice(rows=rows("专家学者,张‸\ue863六,,,甲所"))),
    ("C001", call(body="推荐张‸\ufffd六为候选人。")),
    ("C002", notice(rows=rows("组织,乙‸\x01公司,,,"))),
    ("C002", notice(rows=rows("组织,‸⻢氏公司,,,"))),
    ("C002", call(body="一句‸\u202e话。")),
    ("C002", notice(rows=rows("组织,‸Aаa有限公司,,,"))),
    ("C002", call(body="关于Caf‸e\u0301的说明。")),
    ("C003", call(body="推荐张‸\u0301六为候选人。")),
    ("C004", notice(rows=rows("组织,‸己\u0301有限公司,,,"))),
    ("C004", notice(rows=rows("组织,‸㈱丙有限公司,,,"))),
    ("C003", call(body="推荐张‸?六为候选人。")),
    ("C004", notice(rows=rows("专家学者,‸买买提.艾力,,,甲所"))),
    ("C004", notice(rows=rows("专家学者,‸张？,,,甲所"))),
    ("C005", notice(rows=rows("专家学者,张‸\U0002ebf0,,,甲所"))),
    ("C005", call(body="推荐‸\U00031350为候选人。")),
    ("C005", call(title="\n‸title: 关于\U0002ebf0的通知")),
]

ANNEX = """-- content/annexes/form.yml --
‸title: 表
short: 表
purpose: 用途
filled-by: 组织
version: "1"
date: 2026-11-22
changes: 首次发布。
body:
- cover:
    title: 表
    lines:
    - {label: 名称, field: name}
    - {label: 名称, field: name}
"""
DRAFT.append(("X002", ANNEX))
_FORM = ANNEX.replace("    - {label: 名称, field: name}\n", "", 1)
_NEXT = _FORM.replace("‸", "").replace("version", "‸version")
_FORMER = _FORM.replace("‸", "").replace("annexes/form", "annexes/earlier/form-1")
DRAFT.append(("X003", _NEXT + _FORMER))

PUBLISH = [
    ("L021", notice(rows=rows("组织,‸甲制造有限公司（已退出）,,,"))),
    ("L021", notice(rows="类别,名称,备注\n组织,甲制造有限公司,‸不予推荐\n")),
    ("T006", notice(rows=rows("专家学者,‸张吉惟,,,甲研究所"))),
    ("L016", notice(rows=rows("专家学者,‸𬱖六,,,甲所"), order="stroke")),
    ("A004", notice() + city(rows="类别,名称\n组织,‸从未公示的学校\n")),
    (
        "A005",
        notice()
        + city(
            published="2021-12-08T08:00:00+08:00",
            rows=DECISION_LIST.replace("平定县甲", "‸平定县甲"),
        ),
    ),
    ("A006", notice() + city(rows="类别,名称\n组织,‸平定县甲制造有限责任公司\n")),
    ("A007", notice() + city(rows="类别,名称,县区\n组织,‸平定县甲制造有限公司,盂县\n")),
    (
        "A009",
        notice(rows=rows("组织,甲制造有限公司,,,", "组织,乙制造有限公司,,,"))
        + notice(
            "b",
            rows=rows("组织,甲制造有限公司,,,"),
            published="2021-12-20T08:30:00+08:00",
            window="{opens: 2021-12-20, working-days: 5}",
        )
        + city(rows="类别,名称\n组织,甲制造有限公司\n组织,‸乙制造有限公司\n"),
    ),
    ("N002", notice() + result(published="\n‸published: 2021-12-10T09:00:00+08:00")),
    ("N003", notice() + result() + result("s", result_of="\n‸result-of: a")),
    ("N004", notice() + result(objections=f"\n‸objections: [{REJECTED}]")),
    (
        "N005",
        notice() + result(departures="\n‸departures: [{entry: 钱七, category: 组织, why: failed}]"),
    ),
    ("N007", notice() + result(objections=f"\n‸objections: [{UPHELD}]")),
    (
        "A011",
        notice()
        + result(objections=f"[{UPHELD}]", departures=f"[{STRUCK}]")
        + city(
            rows="类别,名称,县区,工作单位\n组织,平定县甲制造有限公司,,\n专家学者,‸赵六,,甲研究所\n"
        ),
    ),
    ("L018", notice() + city(rows=f"‸{DECISION_LIST}")),
    ("L019", notice() + city(reasons="\n‸reasons: [{about: new, entry: 甲公司, reason: 补报}]")),
    ("R002", call(review="{drafted: 张三, reviewed: 李四, ‸approved: 签发人（待填）}")),
    ("S003", SITE + '‸base-url = "https://portal.test"\n'),
]
