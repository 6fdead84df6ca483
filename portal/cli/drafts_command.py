"""`portal drafts`: what is being written, at the desk and among the notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portal.cli.editing import DRAFTS, FOLDER
from portal.config.common import Paths
from portal.content.loader import read
from portal.domain.dates import write_meta
from portal.editorial.content_drafts import ContentDrafts
from portal.editorial.drafts import Drafts
from portal.errors import PortalError, RequestError

if TYPE_CHECKING:
    from pathlib import Path


@click.command("drafts", help="列出正在起草的：工作台的草稿，和 notices 中还没有登记的文本。")
@click.option("--content", type=FOLDER, multiple=True, help="content 文件夹，可以写几次。")
@click.option("--notices", type=FOLDER, multiple=True, help="notices 文件夹，可以写几次。")
def command(content: tuple[Path, ...], notices: tuple[Path, ...]) -> None:
    """List drafts; one that cannot be read says why, and hinders no other."""
    paths = Paths()
    content, notices = content or paths.content, notices or paths.notices
    for folder in (*content, *notices):
        if not folder.is_dir():
            raise RequestError(f"{folder} 不在：请在网站的文件夹里运行，或者设好它的位置")
    drafts = Drafts(paths.state / DRAFTS)
    found = 0
    for slug in drafts.slugs():
        found += 1
        try:
            draft = drafts.read(slug)
            click.echo(f"工作台　{slug}　{draft.title}　{draft.digest[:16]}")
        except PortalError as error:
            click.echo(f"工作台　{slug}　{error}")
    contents = ContentDrafts(drafts, content[0], tuple)
    for name in contents.slugs():
        found += 1
        click.echo(f"工作台　{name}　{contents.title(name)}")
    tree = read(content, notices)
    recorded = {(one.slug, one.source) for lines in tree.ledgers.values() for one in lines}
    for source in tree.sources:
        notice = source.notice
        if notice is None:
            found += 1
            click.echo(f"未登记　{source.slug}　文件有错误，见 portal lint")
        elif (notice.slug, notice.digest) not in recorded:
            found += 1
            when = write_meta(notice.updated)
            click.echo(f"未登记　{notice.slug}　{notice.title}　第{notice.revision}稿，{when}")
    if not found:
        click.echo("没有正在起草的")
