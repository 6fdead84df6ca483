"""Figures: tables with a small chart beside each; counts only, so the auditor sees them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from sqlalchemy import true

from portal.casework.cases import counts, visible
from portal.casework.statistics import Figure, figures
from portal.desk.desk_contexts import Bar, Chart, FiguresContext
from portal.desk.entry.gate import page_head, person
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from portal.desk.services import Desk

_BAR, _GAP, _WIDTH = 14, 6, 320


def chart_of(figure: Figure) -> Chart:
    """Bars scaled to the largest number; every number not zero shows."""
    largest = max((number for _, number in figure.rows), default=0)
    bars = tuple(
        Bar(
            _GAP // 2 + position * (_BAR + _GAP),
            max(2, round(number / largest * (_WIDTH - 40))) if number else 0,
            number,
        )
        for position, (_, number) in enumerate(figure.rows)
    )
    return Chart(figure, bars, max(1, len(bars)) * (_BAR + _GAP), _WIDTH, _BAR)


def make_blueprint(desk: Desk) -> Blueprint:
    """The view of the figures."""
    blueprint = Blueprint("figures", __name__)

    @blueprint.get("/figures")
    def page() -> str:
        who, room = person(), desk.room
        where = visible(who, room.main_office) if who.role.officer else true()
        with room.register.read() as session:
            found = figures(session, where)
            numbers = counts(session, where, desk.clock().date())
        charts = tuple(
            chart_of(figure) for figure in (found.by_day, found.by_grounds, found.by_outcome)
        )
        head = page_head(desk, "统计", Crumb("统计"))
        return render(FiguresContext(head, numbers, charts, found))

    return blueprint
