"""The State Council's notice, read against `chinesecalendar`: the same working days, or a doubt."""

from datetime import date, timedelta
from itertools import groupby

import pytest
from chinese_calendar import constants, is_workday

from portal.editorial.holiday_notice import read_notice_text

YEARS = range(2010, 2027)
WEEK = "一二三四五六日"
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}
# The arrangements as the notices of these years put them.
REAL = {
    2023: """国务院办公厅关于2023年部分节假日安排的通知
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
""",
    2024: """国务院办公厅关于2024年部分节假日安排的通知
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。\
鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。

节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
""",
    2026: """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
""",
    2025: """国务院办公厅关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
""",
}


def days_of(year):
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def working(found, day):
    if day in found.makeups:
        return True
    return day not in found.holidays and day.weekday() < 5


def usual_form(year):
    """The notice of a year in the usual form, made of the package's data."""
    lines = [f"国务院办公厅关于{year}年部分节假日安排的通知"]
    by_name = {}
    for day, name in sorted(constants.holidays.items()):
        if day.year == year:
            by_name.setdefault(name, []).append(day)
    made = {}
    for day, name in sorted(constants.workdays.items()):
        if day.year == year:
            made.setdefault(name, []).append(day)
    for number, (name, days) in enumerate(by_name.items(), 1):
        runs = [
            [d for _, d in run]
            for _, run in groupby(enumerate(days), lambda p: p[1].toordinal() - p[0])
        ]
        said = "、".join(
            say(run[0]) if len(run) == 1 else f"{say(run[0])}至{say(run[-1], run[0])}"
            for run in runs
        )
        work = "、".join(say(day) for day in made.get(name, ()))
        label = NAMES.get(name, "劳动节")
        line = f"{number}、{label}：{said}放假调休，共{len(days)}天。" + (
            f"{work}上班。" if work else ""
        )
        lines.append(line)
    return "\n".join(lines)


def say(day, before=None):
    month = "" if before and before.month == day.month else f"{day.month}月"
    return f"{month}{day.day}日（周{WEEK[day.weekday()]}）"


@pytest.mark.parametrize("year", YEARS)
def test_the_usual_form_gives_the_package_s_working_days(year):
    found = read_notice_text(usual_form(year))
    assert [d for d in found.doubts if "没有读到" not in d] == []
    assert found.year == year
    wrong = [day for day in days_of(year) if working(found, day) != is_workday(day)]
    assert wrong == []


@pytest.mark.parametrize("year", sorted(REAL))
def test_a_notice_as_it_was_published(year):
    found = read_notice_text(REAL[year])
    assert found.doubts == []
    assert [day for day in days_of(year) if working(found, day) != is_workday(day)] == []


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        ("共8天。1月26日", "共7天。1月26日", "写的是7天"),
        ("1月1日（周三）", "1月1日（周四）", "不是周四"),
        ("2月8日（周六）上班", "2月8日（周六）", "没有写明"),
        ("五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。\n", "", "没有读到端午节"),
        ("2025年部分", "部分", "哪一年"),
        ("4月4日（周五）至6日", "4月34日（周五）至6日", "不是日期"),
        ("4月27日（周日）上班", "5月2日（周五）上班", "既放假又上班"),
    ],
)
def test_what_does_not_fit_is_a_doubt(old, new, doubt):
    assert old in REAL[2025]
    found = read_notice_text(REAL[2025].replace(old, new))
    assert any(doubt in told for told in found.doubts), found.doubts
