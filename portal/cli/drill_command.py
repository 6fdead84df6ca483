"""`portal drill`: whether a backup brings the work back, tried in a place of its own."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import click

from portal.backup.backup_keys import read_backup_key
from portal.backup.backup_reader import restore
from portal.backup.drill import Asked, Drill, Step, report
from portal.cli.passphrases import ask_for
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError

_HELP = """演练恢复：把备份恢复到临时的空处，登录工作台，启封一件，核对台账、审计链和数目。

\b
不碰正在运行的任何东西，不发邮件；临时的内容在结束时删去。
不写 --user 时用一个临时账户登录，并核对每个人的动态口令密钥都打得开。"""


@click.command("drill", help=_HELP)
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="备份的私钥文件。",
)
@click.option("--user", "username", default="", help="用这个人登录，密码和动态口令当场输入。")
@click.option("--case", default="", metavar="编号", help="启封这一件；不写时为最近的一件。")
@click.option(
    "--keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="另行保管、不在备份里的密钥：其中有 private 的那个文件夹。",
)
@click.option(
    "--database", default="", metavar="URL", help="登记簿放进这个空的数据库来演练；不会清空它。"
)
@click.option(
    "--within",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="临时内容放在哪个文件夹里；不写时为系统的临时文件夹。",
)
def command(
    *,
    archive: Path,
    identity: Path,
    username: str,
    case: str,
    keys: Path | None,
    database: str,
    within: Path | None,
) -> None:
    """Restore into a temporary place and work there; prints a report with the minutes."""
    key = read_backup_key(identity, ask_for("PORTAL_BACKUP_PASSPHRASE"))
    begun = time.monotonic()
    steps: list[Step] = []
    with tempfile.TemporaryDirectory(prefix="portal-drill-", dir=within) as folder:
        try:
            restored = restore(archive, Path(folder) / "restored", [key], database)
        except PortalError as error:
            steps.append(Step("恢复", good=False, words=str(error), seconds=0))
        else:
            words = f"{len(restored.manifest.members)}个文件，校验值都相符"
            seconds = time.monotonic() - begun
            steps.append(Step("恢复", good=True, words=words, seconds=seconds))
            asked = Asked(ask_for("PORTAL_PASSPHRASE"), username, case, keys)
            steps += Drill(restored, asked, lambda: datetime.now(SHANGHAI), database).run()
    click.echo(report(steps, (time.monotonic() - begun) / 60))
    if not all(step.good for step in steps):
        sys.exit(1)
