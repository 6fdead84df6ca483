"""Differences of lists: each asks for a reason once, and a reason that is there is enough."""

import pytest

from portal.errors import Stage
from tests.lint.faulty import DECISION_LIST, city, notice

LEFT_OUT = "[{about: left-out, reason: 经评审未列入}]"
NAMED = "[{about: left-out, entry: 赵六, reason: 本人放弃}]"


def found(tree):
    return [i for i in tree.lint(Stage.PUBLISH) if i.code in ("L018", "L019")]


def test_what_is_left_out_is_named_with_how_to_say_why(site_from):
    (issue,) = found(site_from(notice() + city()))
    assert issue.message == "与以前的名单不同，没有写明原因：未列入1个（赵六）"
    assert issue.remedy == "在 reasons 里写 about: left-out 和 reason"


@pytest.mark.parametrize("reasons", [LEFT_OUT, NAMED])
def test_a_reason_for_all_or_for_one_is_enough(site_from, reasons):
    assert found(site_from(notice() + city(reasons=reasons))) == []


def test_a_reason_for_somebody_else_is_told_too(site_from):
    other = NAMED.replace("赵六", "钱七")
    issues = found(site_from(notice() + city(reasons=other)))
    assert [issue.code for issue in issues] == ["L018", "L019"]


def test_what_is_recorded_is_not_asked_again(site_from):
    assert found(site_from(notice() + city()).record()) == []


def test_a_change_of_category_is_a_difference(site_from):
    rows = DECISION_LIST + "提名奖,组织管理人员,赵六,平定县\n"
    (issue,) = found(site_from(notice() + city(rows=rows)))
    assert "类别或奖项变更1个（赵六）" in issue.message
