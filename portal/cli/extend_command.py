"""`portal extend`: lengthen the window of a published notice, with a reason that is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portal.cli.editing import drafts_for, opened, published_folder, with_places
from portal.cli.revise_command import next_text
from portal.domain.dates import write_date
from portal.editorial.facts import window_of
from portal.editorial.later_acts import extend, lengthening
from portal.editorial.possible_acts import LaterAct

if TYPE_CHECKING:
    from pathlib import Path


@click.command("extend", help="延长已发布公告的公示期：另出一稿，原文完整留在 revisions/。")
@click.argument("slug", metavar="代号")
@click.option("--working-days", required=True, type=click.IntRange(1, 366), help="延长的工作日数。")
@click.option("--reason", required=True, help="延长的原因，随文公布。")
@with_places
def command(  # noqa: PLR0917 - click passes them by name
    slug: str,
    working_days: int,
    reason: str,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    as_draft: bool,
) -> None:
    """Make the next revision of a notice, in place or at the desk."""
    around, at = opened(content, notices)
    folder = published_folder(around, slug, LaterAct.EXTEND, at)
    if as_draft:
        with drafts_for(around, as_draft=True) as drafts:
            draft = extend(drafts, folder, working_days, reason, at, around=around)
        values, place = draft.values, draft.folder
    else:
        change = lengthening(slug, working_days, reason, at, around)
        note = f"公示期延长{working_days}个工作日：{reason.strip()}"
        values, place = next_text(folder, around.content[0], note, at, change), folder
    window = window_of(values, around.catalogue.calendar)
    last = f"，至{write_date(window.closes)}" if window else ""
    click.echo(f"{place}：公示期延长{working_days}个工作日{last}")
    if not as_draft:
        click.echo(f"核对以后运行 portal lint --stage publish 和 portal publish {slug}")
