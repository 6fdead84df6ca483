"""`portal redact`: take a leaked number out of every text of a published notice, at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from portal.config.common import Paths
from portal.domain.workdays import SHANGHAI
from portal.editorial.redacting import Redaction, recorded_sums, redact, still_holding
from portal.editorial.revising import put_back
from portal.errors import RequestError

_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
_HELP = """紧急撤下个人信息：从公告的各稿、名单、附件和台账旁的副本中删去误登的号码、姓名或地址。

公众看到的立即不再有它；台账保留每一稿的校验值。留下的文本成为新的一稿，由第二人核对以后登记。
要删去的内容在屏幕上输入，不显示，也不留在命令记录里。"""


@click.command("redact", help=_HELP)
@click.argument("slug", metavar="代号")
@click.option("--reason", required=True, help="撤下的原因，随文公布，不能含有要删去的内容。")
@click.option("--notices", type=_FOLDER, help="notices 文件夹。")
def command(slug: str, reason: str, notices: Path | None) -> None:
    """Ask for what leaked, take it out, and say what is left to do."""
    root = notices or Paths().notices[0]
    folder = root / slug
    put_back(folder)
    if not folder.is_dir():
        raise RequestError(f"没有公告文件夹 {folder}")
    leaked = click.prompt("要删去的内容", hide_input=True)
    done = redact(folder, recorded_sums(folder), leaked, reason, datetime.now(SHANGHAI))
    _tell(done, slug)
    for other in still_holding(root, leaked):
        click.echo(f"{other} 也有这项内容：portal redact {other}")


def _tell(done: Redaction, slug: str) -> None:
    if done.nothing:
        click.echo(f"“{slug}”的各稿、名单、附件和副本中没有这项内容")
    for name in done.texts:
        click.echo(f"已删去：{name}")
    for name in done.files:
        click.echo(f"已取下附件：{name}；正文提到它的，请改正")
    if done.copies:
        click.echo(f"已除去台账旁的副本：{done.copies}份；台账保留校验值")
    for name in done.unseen:
        click.echo(f"附件 {name} 看不进去，请打开查看")
    if done.nothing:
        return
    click.echo("网站会自动换下；静态网站请立即运行 portal build 和 portal publish --site build，")
    click.echo("再删去网站文件夹旁边备用的那一份（如 .build.next）")
    if done.revision:
        click.echo(f"第{done.revision}稿由第二人核对后登记：portal publish {slug}")
    click.echo(f"本机的缓存 {Paths().state / 'cache'} 可以在停下网站时整个删去，启动后自动重建")
    click.echo("备份、版本库、搜索引擎和媒体手中的，要另行处理")
