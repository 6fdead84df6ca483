"""A year of the working calendar: pasted, read, proposed by one person and confirmed by another."""

from datetime import date

from portal.casework.people import Person, Right, Role
from portal.content.working_calendar import load_calendar
from tests.desk.conftest import post
from tests.desk.publishing.conftest import DRAFTER, REVIEWER, SIGNER

# The arrangement of a year that is not out yet, in the usual form and made up.
TEXT = """国务院办公厅关于2031年部分节假日安排的通知
一、元旦：1月1日（周三）放假，共1天。
二、春节：1月22日（周三）至28日（周二）放假调休，共7天。1月19日（周日）、2月8日（周六）上班。
三、清明节：4月5日（周六）至7日（周一）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：6月24日（周二）放假，共1天。
六、中秋节、国庆节：10月1日（周三）至7日（周二）放假调休，共7天。9月28日（周日）、10月11日（周六）上班。
"""
SECOND = Person("er.city", "第二人", Role.CITY, "city-office")


def test_two_persons_bring_a_year_into_the_calendar(publishing):
    publishing.add(SECOND, Right.REVIEW)
    first, second = publishing.client(REVIEWER), publishing.client(SECOND)
    path = publishing.tree.root / "content" / "calendar.yaml"
    path.write_text("# 说明\nyears: {}\nclosures: {2026-01-20: 暴雪}\n", encoding="utf-8")
    shown = post(first, "/calendar/", {"text": TEXT}).text
    assert "2031年1月22日至1月28日" in shown
    assert "不同，将改" in shown
    assert "2031" not in path.read_text(encoding="utf-8")
    assert post(first, "/calendar/", {"text": TEXT, "go": "propose"}).status_code == 302
    assert "由另一人核对确认" in first.get("/calendar/").text
    own = post(first, "/calendar/2031/confirm", {"text": TEXT.strip()})
    assert own.status_code == 422
    changed = post(second, "/calendar/2031/confirm", {"text": TEXT.strip() + "改"})
    assert changed.status_code == 422
    assert post(second, "/calendar/2031/confirm", {"text": TEXT.strip()}).status_code == 302
    calendar = load_calendar(path)
    assert not calendar.is_working(date(2031, 1, 28))
    assert calendar.is_working(date(2031, 2, 8))
    assert not calendar.is_working(date(2026, 1, 20))  # what stood there stays
    assert path.read_text(encoding="utf-8").startswith("# 说明\n")


def test_a_text_with_a_doubt_cannot_be_proposed(publishing):
    client = publishing.client(REVIEWER)
    wrong = TEXT.replace("共7天。1月19日", "共8天。1月19日")
    answer = post(client, "/calendar/", {"text": wrong, "go": "propose"})
    assert answer.status_code == 422
    assert "写的是8天" in answer.text
    assert "等待核对" not in client.get("/calendar/").text


def test_a_county_and_whoever_has_no_right_proposes_nothing(publishing):
    for person in (DRAFTER,):
        answer = post(publishing.client(person), "/calendar/", {"text": TEXT, "go": "propose"})
        assert answer.status_code == 422
    assert "等待核对" not in publishing.client(SIGNER).get("/calendar/").text
