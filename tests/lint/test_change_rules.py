"""Differences of lists: each asks for a reason once, and a reason that is there is enough."""

from datetime import datetime

import pytest

from portal.domain.workdays import SHANGHAI
from portal.errors import Stage
from tests.lint.faulty import COUNTY_LIST, DECISION_LIST, city, notice
from tests.showcase import site_app
from tests.sites import MINIMAL, files_of

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


FINAL = """[[steps]]
name = "县（区）决定"
actor = "县（区）"
summary = "再公示一次。"
kind = "county-final"
label = "县（区）终选公示"
level = "county"
working-days = 5
stands-on = ["county-publicity"]

[[steps]]
name = "材料评审\""""
TWICE = files_of(MINIMAL)["content/awards/third.toml"].replace(
    '[[steps]]\nname = "材料评审"', FINAL
)


def final(slug, county, rows, **changes):
    window = "{opens: 2021-12-14, working-days: 5}"
    fields = {"kind": "county-final", "county": county, "issuer": f"{county}-office"}
    fields |= {"published": "2021-12-14T08:00:00+08:00", "window": window, "rows": rows}
    return notice(slug, **(fields | changes))


def test_a_list_of_a_county_is_compared_with_the_lists_of_that_county(site_from):
    award = f"-- content/awards/third.toml --\n{TWICE}"
    other = COUNTY_LIST.replace("平定县", "盂县").replace("赵六", "钱七")
    yuxian = notice("b", county="yuxian", issuer="yuxian-office", rows=other)
    site = award + notice() + yuxian
    tree = site_from(site + final("c", "pingding", COUNTY_LIST) + final("d", "yuxian", other))
    assert found(tree) == []
    assert [i for i in tree.lint(Stage.PUBLISH) if i.code == "A004"] == []
    short = "\n".join(other.splitlines()[:2]) + "\n"
    traces = site_app(
        site_from(site + final("c", "pingding", COUNTY_LIST) + final("d", "yuxian", short))
        .record()
        .catalogue(),
        datetime(2022, 3, 1, 12, tzinfo=SHANGHAI),
    ).test_client()
    page = traces.get("/winners/third/traces/").text
    assert page.count("未列入") == 1
    assert "钱七" in page[page.index("未列入") :]


def test_whom_a_second_publicity_left_out_is_not_asked_for_again(site_from):
    short = "\n".join(COUNTY_LIST.splitlines()[:2]) + "\n"
    window = "{opens: 2021-12-20, working-days: 5}"
    times = {"published": "2021-12-20T08:00:00+08:00", "window": window}
    again = notice("b", rows=short, reasons=LEFT_OUT, **times)
    rows = DECISION_LIST
    assert len(found(site_from(notice() + city(rows=rows)))) == 1
    assert found(site_from(notice() + again + city(rows=rows))) == []
