"""What a reader is told about a notice and an edition, as time passes and amendments come."""

import re
from datetime import datetime

import pytest

from portal.domain.workdays import SHANGHAI
from tests.lint.faulty import STRUCK, UPHELD, call, city, progress, result
from tests.showcase import site_app
from tests.sites import MINIMAL, PINGDING, YUXIAN, files_of

AMENDMENT = """
-- notices/{slug}/notice.md --
---
title: 关于平定县推荐名单的{word}
kind: {kind}
edition: third
issuer: pingding-office
published: {at}
review: {{drafted: 张三, reviewed: 李四, approved: 王五}}
amends: pingding-list
---
原公告有误。
"""
CORRECTION = AMENDMENT.format(
    slug="fix", word="更正", kind="correction", at="2021-12-08T10:00:00+08:00"
)
WITHDRAWAL = AMENDMENT.format(
    slug="gone", word="撤回", kind="withdrawal", at="2021-12-09T10:00:00+08:00"
)
REVISED = PINGDING.replace(
    "review:", "revision: 2\nupdated: 2021-12-07T10:00:00+08:00\nnote: 更正一处单位名称\nreview:", 1
) + PINGDING.replace("notices/pingding-list/", "notices/pingding-list/revisions/1/").replace(
    "甲制造", "旧名"
)


