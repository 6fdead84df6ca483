import pytest

from portal.domain.names import name_key, organization_core, split_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("田 华", "田华"),
        ("田　华", "田华（女）"),
        ("王明（回族）", "王明"),
        ("卓玛(女,藏族)", "卓玛"),
        ("巴依卡・凯力迪别克", "巴依卡·凯力迪别克"),
        ("舟山市７４１２工厂", "舟山市7412工厂"),
        ("某某（山西）有限公司", "某某(山西)有限公司"),
        ("ABC公司", "ａｂｃ公司"),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert name_key(one) == name_key(other)


def test_bracketed_parts_of_an_organization_are_no_remarks():
    assert name_key("某某集团（阳泉）") != name_key("某某集团")


def test_the_legal_form_is_not_the_core_of_a_name():
    forms = ["演示有限公司", "演示有限责任公司", "演示股份有限公司", "演示集团有限公司"]
    assert {organization_core(name) for name in forms} == {"演示"}
    assert organization_core("有限公司") == "有限公司"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("李明", ("李", "明")),
        ("田 华", ("田", "华")),
        ("欧阳小明", ("欧阳", "小明")),
        ("欧阳", ("欧", "阳")),
        ("巴依卡·凯力", ("巴依卡·凯力", "")),
        ("李", ("李", "")),
    ],
)
def test_surname_and_given_name_are_told_apart(name, parts):
    assert split_name(name) == parts
