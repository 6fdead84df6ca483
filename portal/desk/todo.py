"""待办: what to do next, for who is signed in; drafts, objections, windows, and what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, url_for

from portal.casework.cases import Query, handles, search, to_confirm
from portal.casework.people import Right
from portal.desk.desk_contexts import Reminder, TodoContext, TodoLine, WindowLine, case_line
from portal.desk.entry.gate import page_head, person
from portal.domain.dates import write_day, write_meta, write_weekday
from portal.domain.window import WindowState
from portal.domain.workdays import SHANGHAI, missing_year
from portal.editorial.site_due import site_due
from portal.errors import CalendarError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.casework.models import Case
    from portal.casework.people import Person
    from portal.desk.services import Desk
    from portal.domain.notice import Notice
    from portal.domain.workdays import WorkCalendar
    from portal.editorial.draft_acts import Standing

_MOST_CASES = 12


class Todo:
    """The page, for one person at one instant."""

    def __init__(self, desk: Desk, who: Person, now: datetime) -> None:
        self._desk, self._who, self._now = desk, who, now
        self._today = now.astimezone(SHANGHAI).date()
        self._catalogue = desk.room.catalogue()

    def page(self) -> str:
        """Everything that waits."""
        windows = list(self._windows())
        title = page_head(self._desk, "今天要办的事", Crumb("待办"))
        return render(
            TodoContext(
                title,
                f"{write_day(self._today)}，{write_weekday(self._today)}",
                self._running(windows),
                tuple(self._drafts()),
                tuple(self._cases()),
                tuple(windows),
                tuple(self._reminders()),
            )
        )

    def _drafts(self) -> Iterator[TodoLine]:
        waiting = self._desk.reviews.waiting_for(self._who, self._now)
        for standing in waiting.late:
            what = f"应于{write_meta(standing.due)}发布" if standing.due else ""
            yield self._draft("迟了", standing, what, "看看怎么了", hot=True)
        for standing in waiting.returned:
            why = standing.returned.reason if standing.returned else ""
            yield self._draft("退回修改", standing, why, "继续改", hot=True)
        for standing in waiting.to_sign:
            passed = standing.passed
            told = f"{passed.name}审核通过，{write_meta(passed.at)}" if passed else ""
            yield self._draft("待您签发", standing, told, "签发", hot=True)
        for standing in waiting.to_review:
            sent = standing.sent
            told = f"{sent.name}送审，{write_meta(sent.at)}" if sent else ""
            yield self._draft("待您审核", standing, told, "审核", hot=True)
        for standing in waiting.lapsed:
            yield self._draft("已失效", standing, standing.lapsed[-1].why, "查看")
        for standing in waiting.scheduled:
            due = standing.due
            told = f"{write_meta(due)}，三审齐全" if due else "三审齐全"
            yield self._draft("定时发布", standing, told, "查看", days=self._in_days(due))

    def _in_days(self, due: datetime | None) -> str:
        if due is None:
            return ""
        days = (due.astimezone(SHANGHAI).date() - self._today).days
        return f"{days}天后" if days > 0 else "今天"

    def _draft(
        self,
        what: str,
        standing: Standing,
        told: str,
        act: str,
        *,
        hot: bool = False,
        days: str = "",
    ) -> TodoLine:
        values = self._desk.reviews.values(standing.slug)
        title = str(values.get("title") or standing.slug)
        page = "draft_run.page" if standing.state.frozen else "draft_send.page"
        url = url_for(page, slug=standing.slug)
        return TodoLine(what, title, told, act, url, hot=hot, days=days)

    def _cases(self) -> Iterator[TodoLine]:
        room = self._desk.room
        with room.register.read() as register:
            found = search(register, self._who, room.main_office, Query(state="open"), self._today)
            second = {case.number for case in to_confirm(register, self._who, room.main_office)}
        own = [c for c in found.cases if handles(self._who, c) or c.number in second]
        for case in own[:_MOST_CASES]:
            yield self._case(case, confirm=case.number in second)

    def _case(self, case: Case, *, confirm: bool) -> TodoLine:
        line = case_line(case, self._desk.room.office_name(case.office), self._today)
        what = "待复核" if confirm else "待拆封" if line.sealed else line.state.label
        act = "复核" if confirm else "拆封" if line.sealed else "办理"
        told = f"{line.channel}，{write_meta(case.received_at)}收到"
        left, total, used = self._left(case)
        return TodoLine(
            what,
            f"{case.notice_title}：{case.number}",
            told,
            act,
            url_for("case.page", number=case.number),
            hot=line.overdue or confirm or line.sealed,
            days=left,
            total=total,
            used=used,
            late=line.overdue,
        )

    def _left(self, case: Case) -> tuple[str, int, int]:
        """The days left for an answer in words, and how many of how many are gone."""
        if case.due is None:
            return "答复目标待定", 0, 0
        calendar: WorkCalendar = self._catalogue.calendar
        received = case.received_at.astimezone(SHANGHAI).date()
        try:
            total = calendar.count(received + timedelta(days=1), case.due)
            left = calendar.count(self._today + timedelta(days=1), case.due)
        except CalendarError:
            return f"答复目标{write_day(case.due)}", 0, 0
        if case.due < self._today:
            late = calendar.count(case.due + timedelta(days=1), self._today)
            return f"超过答复目标{late}个工作日", total, total
        return f"答复目标{write_day(case.due)}，余{left}个工作日", total, max(0, total - left)

    def _windows(self) -> Iterator[WindowLine]:
        """Windows of this person's offices that run or are about to."""
        states = (WindowState.OPEN, WindowState.SCHEDULED)
        for notice in self._catalogue.with_window(self._now, *states):
            if notice.window is None or not self._mine(notice):
                continue
            running = notice.window.state(self._now) is WindowState.OPEN
            days = [day.day.date for day in notice.window.days if day.count]
            left = sum(day >= self._today for day in days)
            name = self._catalogue.site.county_name(notice.county) or notice.kind.label
            told = (
                f"至{write_day(notice.window.closes)}24:00，还有{notice.window.counting.words(left)}"
                if running
                else f"{write_day(notice.window.opens)}开始"
            )
            keyed = self._desk.room.keys.public.takes_objections(notice.slug)
            yield WindowLine(
                name, told, keyed, running, url_for("published.page", slug=notice.slug)
            )

    def _mine(self, notice: Notice) -> bool:
        main = self._who.office == self._catalogue.site.office
        return main or (bool(self._who.county) and notice.county == self._who.county)

    def _running(self, windows: list[WindowLine]) -> str:
        running = [line for line in windows if line.running]
        if not running:
            return "现在没有正在进行的公示"
        if len(running) == 1:
            return f"{running[0].name}公示{running[0].told}"
        return f"{len(running)}个公示正在进行"

    def _sees(self, slug: str) -> bool:
        notice = self._catalogue.notice(slug)
        main = self._who.office == self._catalogue.site.office
        return notice is not None and (main or self._who.county == notice.county)

    def _reminders(self) -> Iterator[Reminder]:
        if Right.SIGN_OFF in self._who.may and self._desk.publisher.wants_key(self._now):
            yield Reminder("有公告等着发布，台账密钥还没有解锁", hot=True)
        signs = Right.SIGN_OFF in self._who.may
        due = self._desk.publisher.will_want_key(self._now) if signs else None
        if due is not None:
            told = f"{write_meta(due)}有定时发布，到时台账密钥没有解锁：请先打开它，输入口令"
            yield Reminder(told, hot=True)
        for slug in sorted({one.slug for one in site_due(self._desk.publisher.root)}):
            if self._sees(slug):
                told = "个人信息已从文本中删去，公开网站还没有换下"
                yield Reminder(told, hot=True, url=url_for("redact.page", slug=slug), act="查看")
        days = (self._now - self._desk.last_collected(self._now)).days
        if days > 0:
            told = f"已经{days}天没有收取成功，网上提出的异议还没有送到（请交管理员查看）"
            yield Reminder(told, hot=True)
        for text in self._desk.troubles[:5]:
            yield Reminder(f"{text}（请交管理员查看）", hot=True)
        for line in self._windows():
            if not line.keyed:
                yield Reminder(
                    f"{line.name}的公示缺密钥，收不到网上异议；请管理员运行 portal keys new",
                    hot=line.running,
                )
        year = missing_year(self._catalogue.calendar, self._today)
        if year is not None:
            told = f"{year}年节假日安排尚未录入，{year}年的公示期不能计算"
            yield Reminder(told, url=url_for("calendar.page"), act="录入")


def make_blueprint(desk: Desk) -> Blueprint:
    """The view of the first page."""
    todo = Blueprint("todo", __name__)

    @todo.get("/todo")
    def page() -> str:
        return Todo(desk, person(), desk.clock()).page()

    return todo
