import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.notice import ListOrder
from portal.domain.ordering import OVERRIDES, ordered, stroke_key, unknown_characters, unplaced
from portal.domain.strokes import BY_COUNT
from tests.domain.conftest import organization, person
from tests.thirdaward import AWARD, FRONTLINE, NOMINATION

COUNT = {c: n for n, characters in BY_COUNT.items() for c in characters}
GB2312 = [
    bytes([row, cell]).decode("gb2312", errors="ignore")
    for row, cell in itertools.product(range(0xB0, 0xF8), range(0xA1, 0xFF))
]


def in_order(*names):
    entries = ordered([person(name) for name in names], ListOrder.STROKE)
    return [entry.name for entry in entries]


@pytest.mark.parametrize(
    "names",
    [
        # Number of strokes of the surname.
        ["丁一", "王一", "田一", "任一", "李一", "周一", "赵一", "高一", "黄一", "韩一", "戴一"],
        # Equal numbers: kinds of stroke 横竖撇点折 from the first stroke on.
        ["丁一", "卜一", "刁一"],
        ["王一", "韦一", "木一", "毛一", "文一", "方一", "孔一"],
        ["杜一", "李一", "杨一", "吴一", "何一", "沈一", "宋一", "张一", "陈一"],
        # 达 has six strokes, whatever some tables say.
        ["王平", "王达", "王远"],
        # The second character decides, then the third.
        ["王一二", "王一三", "王二一", "王三一"],
        # One-character given names come first, however many strokes they have.
        ["王鑫", "王一丁"],
        ["王丁", "王鑫", "王一丁", "王丁一"],
        # Compound surnames: by their first character, after its single namesakes.
        ["司徒明", "欧明", "欧小明", "欧阳明", "欧阳小明"],
    ],
)
def test_names_are_ordered_by_strokes(names):
    assert in_order(*reversed(names)) == names


def test_spaces_dots_and_remarks_do_not_move_a_name():
    assert stroke_key("田　华") == stroke_key("田 华（女）") == stroke_key("田华")
    assert in_order("巴依卡·凯力迪别克", "王明", "丁明") == ["丁明", "王明", "巴依卡·凯力迪别克"]


def test_every_common_character_has_a_place():
    assert [c for c in GB2312 if unknown_characters(c)] == []
    assert len(GB2312) >= 6763
    counts = list(BY_COUNT)
    assert counts == sorted(counts)
    assert len(COUNT) == sum(map(len, BY_COUNT.values())), "a character stands twice"


@pytest.mark.parametrize(
    ("characters", "count"),
    [("一乙", 1), ("丁卜刁人力", 2), ("三马于万卫", 3), ("范林武郑", 8), ("鼎", 12), ("戴", 17)],
)
def test_stroke_counts_are_those_of_the_dictionary(characters, count):
    assert {COUNT[c] for c in characters} == {count}


def test_overrides_name_a_neighbour_of_the_table_and_move_only_their_character():
    assert all(neighbour in COUNT for neighbour in OVERRIDES.values())
    assert not set(OVERRIDES) & set(COUNT)
    assert [COUNT[OVERRIDES[c]] for c in "达䶮虽芈"] == [6, 9, 9, 7]
    for character, neighbour in OVERRIDES.items():
        row = BY_COUNT[COUNT[neighbour]]
        after = row[row.index(neighbour) + 1]
        assert stroke_key(neighbour) < stroke_key(character) < stroke_key(after)


def test_a_character_without_a_place_comes_last_and_is_reported():
    assert unknown_characters("王㛃Q") == "㛃q"
    assert in_order("㛃明", "戴明", "王㛃", "王鑫") == ["王鑫", "王㛃", "戴明", "㛃明"]
    entries = [person("王㛃"), person("王明"), organization("㛃厂")]
    assert unplaced(entries) == [(entries[0], "㛃")]


def test_organizations_stay_in_file_order_and_groups_stay_together():
    entries = [
        organization("乙公司", AWARD),
        person("王明", NOMINATION),
        organization("一公司", AWARD),
        person("丁明", NOMINATION),
        person("卜明", NOMINATION, category=FRONTLINE),
    ]
    names = [e.name for e in ordered(entries, ListOrder.STROKE)]
    assert names == ["乙公司", "一公司", "丁明", "王明", "卜明"]
    asked = ordered(entries, ListOrder.STROKE, organizations=True)
    assert [e.name for e in asked][:2] == ["一公司", "乙公司"]
    assert ordered(entries, ListOrder.FILE) == tuple(entries)


names = st.lists(st.text("王李丁欧阳司马一二三明达䶮㛃·", min_size=1, max_size=4), max_size=8)


@given(names, st.randoms())
def test_stroke_order_does_not_depend_on_the_order_of_the_file(listed, random):
    shuffled = random.sample(listed, len(listed))
    keys = [stroke_key(name) for name in in_order(*listed)]
    assert keys == sorted(stroke_key(name) for name in shuffled)
