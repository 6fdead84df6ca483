"""`portal backup`: one sealed file of everything that cannot be made again, while all runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from portal.backup.backup_writer import make_backup
from portal.backup.this_machine import fetch_here, holdings_here, recipients_here
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError, reason_of
from portal.watching.backup_notes import note_begun, note_done, note_failed

_HELP = """备份这台机器上不能重做的全部内容，写成一个加密的文件；网站和工作台不必停。

\b
包括：投件箱、信封、登记簿、密钥、公告和台账、草稿、内容、设置。
TARGET 是已有的文件夹（文件按时间起名），或者一个还没有的文件，以 .backup.age 结尾；
不覆盖以前的备份。
文件只能用备份的私钥打开：先用 portal keys backup 生成，私钥另行保管。"""


@click.command("backup", help=_HELP)
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="age1…",
    help="备份的公钥，可以写几次；不写时用设置 PORTAL_BACKUP_RECIPIENT。",
)
def command(target: Path, recipients: tuple[str, ...]) -> None:
    """Write a backup of this machine, sealed to a key that is kept elsewhere."""
    wanted = recipients or recipients_here()
    if not wanted:
        raise RequestError(
            "没有备份的公钥：先运行 portal keys backup 生成一对，"
            "再用 --recipient 或者 PORTAL_BACKUP_RECIPIENT 写上公钥"
        )
    state = holdings_here().state
    note_begun(state, datetime.now(SHANGHAI))
    try:
        _make(target, wanted)
    except BaseException as error:
        note_failed(state, reason_of(error))
        raise


def _make(target: Path, wanted: tuple[str, ...]) -> None:
    left, holdings = fetch_here(), holdings_here()
    done = make_backup(holdings, target, wanted, lambda: datetime.now(SHANGHAI))
    manifest = done.manifest
    click.echo(f"备份  {done.path}（{len(manifest.members)}个文件，{done.size / 1e6:.1f} MB）")
    click.echo(f"校验值  {done.sha256}")
    if manifest.head:
        click.echo(f"审计末行  {manifest.head}（请抄录，恢复以后用来核对）")
    for place in manifest.absent:
        click.echo(f"这台机器上没有：{place}", err=True)
    for note in manifest.notes:
        click.echo(f"照原样备份，但与登记簿不符：{note}", err=True)
    if left:
        raise RequestError(
            f"备份已写好，但是{left}：还没有收取的异议不在里面；请连上以后再备份一次"
        )
    note_done(holdings.state, datetime.fromisoformat(manifest.created))
    if manifest.notes:
        raise RequestError("备份已写好，但原来的存放就有不符，请运行 portal audit verify 核对")