def at(month, day, hour=12):
    return datetime(2021, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def page_at(site_from):
    """The text of an address of a small site at an instant."""

    def ask(text, moment, path="/notices/pingding-list/", **options):
        app = site_app(site_from(text).catalogue(), moment, **options)
        return app.test_client().get(path).text

    return ask


def between(text, start, end):
    return text.partition(start)[2].partition(end)[0]


def window(text):
    return between(text, '<section class="panel window"', "</section>")


@pytest.mark.parametrize(
    ("moment", "words", "class_"),
    [
        (at(12, 6, 9), "公示至12月10日", "tag-open"),
        (at(12, 10, 23), "公示至12月10日", "tag-open"),
        (at(12, 11, 0), "公示期满", "tag-closed"),
    ],
)
def test_the_window_names_its_state_to_the_second(page_at, moment, words, class_):
    box = window(page_at(PINGDING, moment))
    assert f'<span class="tag {class_}" data-state-text>{words}</span>' in box


def test_a_window_that_will_open_is_announced(page_at):
    text = PINGDING.replace("opens: 2021-12-06", "opens: 2021-12-08")
    page = page_at(text, at(12, 7))
    assert "12月8日起公示" in window(page)
    assert 'data-when="scheduled">' in page
    assert 'data-when="open" hidden>' in page


def test_the_form_is_offered_only_while_it_is_open_and_where_there_is_one(page_at):
    link = 'href="/objections/pingding-list/"'
    opened, closed = page_at(PINGDING, at(12, 8)), page_at(PINGDING, at(12, 12))
    assert link in opened
    assert 'data-when="open">' in opened
    assert 'data-when="open" hidden>' in closed
    without = page_at(PINGDING, at(12, 8), objections_url=None)
    assert "请书面向办公室提出" in without
    assert link not in without


def test_every_day_of_the_window_says_whether_and_why_it_counts(page_at):
    text = PINGDING.replace("opens: 2021-12-06", "opens: 2021-12-09").replace(
        "published: 2021-12-06", "published: 2021-12-09"
    )
    calendar = between(page_at(text, at(12, 9)), '<div class="calendar">', "</div>")
    days = [between(part, 'data-day="', '"') for part in calendar.split("<li ")[1:]]
    assert days == [f"2021-12-{day:02}" for day in range(9, 16)]
    assert calendar.count("，不计") == 2
    assert calendar.count("周末") == 2
    assert [n for n in range(1, 6) if f"<b>第{n}日</b>" in calendar] == [1, 2, 3, 4, 5]


def test_an_extension_gives_its_reason(page_at):
    extension = "{working-days: 1, reason: 暴雪停止办公, decided: 2021-12-09}"
    text = PINGDING.replace("working-days: 5", f"working-days: 5, extensions: [{extension}]")
    page = page_at(text, at(12, 8))
    assert "延长1个工作日：暴雪停止办公（2021年12月9日决定）" in page
    assert "共6个工作日" in page


def test_a_correction_and_its_notice_point_at_each_other(page_at):
    page = page_at(PINGDING + CORRECTION, at(12, 15))
    assert "本公告已更正" in page
    assert 'href="/notices/fix/"' in page
    other = page_at(PINGDING + CORRECTION, at(12, 15), "/notices/fix/")
    assert "本公告更正以下公告" in other
    assert 'href="/notices/pingding-list/"' in other
    assert "tag-corrected" in page_at(PINGDING + CORRECTION, at(12, 15), "/notices/")
    assert "公示期满" in window(page)


def test_an_amendment_shows_from_its_own_publishing_on(page_at):
    assert "本公告已更正" not in page_at(PINGDING + CORRECTION, at(12, 8, 9))


def test_a_withdrawn_notice_takes_no_objections_and_says_why(page_at):
    page = page_at(PINGDING + WITHDRAWAL, at(12, 9))
    assert "本公告已撤回" in page
    assert 'href="/notices/gone/"' in page
    assert 'id="objections"' not in page
    assert "data-opens" not in page
    assert 'class="calendar"' not in page


def test_a_revision_keeps_the_text_it_replaced(page_at):
    page = page_at(REVISED, at(12, 8))
    assert "现在是第2版：更正一处单位名称" in page
    assert "平定县甲制造有限公司" in page
    assert 'href="/notices/pingding-list/revisions/1/"' in page
    earlier = page_at(REVISED, at(12, 8), "/notices/pingding-list/revisions/1/")
    assert "平定县旧名有限公司" in earlier
    assert "这是以前的版本，不再有效" in earlier
    assert 'href="/notices/pingding-list/"' in earlier


def test_the_state_lists_hold_what_their_name_says(page_at):
    text = PINGDING + YUXIAN + CORRECTION
    for state, here, moment in (
        ("open", 2, at(12, 7)),
        ("open", 0, at(12, 13)),
        ("closed", 2, at(12, 13)),
        ("corrected", 1, at(12, 13)),
        ("withdrawn", 0, at(12, 13)),
    ):
        page = page_at(text, moment, f"/notices/state/{state}/")
        assert page.count('<span class="kind">县（区）公示</span>') == here, (state, moment)


def test_every_county_has_its_line_and_none_is_left_out(page_at):
    row = between(page_at(PINGDING, at(12, 7), "/"), '<div class="windows">', "</ul>")
    assert row.count("<li") == 2
    assert "公示至12月10日" in row
    assert "尚未在本站公示" in row


def test_the_days_of_the_only_open_window_stand_on_the_home_page(page_at):
    home = page_at(PINGDING, at(12, 7), "/")
    days = between(home, '<ol class="days">', "</ol>")
    assert [between(part, 'data-day="', '"') for part in days.split("<li ")[1:]] == [
        f"2021-12-{day:02}" for day in range(6, 11)
    ]
    assert '<ol class="days">' not in page_at(PINGDING + YUXIAN, at(12, 7), "/")
    assert '<ol class="days">' not in page_at(PINGDING, at(12, 13), "/")


def test_what_is_going_on_comes_first_and_an_edition_long_over_is_one_line(page_at):
    fourth = "-- content/awards/fourth.toml --\n" + AWARD.format(deadline="2023-11-25")
    home = page_at(PINGDING + fourth, at(12, 7), "/")
    assert home.count('<section class="edition"') == 1
    assert "第三届" in between(home, '<section class="edition"', "</section>")
    assert "尚未发布通知" in between(home, '<section class="earlier extra"', "</section>")


@pytest.mark.parametrize(
    ("deadline", "moment", "headline"),
    [
        ("2021-11-25", at(11, 25, 23), "尚未发布通知"),
        ("2021-11-25", at(11, 26, 0), "申报已经截止"),
    ],
)
def test_the_edition_closes_at_the_end_of_its_deadline(page_at, deadline, moment, headline):
    text = "-- content/awards/fourth.toml --\n" + AWARD.format(deadline=deadline)
    assert headline in page_at(text, moment, "/")


def test_the_stage_of_an_edition_follows_its_notices(page_at):
    assert "县（区）推荐名单公示" in page_at(PINGDING, at(12, 7), "/")
    assert "已发布的县（区）公示均已期满" in page_at(PINGDING, at(12, 13), "/")


def test_pages_of_a_list_stay_as_they_are_when_a_notice_is_added(site_from):
    def notices(count):
        return "".join(
            YUXIAN.replace("yuxian-list", f"n{n:03}").replace(
                "2021-12-06T08:30", f"2021-{1 + n // 28:02}-{1 + n % 28:02}T08:30"
            )
            for n in range(count)
        )

    def archive(count):
        client = site_app(site_from(notices(count)).catalogue(), at(12, 31)).test_client()
        return [client.get(f"/notices/page/{n}/").text for n in (1, 2)], client

    before, _ = archive(65)
    after, client = archive(66)
    assert before == after
    assert before[0].count('class="name"') == 20
    assert "n065" in client.get("/notices/").text


def test_winners_name_the_places_left_vacant(client):
    page = client.get("/winners/demo-1/").text
    assert "名额3个，获奖2个，空缺1个" in page
    assert page.count('<li class="vacant">') == 1
    assert "名额5个，获奖5个<" in page


AWARD = """name = "第四届测试市质量奖"
short = "第四届"
vacancies = true
deadline = {deadline}

[[grades]]
name = "质量奖"
places = 3

[[grades]]
name = "提名奖"
places = 5

[[categories]]
name = "组织"
sort = "organization"

[[categories]]
name = "专家学者"
sort = "individual"

[[categories]]
name = "组织管理人员"
sort = "individual"

[[categories]]
name = "工程技术人员"
sort = "individual"

[[categories]]
name = "一线工作人员"
sort = "individual"

[[caps]]
categories = ["组织"]
most = 5
principle = true

[[caps]]
categories = ["专家学者", "组织管理人员", "工程技术人员", "一线工作人员"]
most = 2
principle = true

[[steps]]
name = "自愿申报"
actor = "组织和个人"
summary = "如实填写申报材料。"
kind = "call"

[[steps]]
name = "提名推荐"
actor = "县（区）"
summary = "公示以后推荐。"
kind = "county-publicity"
label = "县（区）公示"
level = "county"
working-days = 5

[[steps]]
name = "社会公示"
actor = "市办公室"
summary = "公示获奖建议名单。"
kind = "city-publicity"
label = "市级公示"
level = "city"
working-days = 5
stands-on = ["county-publicity"]

[[steps]]
name = "表彰"
actor = "市人民政府"
summary = "批准并表彰。"
kind = "decision"
stands-on = ["city-publicity"]
"""


def test_what_was_withdrawn_counts_for_nothing_on_the_home_page(page_at):
    page = page_at(PINGDING + WITHDRAWAL, at(12, 9), "/")
    assert "公示均已期满" not in page
    assert "县（区）推荐名单公示" not in page
    assert "名单</a>" not in between(page, "现在可以办", "</ul>")
    assert "tag-withdrawn" in page


def test_a_correction_does_not_reopen_a_window_that_is_over(page_at):
    assert "已发布的县（区）公示均已期满" in page_at(PINGDING + CORRECTION, at(12, 15), "/")


def test_a_home_page_that_was_kept_promises_nothing_after_the_window(page_at):
    actions = between(page_at(PINGDING, at(12, 7), "/"), "现在可以办", "</ul>")
    # Without the script: the time is told whole. With it: the words are replaced.
    assert "公示期2021年12月6日至12月10日24:00，期内可以提出异议" in actions
    assert 'data-unless="closed"' in actions
    assert '<span data-when="closed" hidden>公示期已满</span>' in actions


def test_the_steps_follow_what_notices_tell_of_them(page_at):
    begun = progress(reached="begun", published="2021-12-14T09:00:00+08:00")
    home = page_at(PINGDING + begun, at(12, 15), "/")
    assert "材料评审正在进行" in home
    assert re.search(r'<li class="current" aria-current="step"><span class="name">材料评审', home)
    ended = page_at(PINGDING + begun + progress(), at(12, 21), "/")
    assert "材料评审已经结束" in ended
    assert re.search(r'<li class="done"><span class="name">材料评审', ended)
    before = page_at(PINGDING + begun, at(12, 13), "/")
    assert "材料评审正在进行" not in before


def test_a_result_stands_on_its_page_and_on_that_of_the_publicity(page_at):
    told = result(result_of="pingding-list", objections=f"[{UPHELD}]", departures=f"[{STRUCK}]")
    own = page_at(PINGDING + told, at(12, 14), "/notices/r/")
    assert "公示期内收到异议1件" in own
    assert "因异议取消：赵六" in own
    assert "公示已有结果" in page_at(PINGDING + told, at(12, 14))
    assert "公示已有结果" not in page_at(PINGDING + told, at(12, 12))


OTHER = files_of(MINIMAL)["content/awards/third.toml"].replace("第三届测试市质量奖", "测试市创新奖")


def test_the_home_page_names_the_result_of_the_last_publicity(page_at):
    over = {"result_of": "c", "county": None, "issuer": "city-office", "title": "没有异议的结果"}
    told = result(**over, published="2022-01-15T09:00:00+08:00")
    home = page_at(PINGDING + city() + told, at(12, 31).replace(year=2022, month=1, day=16), "/")
    assert "公示结果见《没有异议的结果》" in home


def test_each_edition_that_goes_on_has_its_own_panel(page_at):
    second = f"-- content/awards/other.toml --\n{OTHER.replace('第三届', '创新奖')}"
    begun = call("other-call", edition="other", title="创新奖的通知", issuer="city-office")
    home = page_at(PINGDING + second + begun, at(12, 8), "/")
    assert re.findall(r'<section class="edition" aria-labelledby="edition-(\w+)"', home) == [
        "other",
        "third",
    ]
    assert home.count('aria-current="step"') == 2


IN_THE_UNIT = files_of(MINIMAL)["content/awards/third.toml"].replace(
    'label = "县（区）公示"\nlevel = "county"', 'label = "单位内部公示"\nlevel = "unit"'
)


def test_a_publicity_of_the_units_is_not_called_the_city_s(page_at):
    award = f"-- content/awards/third.toml --\n{IN_THE_UNIT}"
    own = PINGDING.replace("county: pingding\n", "").replace("pingding-office", "city-office")
    home = page_at(award + own, at(12, 8), "/")
    assert "查看单位内部公示名单" in home
    assert "市级名单" not in home


def test_a_site_without_an_edition_says_so(site_from):
    tree = site_from("")
    (tree.root / "content" / "awards" / "third.toml").unlink()
    client = site_app(tree.catalogue(), at(12, 8)).test_client()
    assert 'class="edition"' not in client.get("/").text
    assert "还没有发布公告" in client.get("/").text
    assert "本站还没有发布任何一届的内容" in client.get("/winners/").text
    for path in ("/guide/", "/faq/", "/downloads/", "/notices/", "/data/", "/press/"):
        assert client.get(path).status_code == 200
