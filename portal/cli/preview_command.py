"""`portal preview`: the site with what nobody has recorded yet, marked 预览, for this machine."""

from __future__ import annotations

import time
from datetime import datetime

import click

from portal.cli.editing import DRAFTS
from portal.cli.server import serve
from portal.config.common import Paths
from portal.content.draft_overlay import DraftOverlay
from portal.content.followed import FollowedCatalogue
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, RequestError
from portal.site import create_app
from portal.site.site_options import SiteOptions


def _told(error: PortalError) -> None:
    for issue in getattr(error, "issues", ()):
        click.echo(str(issue), err=True)
    click.echo(f"错误：{error}；仍显示原来的内容", err=True)


@click.command("preview", help="在本机预览：没有登记的公告和工作台的草稿也显示，标明“预览”。")
@click.argument("slug", required=False, metavar="[代号]")
@click.option(
    "--port", default=8002, show_default=True, type=click.IntRange(1, 65535), help="端口。"
)
def command(slug: str | None, port: int) -> None:
    """Serve the site with every text of the tree to this machine; files are followed."""
    paths = Paths()
    followed = FollowedCatalogue(
        paths.content,
        paths.notices,
        ticks=time.monotonic,
        failed=_told,
        base_url=f"http://localhost:{port}",
        unrecorded=Unrecorded.MARKED,
    )
    catalogue = DraftOverlay(followed, paths.state / DRAFTS, _told)
    if slug is not None and catalogue().notice(slug) is None:
        raise RequestError(
            f"没有名为“{slug}”的公告或草稿，或者它有错误：portal lint --draft {slug}"
        )
    app = create_app(
        catalogue, SiteOptions(f"http://localhost:{port}"), lambda: datetime.now(SHANGHAI)
    )
    page = f"notices/{slug}/" if slug else ""
    told = f"预览：http://localhost:{port}/{page}（只在本机，按 Ctrl+C 结束）"
    serve(app, "127.0.0.1", port, threads=4, told=told)
