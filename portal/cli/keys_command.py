"""`portal keys new|list|backup|destroy`: key pairs, on the key keeper's machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.backup.backup_keys import new_backup_key
from portal.casework.desk_key import DeskKey
from portal.casework.key_store import PASSPHRASE_LIMIT, KeyStore
from portal.config.public_settings import PublicSettings
from portal.content.loader import load
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.sealed.courier import DeskFolders
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import ESCROW
from portal.sealed.routing import office_for

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


def _store() -> KeyStore:
    return KeyStore(PublicSettings().keys)


def _catalogue() -> Catalogue:
    paths = PublicSettings().paths
    return load(paths.content, paths.notices, unrecorded=Unrecorded.UNMARKED)


def _holders(catalogue: Catalogue, notice: Notice, supervisor: str | None) -> tuple[str, ...]:
    """Everyone who needs a key for a window: its office, the office above, escrow."""
    offices = [
        office_for(notice, catalogue.site, concerns_office=above, supervisor=supervisor)
        for above in (False, True)
    ]
    return (*dict.fromkeys(office for office in offices if office), ESCROW)


def _windows(catalogue: Catalogue, slug: str | None) -> list[Notice]:
    if slug is None:
        now = datetime.now(SHANGHAI)
        return [n for n in catalogue.windowed() if n.window and n.window.closes_at > now]
    notice = catalogue.by_slug.get(slug)
    if notice is None or notice.window is None:
        raise RequestError(f"没有代号是“{slug}”、设公示期的公告")
    return [notice]


@click.group("keys", help="密封异议的密钥：每个单位、每次公示一对，另有托管的一对。")
def command() -> None:
    """Key pairs that objections are sealed to: one for each office and window, and escrow."""


@command.command("new", help="生成公示所需的密钥；已有的保留。")
@click.option("--notice", "slug", help="公告代号；不写时为全部尚未结束的公示。")
@click.option("--office", help="只为这个单位（或 escrow）生成；不写时为公示所需的全部。")
@click.option(
    "--passphrase",
    prompt="口令",
    hide_input=True,
    confirmation_prompt="再输入一次",
    envvar="PORTAL_PASSPHRASE",
    help=f"保护密钥文件的口令，至少{PASSPHRASE_LIMIT}个字符。",
)
def new(slug: str | None, office: str | None, passphrase: str) -> None:
    """Make the key pairs a window needs; existing ones are kept."""
    store, catalogue = _store(), _catalogue()
    supervisor = PublicSettings().supervisor or None
    made = 0
    for notice in _windows(catalogue, slug):
        for holder in [office] if office else _holders(catalogue, notice, supervisor):
            if store.public.recipient(holder, notice.slug):
                click.echo(f"已有，保留：{holder}  {notice.slug}")
                continue
            key = store.new(holder, notice.slug, passphrase, datetime.now(SHANGHAI))
            click.echo(f"新密钥：{holder}  {notice.slug}  {key.public}")
            made += 1
    DeskKey(store.root).signer()  # its public key is carried with the others
    click.echo(f"共生成{made}对。密钥文件在 {store.root / 'private'}，请备份到机器以外。")
    click.echo(f"{ESCROW} 的密钥文件应移到别处保管；公开网站的机器上只留 {store.root / 'public'}。")


@command.command("list", help="列出全部密钥，以及私钥是否在本机。")
def list_keys() -> None:
    """Show every key pair, and whether its identity is on this machine."""
    for key in _store().all():
        held = "本机" if key.held else "不在本机"
        click.echo(f"{key.notice}  {key.office}  {held}  {key.created}  {key.public}")


@command.command("backup", help="生成备份用的密钥：私钥写到 FILE，另行保管；公钥写进设置。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase",
    prompt="口令",
    hide_input=True,
    confirmation_prompt="再输入一次",
    envvar="PORTAL_BACKUP_PASSPHRASE",
    help=f"保护私钥文件的口令，至少{PASSPHRASE_LIMIT}个字符。",
)
def backup_key(file: Path, passphrase: str) -> None:
    """Make the key pair that backups are sealed to; its identity belongs on no machine."""
    public = new_backup_key(file, passphrase, datetime.now(SHANGHAI))
    click.echo(f"PORTAL_BACKUP_RECIPIENT={public}")
    click.echo(f"以上一行写进各机器的设置；{file} 移到机器以外保管，口令另记一处。")


@command.command("destroy", help="销毁一次公示的密钥：密封给它的内容永远不能再打开。")
@click.option("--notice", "slug", required=True, help="公告代号。")
@click.option("--yes", is_flag=True, help="不再询问。")
def destroy(slug: str, *, yes: bool) -> None:
    """Destroy a window's keys: what was sealed to it can never be opened again."""
    settings, store = PublicSettings(), _store()
    if not yes:
        click.echo(f"销毁以后，对 {slug} 的全部异议永远不能再打开，备份的密钥也要另行销毁。")
        if click.prompt("确认销毁，请输入公告代号", default="", show_default=False) != slug:
            raise RequestError("没有销毁：输入的代号不一致")
    folders = [
        DropBox(settings.dropbox).inbox,
        DeskFolders(settings.paths.state / "desk").envelopes,
    ]
    certificate = store.destroy(slug, folders, datetime.now(SHANGHAI))
    click.echo(f"已销毁{len(certificate.keys)}把密钥，涉及{len(certificate.envelopes)}个密封信封。")
    if certificate.elsewhere:
        click.echo(f"以下密钥不在本机，须在保管处另行销毁：{'、'.join(certificate.elsewhere)}")
    click.echo(f"销毁证明在 {store.root / 'destroyed'}")
