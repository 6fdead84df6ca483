"""Whatever the layout of a table, importing gives its true entries or a question."""

import csv
import itertools

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from portal.errors import RequestError
from portal.importing.importer import import_list
from tests.importing.reading import SITE
from tests.thirdaward import CATEGORIES, TERMS

SURNAMES, GIVEN = "赵钱孙李周吴郑王", "一二三四五六七八九"
PEOPLE = [str(c) for c in CATEGORIES if c.individual]
people = st.tuples(st.sampled_from(SURNAMES), st.text(GIVEN, min_size=1, max_size=2)).map("".join)
firms = st.tuples(
    st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=3),
    st.sampled_from(["有限公司", "集团有限公司", "机械厂", "中心小学", "人民医院"]),
).map("".join)
counties = st.sampled_from(["平定县", "盂县", "城区"])
PERSON_HEADINGS = ["姓名", "名称（姓名）", "申报组织（个人）名称", "单位（个人）名称", "拟推荐人选"]
FIRM_HEADINGS = ["单位名称", "名称", "参评组织", "拟推荐组织", "企业名称", "申报组织（个人）名称"]
STRANGE = ["典型", "拟推荐", "推荐单位", "对象", "先进", "主体名"]
EMPLOYERS = ["工作单位", "所在单位", "单位", "单位名称", "现任职处"]
EXTRA = ["联系电话", "身份证号", "行业", "推荐意见", "领导批示", ""]
JUNK = [
    "以上名单已经会议研究",
    "合计",
    "共3家",
    "3",
    "小计：2名",
    "注：仅供参考",
    "王某",
    "填表人：王某",
]


@st.composite
def layouts(draw):
    """A sheet's rows, its true entries, and whether it holds what must be asked about."""
    persons = draw(st.booleans())
    names = people if persons else firms
    true = draw(
        st.lists(st.tuples(names, firms, counties, st.sampled_from(PEOPLE)), min_size=1, max_size=6)
    )
    headings = (PERSON_HEADINGS if persons else FIRM_HEADINGS) + STRANGE
    columns = [("名称", draw(st.sampled_from(headings)))]
    if persons:
        columns.append(("工作单位", draw(st.sampled_from(EMPLOYERS))))
    category = draw(st.sampled_from(["column", "subtitle", "title", "none"]))
    if category == "column":
        columns.append(("类别", "类别"))
    if draw(st.booleans()):
        columns.append(("县区", "县区"))
    if draw(st.booleans()):
        columns.append(("多余", draw(st.sampled_from(EXTRA))))
    columns = draw(st.permutations(columns))
    if draw(st.booleans()):
        columns = [("序号", "序号"), *columns]
    if category in ("subtitle", "title"):
        true = [(*entry[:3], PEOPLE[0]) for entry in true]
    rows, truth = [], []
    for number, (name, employer, county, kind) in enumerate(true, 1):
        said = kind if persons else "组织"
        cells = {"名称": name, "工作单位": employer, "类别": said, "县区": county}
        cells |= {"序号": number, "多余": draw(st.sampled_from(["好", None]))}
        rows.append([cells[role] for role, _ in columns])
        truth.append((name, said, employer if persons else ""))
    return columns, rows, truth, persons, category


def lost(draw, rows, width):
    """Rows that are no entries, put anywhere."""
    out = list(rows)
    for _ in range(draw(st.integers(0, 2))):
        row = [None] * width
        row[draw(st.integers(0, width - 1))] = draw(st.sampled_from(JUNK))
        out.insert(draw(st.integers(0, len(out))), row)
    return out


