"""`portal extend`: lengthen the window of a published notice, with a reason that is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portal.cli.editing import drafts_for, opened, published_folder, with_places
from portal.cli.revise_command import next_text
from portal.domain.dates import write_date
from portal.domain.window import Counting
from portal.editorial.facts import window_of
from portal.editorial.later_acts import extend, lengthening
from portal.editorial.possible_acts import LaterAct
from portal.errors import RequestError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from portal.editorial.surroundings import Surroundings


@click.command("extend", help="延长已发布公告的公示期：另出一稿，原文完整留在 revisions/。")
@click.argument("slug", metavar="代号")
@click.option("--days", type=click.IntRange(1, 366), help="延长几天，按这份公示本来的算法计。")
@click.option(
    "--working-days", type=click.IntRange(1, 366), help="同上，只用于按工作日计算的公示期。"
)
@click.option("--reason", required=True, help="延长的原因，随文公布。")
@with_places
def command(  # noqa: PLR0917 - click passes them by name
    slug: str,
    days: int | None,
    working_days: int | None,
    reason: str,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    as_draft: bool,
) -> None:
    """Make the next revision of a notice, in place or at the desk."""
    around, at = opened(content, notices)
    folder = published_folder(around, slug, LaterAct.EXTEND, at)
    counting = _counting(around, slug, at)
    length = _length(counting, days, working_days)
    if as_draft:
        with drafts_for(around, as_draft=True) as drafts:
            draft = extend(drafts, folder, length, reason, at, around=around)
        values, place = draft.values, draft.folder
    else:
        change = lengthening(slug, length, reason, at, around)
        note = f"公示期延长{counting.words(length)}：{reason.strip()}"
        values, place = next_text(folder, around.content[0], note, at, change), folder
    window = window_of(values, around.catalogue.calendar)
    last = f"，至{write_date(window.closes)}" if window else ""
    click.echo(f"{place}：公示期延长{counting.words(length)}{last}")
    if not as_draft:
        click.echo(f"核对以后运行 portal lint --stage publish 和 portal publish {slug}")


def _counting(around: Surroundings, slug: str, at: datetime) -> Counting:
    """What an extension of the notice's window counts."""
    notice = around.catalogue.as_of(at).notice(slug)
    window = notice.window if notice else None
    return window.counting.of_extensions if window else Counting.WORKING_DAYS


def _length(counting: Counting, days: int | None, working_days: int | None) -> int:
    """The one length that was given; working days are not taken for days of another kind."""
    if working_days is not None and counting is not Counting.WORKING_DAYS:
        raise RequestError(f"这份公示按{counting.unit}计算，请用 --days 写延长几天")
    length = days if working_days is None else working_days
    if length is None or (days is not None and working_days is not None):
        raise RequestError("请用 --days 写延长几天（只写一次）")
    return length
