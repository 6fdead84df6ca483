"""`portal restore`: a backup into an empty place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from portal.backup.backup_keys import read_backup_key
from portal.backup.backup_reader import RESTORED, restore
from portal.cli.passphrases import ask_for
from portal.domain.dates import write_meta

_HELP = """把备份恢复到一个空的文件夹里；先核对每个文件的校验值，有一处不符就什么也不放。

\b
恢复以后，restored.env 里是新的位置和原来的设置，各服务用它启动；
随后运行 portal audit verify --noted，再收取一次。"""


@click.command("restore", help=_HELP)
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path),
    help="恢复到哪里：还没有的或者空的文件夹。",
)
@click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="备份的私钥文件。",
)
@click.option(
    "--database", default="", metavar="URL", help="把登记簿放进这个空的数据库，而不是文件。"
)
def command(archive: Path, into: Path, identity: Path, database: str) -> None:
    """Restore a backup into an empty folder, and say how to start from it."""
    key = read_backup_key(identity, ask_for("PORTAL_BACKUP_PASSPHRASE"))
    done = restore(archive, into, [key], database)
    manifest = done.manifest
    made = write_meta(datetime.fromisoformat(manifest.created))
    click.echo(f"已恢复{len(manifest.members)}个文件到 {into}（{made}的备份）")
    if manifest.database == "PostgreSQL" and not database:
        click.echo("登记簿原来在 PostgreSQL，现在是文件；要放回数据库的，加 --database 重新恢复")
    if manifest.head:
        click.echo(f"核对登记簿：portal audit verify --noted {manifest.head}")
    for place in manifest.absent:
        click.echo(f"备份里没有：{place}", err=True)
    click.echo(f"用 {into / RESTORED} 里的设置启动各服务；别的用户要读的，另行设定属主")
