"""A list as tables: nothing is lost or made up, and each column has something to say."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.list_tables import list_tables
from portal.domain.notice import Entry, ListOrder
from tests.thirdaward import CATEGORIES, GRADES

_WORD = st.sampled_from(["", "甲", "乙公司", "平定县"])
_ENTRY = st.builds(
    Entry,
    name=st.sampled_from(["甲公司", "赵六", "田䶮"]),
    category=st.sampled_from(CATEGORIES),
    grade=st.sampled_from([*GRADES, None]),
    credit_code=st.sampled_from(["", "91140300MA0K00001X"]),
    county=_WORD,
    employer=_WORD,
    position=_WORD,
    remark=_WORD,
    more=st.sampled_from([(), (("主要完成单位", "甲厂"),)]),
)


def _of(entries, county=None):
    return list_tables(
        SimpleNamespace(entries=tuple(entries), county=county, order=ListOrder.FILE), "县区"
    )


@given(entries=st.lists(_ENTRY, max_size=12), county=st.sampled_from([None, "pingding"]))
def test_each_entry_stands_in_one_table_with_all_it_says(entries, county):
    tables = _of(entries, county)
    numbers = [number for table in tables for number in table.numbers]
    assert sorted(numbers) == list(range(1, len(entries) + 1))
    for table in tables:
        kinds = {entries[number - 1].category.individual for number in table.numbers}
        assert len(kinds) == 1 or len(tables) == 1
        assert list(table.numbers) == sorted(table.numbers)
        assert all(map(any, zip(*table.rows, strict=True)))
        assert f"共{len(table.rows)}项" in table.caption
        for number, row in zip(table.numbers, table.rows, strict=True):
            entry = entries[number - 1]
            assert row[table.name_column] == entry.name
            said = "".join((*row, table.caption))
            told = (entry.category, entry.grade, entry.credit_code, entry.remark)
            assert all(
                part in said for part in told if part and not _is_told_elsewhere(part, table)
            )
            assert f"{entry.employer}{entry.position}" in said
            assert all(value in row for _, value in entry.more)
            assert county or not entry.county or entry.county in row


def _is_told_elsewhere(part, table):
    """组织 in a table that calls itself 组织名单."""
    return table.caption.startswith(f"{part}名单")


def test_two_kinds_are_two_tables_and_one_kind_is_one():
    firms = [Entry("甲公司", CATEGORIES[0]), Entry("乙公司", CATEGORIES[0])]
    person = Entry("赵六", CATEGORIES[1], employer="甲公司", position="研究员")
    first, second = _of([firms[0], person, firms[1]])
    assert (first.caption, first.numbers) == ("组织名单，共2项", (1, 3))
    assert first.header == ("名称",)
    assert (second.caption, second.numbers) == ("个人名单，共1项", (2,))
    assert second.header == ("类别", "名称", "工作单位和职务")
    (whole,) = _of(firms)
    assert (whole.caption, whole.header) == ("名单，共2项", ("类别", "名称"))
    assert _of([]) == ()
