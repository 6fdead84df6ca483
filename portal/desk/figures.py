"""Figures: tables with a small chart beside each; counts only, so the auditor sees them too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from sqlalchemy import true

from portal.casework.cases import Counts, counts, visible
from portal.casework.statistics import Figure, Figures, figures
from portal.desk.entry.gate import page_head, person
from portal.web.page import Crumb

if TYPE_CHECKING:
    from portal.desk.services import Desk

_BAR, _GAP, _WIDTH = 14, 6, 320


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's own units."""

    y: int
    width: int
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A small bar chart, row for row beside its table."""

    figure: Figure
    bars: tuple[Bar, ...]
    height: int
    width: int = _WIDTH
    bar: int = _BAR


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The page of figures."""

    counts: Counts
    charts: tuple[Chart, ...]
    figures: Figures


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
    return Chart(figure, bars, max(1, len(bars)) * (_BAR + _GAP))


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
        view = FiguresPage(numbers, charts, found)
        return render_template("figures.html", page=head, view=view)

    return blueprint
