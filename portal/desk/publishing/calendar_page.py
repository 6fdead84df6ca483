"""放假安排: paste the State Council's notice, see the days that it means, two persons confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, session, url_for

from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.calendar_contexts import CalendarContext, WaitingYear
from portal.desk.publishing.draft_room import refuse_demonstration
from portal.domain.dates import write_clock
from portal.editorial.calendar_proposals import CalendarProposals, day_lines
from portal.editorial.holiday_notice import read_notice_text
from portal.errors import RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom


class CalendarPage:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room
        home = room.desk.settings.paths.content[0]
        self._years = CalendarProposals(room.desk.room.register, room.drafts, home)

    def page(self) -> str:
        """The years that are known, those that wait, and the field to paste into."""
        return self._page("", "")

    def read(self) -> str | tuple[str, int] | Answer:
        """Show what a pasted text means, or propose it."""
        text = request.form.get("text", "").strip()
        if request.form.get("go") != "propose":
            return self._page(text, "")
        try:
            self._refuse_others()
            self._years.propose(person(), text, self._room.now)
        except RequestError as error:
            return self._page(text, str(error)), 422
        session["saved"] = f"{write_clock(self._room.now)}已提出，请另一人核对确认"
        return redirect(url_for("calendar.page"))

    def confirm(self, year: int) -> tuple[str, int] | Answer:
        """Confirm a year that another person proposed."""
        try:
            self._refuse_others()
            refuse_demonstration(self._room)
            seen = request.form.get("text", "").replace("\r\n", "\n")
            self._years.confirm(person(), year, seen, self._room.now)
        except RequestError as error:
            return self._page("", str(error)), 422
        session["saved"] = f"{year}年的放假安排已经录入"
        return redirect(url_for("calendar.page"))

    def drop(self, year: int) -> Answer:
        """Take a proposal away, which both persons may."""
        self._refuse_others()
        self._years.drop(year)
        return redirect(url_for("calendar.page"))

    def _refuse_others(self) -> None:
        who = person()
        if not who.may or who.office != self._room.catalogue.site.office:
            raise RequestError("放假安排由市办公室有公告权限的两个人录入")

    def _page(self, text: str, error: str) -> str:
        calendar, who = self._room.catalogue.calendar, person()
        notice = read_notice_text(text) if text else None
        waiting = [
            WaitingYear(one, day_lines(one.notice, calendar), one.by == who.username)
            for one in self._years.waiting()
        ]
        return render(
            CalendarContext(
                page_head(self._room.desk, "放假安排", Crumb("放假安排"), error=bool(error)),
                sorted(calendar.years)[-3:],
                waiting,
                text,
                notice,
                day_lines(notice, calendar) if notice else (),
                session.pop("saved", ""),
                error,
            )
        )


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the calendar."""
    blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
    views = CalendarPage(room)
    blueprint.add_url_rule("/", "page", views.page)
    blueprint.add_url_rule("/", "read", views.read, methods=["POST"])
    blueprint.add_url_rule(
        "/<int(fixed_digits=4):year>/confirm", "confirm", views.confirm, methods=["POST"]
    )
    blueprint.add_url_rule("/<int(fixed_digits=4):year>/drop", "drop", views.drop, methods=["POST"])
    return blueprint
