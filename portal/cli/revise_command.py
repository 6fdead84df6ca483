"""`portal revise`: the present text of a published notice becomes its next revision."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portal.config.common import Paths
from portal.content.award_files import read_editions
from portal.content.notice.basis import Basis
from portal.content.notice.notice_folder import TEXT
from portal.content.notice.notice_reader import read_notice
from portal.content.working_calendar import load_calendar
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import parsed
from portal.editorial.revising import put_back, revise_in_place
from portal.errors import ContentError, RequestError
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger

if TYPE_CHECKING:
    from portal.editorial.revising import Change

_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)


@click.command(
    "revise", help="已发布的公告另出一稿：原文完整留在 revisions/，现在的文本成为新的一稿。"
)
@click.argument("slug", metavar="代号")
@click.option("--note", required=True, help="改了什么，随文公布。")
@click.option("--notices", type=_FOLDER, help="notices 文件夹。")
def command(slug: str, note: str, notices: Path | None) -> None:
    """Keep the recorded text whole and number the present one, also where it was overwritten."""
    paths = Paths()
    folder = (notices or paths.notices[0]) / slug
    values = next_text(folder, paths.content[0], note, datetime.now(SHANGHAI))
    number = int(values["revision"])
    click.echo(f"{folder}：第{number - 1}稿的原文在 revisions/{number - 1}/，现在是第{number}稿")
    click.echo("改好后运行 portal lint --stage publish 和 portal publish，登记以后公众才看得到")


def next_text(
    folder: Path, content: Path, note: str, at: datetime, change: Change | None = None
) -> dict[str, Any]:
    """Make the present text of a recorded notice its next revision; the header it has then.

    RequestError where it is not recorded, or its present text is no sound one.
    """
    slug = folder.name
    put_back(folder)
    lines = [line for line in read_ledger(folder.parent / LEDGER_NAME) if line.slug == slug]
    if not lines or not folder.is_dir():
        raise RequestError(f"没有已经登记的公告“{slug}”；没有登记的，直接修改就可以")
    basis = Basis(load_calendar(content / "calendar.yaml"), read_editions(content)[0])
    source = read_notice(folder, basis)
    if source.notice is None:
        raise ContentError(f"“{slug}”现在的文件有错误，先改正再另出一稿", source.issues)
    number = max(line.revision for line in lines)
    if source.notice.revision > number:
        raise RequestError(f"“{slug}”的第{source.notice.revision}稿还没有登记，直接修改就可以")
    digests = {line.source for line in lines if line.revision == number}
    revise_in_place(folder, number, digests, source.notice.digest, note=note, at=at, change=change)
    return parsed((folder / TEXT).read_text(encoding="utf-8-sig"))[0]