def alter(draw, book, change, roles, entries):
    """Change what a spreadsheet's user can change besides its texts."""
    sheet, row = book.active, draw(st.sampled_from(entries))
    if change == "hidden":
        sheet.row_dimensions[row].hidden = True
    elif change == "struck":
        sheet.cell(row, 1 + roles.index("名称")).font = Font(strike=True)
    elif change == "sheet":
        other = book.create_sheet("其他")
        for line in sheet.iter_rows(values_only=True):
            other.append(line)
    elif change == "merge" and "县区" in roles:
        column = 1 + roles.index("县区")
        sheet.merge_cells(None, min(entries), column, max(entries), column)
    elif change == "side":
        place = sheet.cell(draw(st.integers(1, row)), len(roles) + draw(st.integers(1, 3)))
        place.value = draw(st.sampled_from(["说明", "王某", "3", "甲有限公司"]))


def imported(path):
    try:
        return import_list(path, SITE, terms=TERMS)
    except RequestError:
        return None


def check(reading, truth):
    """No question, then exactly the true entries; or a question that can be answered."""
    if reading is None:
        return
    if reading.questions:
        assert all(question.choices or question.free for question in reading.questions)
        return
    found = [(e["名称"], e["类别"], e["工作单位"]) for e in reading.entries]
    assert found == truth


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_layout_gives_the_true_entries_or_a_question(tmp_path, data):
    columns, body, truth, persons, category = data.draw(layouts())
    width = len(columns)
    rows = lost(data.draw, body, width)
    if category == "subtitle":
        rows.insert(0, [f"一、{PEOPLE[0] if persons else '组织'}（{len(truth)}名）"])
    header = [heading for _, heading in columns]
    if data.draw(st.booleans()):
        rows.insert(data.draw(st.integers(0, len(rows))), header)
    titles = []
    if category == "title" and persons:
        titles.append([f"{PEOPLE[0]}推荐名单"])
    titles += data.draw(st.lists(st.sampled_from([["附件2"], [], ["填报单位：某局"]]), max_size=2))
    book = openpyxl.Workbook()
    for row in [*titles, header, *rows]:
        book.active.append(row)
    entries = [r for r, row in enumerate(rows, len(titles) + 2) if row in body]
    change = data.draw(st.sampled_from(["none", "hidden", "struck", "sheet", "merge", "side"]))
    alter(data.draw, book, change, [role for role, _ in columns], entries)
    path = tmp_path / "名单.xlsx"
    book.save(path)
    reading = imported(path)
    check(reading, truth)
    if change in ("hidden", "struck", "sheet"):
        assert reading is None or reading.questions


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(firms, min_size=2, max_size=8, unique=True),
    st.integers(2, 3),
    st.booleans(),
    st.booleans(),
)
def test_tables_side_by_side_give_all_entries_in_order(tmp_path, names, parts, across, numbered):
    height = -(-len(names) // parts)
    head = (["序号"] if numbered else []) + ["单位名称"]
    rows = [head * parts]
    for line in range(height):
        row = []
        for part in range(parts):
            at = line * parts + part if across else part * height + line
            name = names[at] if at < len(names) else None
            row += ([at + 1 if name else None] if numbered else []) + [name]
        rows.append(row)
    path = tmp_path / "名单.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    reading = imported(path)
    if reading is not None and not reading.questions:
        found = [entry["名称"] for entry in reading.entries]
        assert (found if numbered else sorted(found)) == (names if numbered else sorted(names))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.lists(
            st.one_of(cells, st.sampled_from([*JUNK, *EMPLOYERS, *STRANGE, "姓名"])), max_size=4
        ),
        max_size=6,
    )
)
def test_no_cell_is_lost_whatever_it_holds(tmp_path, rows):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("名称", "备注"), *rows])
    reading = imported(path)
    if reading is None or reading.questions:
        return
    full = {
        f"{'ABCD'[c]}{r}"
        for (r, row), c in itertools.product(enumerate(rows, 2), range(4))
        if c < len(row) and row[c].strip()
    }
    assert full <= set(reading.accounted)
    assert len(reading.entries) + len(reading.told) >= sum(any(map(str.strip, row)) for row in rows)
