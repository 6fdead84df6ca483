"""Rows of lists, days of calendars, lines and states of notices as HTML.

Written here and not in a template, since they are most of what there is to write of a notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

from portal.domain.dates import write_weekday
from portal.web.filters import iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.domain.window import WindowDay


class Rows(Protocol):
    """A table's cells; `name_column` heads its row, `labels` name the columns on a phone.

    `numbers` are the rows' places in the whole list.
    """

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The cells, row by row."""

    @property
    def labels(self) -> Sequence[str]:
        """Short names of the columns."""

    @property
    def name_column(self) -> int:
        """Which column heads its row."""

    @property
    def numbers(self) -> Sequence[int]:
        """Which entry of the list each row is."""


def table_rows(table: Rows, form: str = "", *, shown: bool = False, traces: str = "") -> Markup:
    """`<tr>`s with the anchors that search results lead to; empty cells have no label.

    `form` is the address of the objection form, to which each row then leads with its entry chosen;
    the cell is hidden unless it is `shown`. `traces` begins the address of where each row comes
    from, which its number ends and leads to.
    """
    opening = [f'<td data-label="{escape(label)}">' for label in table.labels]
    closing = ["</td>"] * len(opening)
    opening[table.name_column] = '<th scope="row" data-label="名称">'
    closing[table.name_column] = "</th>"
    columns = []
    for number, column in enumerate(zip(*_escaped(table.rows), strict=True)):
        begin, end = opening[number], closing[number]
        empty = "<td></td>" if number != table.name_column else begin + end
        columns.append([f"{begin}{cell}{end}" if cell else empty for cell in column])
    if form:
        columns.append(_links([row[table.name_column] for row in table.rows], form, shown))
    rows = [
        f'<tr id="entry-{number}"><td data-label="序号">{_number(number, traces)}</td>{cells}</tr>'
        for number, cells in zip(
            table.numbers, map("".join, zip(*columns, strict=True)), strict=True
        )
    ]
    return Markup("".join(rows))  # noqa: S704 - cells and labels are escaped


def _number(number: int, traces: str) -> str:
    if not traces:
        return str(number)
    return f'<a href="{escape(traces)}{number}">{number}<span class="unseen">的来历</span></a>'


def _links(names: Sequence[str], form: str, shown: bool) -> list[str]:
    """Cells that lead to the objection form with an entry chosen."""
    hidden = "" if shown else " hidden"
    opening = (
        f'<td class="no-print" data-label="异议" data-when="open"{hidden}>'
        f'<a href="{escape(form)}?entry='
    )
    return [
        f'{opening}{quote(name)}">提出异议<span class="unseen">：{escape(name)}</span></a></td>'
        for name in names
    ]


def _escaped(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """The cells escaped; most lists hold nothing to escape, which one look at all of them tells."""
    text = "\n".join(["\n".join(row) for row in rows])
    if escape(text) == text:
        return rows
    return [[str(escape(cell)) for cell in row] for row in rows]


class Changing(Protocol):
    """The instants at which a state changes, as `data-` attributes have them."""

    opens: str
    closes: str
    days: str
    unit: str
    after: str


class Stated(Protocol):
    """Something with a state, in a word and in words; without words it has none to show."""

    state: str
    state_text: str


def live(moments: Changing | None) -> Markup:
    """Attributes by which the script corrects the state of a page that has been kept."""
    if moments is None:
        return Markup()
    return Markup(
        ' data-opens="{}" data-closes="{}" data-days="{}" data-unit="{}" data-after="{}"'
    ).format(moments.opens, moments.closes, moments.days, moments.unit, moments.after)


def state_tag(item: Stated) -> Markup:
    """The state as a coloured word."""
    if not item.state_text:
        return Markup()
    text = escape(item.state_text)
    return Markup(f'<span class="tag tag-{item.state}" data-state-text>{text}</span>')  # noqa: S704


class Line(Stated, Protocol):
    """A notice as lists show it; `path` is inside the site."""

    path: str
    title: str
    kind: str
    published: datetime
    demonstration: bool
    moments: Changing | None


def notice_line(line: Line, root: str) -> Markup:
    """A notice in a list; `root` is the path of the site on its host."""
    demonstration = ' <span class="tag tag-demo">演示</span>' if line.demonstration else ""
    return Markup(  # noqa: S704 - every free text is escaped
        f'<li{live(line.moments)}><span class="kind">{escape(line.kind)}</span><span class="name">'
        f'<a href="{escape(root + line.path)}">{escape(line.title)}</a> {state_tag(line)}'
        f'{demonstration}</span><time datetime="{iso(line.published)}">'
        f"{line.published.date()}</time></li>"
    )


def calendar_days(days: Sequence[WindowDay]) -> Markup:
    """`<li>`s of the days of a window: a line for screen readers, a cell of a month sheet."""
    parts = []
    for day in days:
        on, stamp = day.day.date, iso(day.day.date)
        month = f"{on.month}月" if on.day == 1 else f'<span class="unseen">{on.month}月</span>'
        count, counted = '<span class="unseen">，不计</span>', ""
        if day.count is not None:
            count, counted = f"<b>第{day.count}日</b>", " counted"
        parts.append(
            f'<li class="w{on.isoweekday()} {day.day.kind}{counted}" data-day="{stamp}">'
            f'<time datetime="{stamp}">{month}{on.day}<span class="unseen">日</span></time>'
            f'<span class="unseen">，{write_weekday(on)}，</span>'
            f'<span class="why">{escape(day.day.reason)}</span>{count}</li>'
        )
    return Markup("".join(parts))  # noqa: S704 - the one free text, the reason, is escaped
