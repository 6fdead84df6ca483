"""L: lists, beyond what reading them already finds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from portal.domain.awards import Sort
from portal.domain.dates import read_number
from portal.domain.identifiers import parse_credit_code
from portal.domain.names import parted_name
from portal.domain.notice import ListOrder
from portal.domain.ordering import unplaced
from portal.domain.own_words import says_out
from portal.domain.quotas import duplicate_faults, two_counties_faults
from portal.domain.text import halfwidth, matches
from portal.errors import Severity, Stage
from portal.lint.rules.rule import Finding, rule
from portal.lint.rules.subjects import Passage, Prose, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.domain.notice import Entry
    from portal.lint.rules.neighbours import Round

_SPACE = re.compile(r"\s")
_LATIN_SPACE = re.compile(r"(?<=[A-Za-z0-9.&'-]) (?=[A-Za-z0-9&(])")
_COUNT = re.compile(
    r"(?P<etc>等)?(?:共(?:计)?)?(?P<n>\d{1,4}|[两一二三四五六七八九十]{1,3})"
    r"(?P<measure>[家个名位项])(?P<noun>组织|企业|单位|机构|个人|同志|团队|班组|项目)?"
)
_BEGIN_OF_A_COUNT = re.compile(r"[等共\d两一二三四五六七八九十]")
_LIMIT = re.compile(r"(?:不超过|不多于|最多|至多|不少于|限|第|设|不足)\s*$")
_SORTS = {
    **dict.fromkeys(("组织", "企业", "单位", "机构", "家"), Sort.ORGANIZATION),
    **dict.fromkeys(("个人", "同志", "名", "位"), Sort.INDIVIDUAL),
    **dict.fromkeys(("团队", "班组"), Sort.TEAM),
    **dict.fromkeys(("项目", "项"), Sort.PROJECT),
}
"""What a noun counts, or a measure word where no noun follows."""


@rule("L006")
def names_have_no_spaces(subject: Subject) -> Iterator[Finding]:
    """名单中的名称、工作单位或县区里有空格。

    为排版对齐加的空格（“田　华”）会使同一个名称前后不一致，导致查重和比对出错；名单只存原名，排
    报纸版式时由程序加空格。外文名称中词与词之间的空格除外。
    """
    for entry in subject.notice.entries:
        for column, value in (
            ("名称", entry.name),
            ("工作单位", entry.employer),
            ("县区", entry.county),
        ):
            if _SPACE.search(value) and _SPACE.search(_LATIN_SPACE.sub("", value)):
                message, remedy = f"“{value}”中有空格", "去掉空格；portal import 会自动去掉"
                if column == "名称" and _one_person(entry) and parted_name(value):
                    message += "，像几个人，或者写了性别、民族"
                    remedy = "一个人写一行，只写姓名；确是一个人的，去掉空格"
                    yield subject.in_list(entry, column, message, remedy)
                    continue
                found = subject.in_list(entry, column, message, remedy)
                chinese = not re.search(r"[A-Za-z]", value)
                yield found.mended(value, _SPACE.sub("", value)) if chinese else found


def _one_person(entry: Entry) -> bool:
    """Whether an entry is of a category of single persons."""
    return entry.category.individual and entry.category.joint == 1


@rule("L020")
def a_name_is_one_persons(subject: Subject) -> Iterator[Finding]:
    """个人的名称里有顿号、斜线一类的分隔，像几个人，如“王五/赵六”。

    名单一行一个人：写在一起的，异议、查重和名额都会算错。分成几行；性别、民族不写在名称里。
    """
    for entry in subject.notice.entries:
        if _one_person(entry) and not _SPACE.search(entry.name) and parted_name(entry.name):
            message, remedy = f"“{entry.name}”像几个人", "一个人写一行，只写姓名"
            yield subject.in_list(entry, "名称", message, remedy, Severity.WARNING)


@rule("L007")
def no_duplicates(subject: Subject) -> Iterator[Finding]:
    """同一份名单里有重复的组织或个人。

    名称相同（不计空格、全角半角和括注）或统一社会信用代码相同即为重复；个人同名而工作单位不同的，
    不算重复。
    """
    for fault in duplicate_faults(subject.notice.entries):
        yield subject.in_list(fault.entry, "名称", fault.message, fault.remedy, fault.severity)


@rule("L008")
def in_one_county_only(among: Round) -> Iterator[Finding]:
    """同一届里，一个组织或个人列在两个县（区）的名单上。

    推荐由注册地或工作单位所在地的县（区）办理，只能占一个县（区）的名额。已撤回的名单、异议成立
    的条目和再次公示没有列入的条目不计。
    """
    places = [place for county in among.recommended.values() for place in county]
    lists: defaultdict[str, list[Entry]] = defaultdict(list)
    for subject, entry in places:
        lists[subject.county].append(entry)
    owners = {id(entry): subject for subject, entry in places}
    for fault in two_counties_faults(lists):
        yield owners[id(fault.entry)].in_list(
            fault.entry, "名称", fault.message, fault.remedy, fault.severity
        )


@rule("L009")
def credit_codes_are_sound(subject: Subject) -> Iterator[Finding]:
    """统一社会信用代码的位数、字符或校验位不对。

    18位，由数字和不含 I、O、S、V、Z 的大写字母组成，末位为校验位（GB 32100-2015）。个人不填。
    """
    for entry in subject.notice.entries:
        code = entry.credit_code
        if code and entry.category.individual:
            message, remedy = f"个人“{entry.name}”填了信用代码", "删去；不要填身份证号码"
            yield subject.in_list(entry, "统一社会信用代码", message, remedy)
        elif code:
            try:
                right = parse_credit_code(code)
            except ValueError as error:
                remedy = "与营业执照或法人证书核对"
                yield subject.in_list(entry, "统一社会信用代码", str(error), remedy)
                continue
            if right != code:
                message = f"信用代码“{code}”中有空格、全角字符或小写字母"
                found = subject.in_list(entry, "统一社会信用代码", message, f"改为 {right}")
                yield found.mended(code, right)


@rule("L010")
def counts_agree(subject: Subject) -> Iterator[Finding]:
    """正文或标题里“等N家”之类的总数与名单不一致。

    “等5家组织”“3名个人”应等于名单中组织、个人的个数，没有写明是组织还是个人的“N个”应等于总数。
    名额和限额（“不超过5个”“设3个”）不算。不带“等”字的只提醒。
    """
    entries = subject.notice.entries
    if not entries:
        return
    grades = subject.edition.terms.grades
    counted = Counter((entry.grade, entry.category.sort) for entry in entries)
    whole = Counter(entry.category.sort for entry in entries)
    title = Prose(subject.source.text_path, subject.notice.title)
    for prose in (title, subject.body):
        for match in matches(_COUNT, _BEGIN_OF_A_COUNT, halfwidth(prose.text)):
            noun = match["noun"]
            limit = _LIMIT.search(prose.text, 0, match.start("n"))
            if limit or not (match["etc"] or noun):
                continue
            sort = _SORTS.get(noun or match["measure"])
            if sort in (Sort.TEAM, Sort.PROJECT) and not whole[sort]:
                continue  # of other projects, which are no entries
            if sort is None:
                right, what = len(entries), "条目"
                graded = {sum(counted[g, s] for s in Sort) for g in grades}
                graded |= {counted[g, Sort.ORGANIZATION] for g in grades}
            else:
                right, what = whole[sort], sort.label
                graded = {counted[g, sort] for g in grades}
            if read_number(match["n"]) in {right, *graded}:
                continue
            found = f"写“{match.group()}”，名单中{what}为{right}个"
            severity = Severity.ERROR if match["etc"] else Severity.WARNING
            remedy = "核对名单和正文，改成一致"
            if prose is title:
                yield subject.on("title", f"标题{found}", remedy, severity)
            else:
                yield prose.find(match.start("n"), f"正文{found}", remedy, severity)


@rule("L011")
def no_lookalikes(passage: Passage) -> Iterator[Finding]:
    """地名写成了形近的别字，如“落川县”（应为“洛川县”）。

    形近写法列在 content/site.toml 各县区的 lookalikes。查公告的标题、正文和名单，以及网站的文章。
    """
    site = passage.context.tree.site
    if site is None:
        return
    prose = passage.prose
    for wrong, right in ((w, c.name) for c in site.counties.values() for w in c.lookalikes):
        start = prose.text.find(wrong)
        while start >= 0:
            yield prose.find(start, f"“{wrong}”疑为“{right}”之误", f"改为“{right}”")
            start = prose.text.find(wrong, start + len(wrong))


@rule("L013")
def counties_exist(subject: Subject) -> Iterator[Finding]:
    """名单的“县区”栏写了没有列出的县区。

    按整格比对 content/site.toml 中的县区名称：“新区”“高新区”也是普通词语，不能只看是否包含。
    """
    site = subject.context.tree.site
    names = [county.name for county in site.counties.values()] if site else []
    for entry in subject.notice.entries:
        if entry.county and entry.county not in names:
            message = f"没有县区“{entry.county}”"
            yield subject.in_list(entry, "县区", message, f"可用：{'、'.join(names)}")


@rule("L014")
def county_is_the_notices_own(subject: Subject) -> Iterator[Finding]:
    """县（区）公示的名单里有别的县（区）的条目。"""
    if not subject.county or not subject.notice.kind.has_list:
        return
    for entry in subject.notice.entries:
        if entry.county not in ("", subject.county):
            message = f"“{entry.name}”的县区是{entry.county}，而公告是{subject.county}的"
            yield subject.in_list(entry, "县区", message, "更正县区，或移到该县（区）的名单")


@rule("L015")
def people_have_employers(subject: Subject) -> Iterator[Finding]:
    """个人没有填写工作单位，或者没有填写届次规定的、用来分辨同名的另一列。

    没有这一项，公众不能分辨同名的人，查重也不能区分。
    """
    for entry in subject.notice.entries:
        if entry.category.apart and not entry.apart:
            message = f"{entry.category.sort.label}“{entry.name}”没有{entry.category.apart}"
            remedy = f"在“{entry.category.apart}”栏填写全称"
            yield subject.in_list(entry, "名称", message, remedy, Severity.WARNING)


@rule("L016", Stage.PUBLISH)
def strokes_are_known(subject: Subject) -> Iterator[Finding]:
    """按姓氏笔画为序的名单里有笔画表没有的字。

    这样的字排在最后，次序可能不对；请人工核对，或改用文件中的次序（order: file）。
    """
    if subject.notice.order is not ListOrder.STROKE:
        return
    for entry, characters in unplaced(subject.notice.entries):
        message = f"“{entry.name}”中的“{characters}”没有笔画数据"
        remedy = "核对次序；次序不对时改用 order: file"
        yield subject.in_list(entry, "名称", message, remedy)


@rule("L021", Stage.PUBLISH)
def entries_are_not_out(subject: Subject) -> Iterator[Finding]:
    """名单里的条目自己写着“已退出”“不予推荐”“撤回”“取消”“放弃”一类的话。

    看名称、备注里括注的话和整格的备注；名称中间的字（“上海退出科技有限公司”）不算。不该公示的，
    删去这一行；该公示的，删去这句话。
    """
    for entry in subject.notice.entries:
        for column, value in (("名称", entry.name), ("备注", entry.remark)):
            if words := says_out(value):
                message = f"“{entry.name}”的{column}写着“{words}”"
                remedy = "不该公示的，删去这一行；该公示的，删去这句话"
                yield subject.in_list(entry, column, message, remedy, Severity.WARNING)


RULES = (
    names_have_no_spaces,
    a_name_is_one_persons,
    no_duplicates,
    credit_codes_are_sound,
    counts_agree,
    counties_exist,
    county_is_the_notices_own,
    people_have_employers,
    strokes_are_known,
    entries_are_not_out,
)
PASSAGE_RULES = (no_lookalikes,)
ROUND_RULES = (in_one_county_only,)
