"""`portal window`: when a publicity window opens and closes, day by day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.config.common import Paths
from portal.content.working_calendar import load_calendar
from portal.domain.window import Counting, FirstDay, PublicityWindow, publicity_window

if TYPE_CHECKING:
    from datetime import datetime


def _as_json(window: PublicityWindow) -> str:
    days = [
        {
            "date": d.day.date.isoformat(),
            "working": d.day.working,
            "reason": d.day.reason,
            "count": d.count,
        }
        for d in window.days
    ]
    opens, closes = window.opens.isoformat(), window.closes.isoformat()
    return json.dumps({"opens": opens, "closes": closes, "days": days}, ensure_ascii=False)


@click.command("window", help="逐日列出公示期，说明每一天为什么计入或不计。")
@click.option(
    "--opens", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="年-月-日", help="第一天。"
)
@click.option("--working-days", type=click.IntRange(1, 366), help="工作日数。")
@click.option("--days", type=click.IntRange(1, 366), help="日历天数。")
@click.option("--days-without-holidays", type=click.IntRange(1, 366), help="天数，法定节假日除外。")
@click.option(
    "--first-day",
    type=click.Choice([f.value for f in FirstDay]),
    default="counted",
    show_default=True,
    help="起始日计为第1天（counted），或者不计（strict）。",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def command(opens: datetime, first_day: str, *, as_json: bool, **lengths: int | None) -> None:
    """Print the days of a publicity window and why each counts or not."""
    given = {key: length for key, length in lengths.items() if length}
    if len(given) != 1:
        raise click.UsageError(
            "公示期的长度写一个：--working-days、--days 或 --days-without-holidays"
        )
    ((key, length),) = given.items()
    counting = Counting(key.replace("_", "-"))
    calendar = load_calendar(Path(Paths().content[0], "calendar.yaml"))
    rule = FirstDay(first_day)
    window = publicity_window(opens.date(), length, calendar, counting=counting, first_day=rule)
    if as_json:
        click.echo(_as_json(window))
        return
    for d in window.days:
        number = f"第{d.count}日" if d.count else "不计"
        click.echo(f"{d.day.date}  {number:<6}  {d.day.reason}")
    click.echo(f"公示期：{window.opens} 至 {window.closes} 24:00（{rule.words(counting)}）")
