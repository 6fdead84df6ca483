"""`portal keys new|escrow|recover|list|backup|destroy`: key pairs, on the key keeper's machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.backup.backup_keys import new_backup_key, read_backup_key
from portal.casework.desk_key import DeskKey
from portal.casework.escrow_shares import join_escrow
from portal.casework.identities import protect
from portal.casework.key_store import STRENGTH, require_strength
from portal.cli.passphrases import ask_for
from portal.config.common import text
from portal.config.key_settings import KeySettings
from portal.config.public_settings import PublicSettings
from portal.content.loader import load
from portal.domain.routing import ESCROW, office_for
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.machine.closed_files import write_closed
from portal.sealed.courier import DeskFolders
from portal.sealed.dropbox import DropBox
from portal.sealed.suites import recipient_of, suite_holding

if TYPE_CHECKING:
    from portal.casework.key_store import KeyStore
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


def _store() -> KeyStore:
    return KeySettings().store(PublicSettings().keys)


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


@command.command(
    "new", help="生成公示所需的密钥；已有的保留。是 age 还是国密，由 PORTAL_KEY_SUITE 决定。"
)
@click.option("--notice", "slug", help="公告代号；不写时为全部尚未结束的公示。")
@click.option("--office", help="只为这个单位（或 escrow）生成；不写时为公示所需的全部。")
@click.option(
    "--passphrase",
    envvar="PORTAL_PASSPHRASE",
    help="保护密钥文件的口令；不写时逐个单位询问。一个口令只用于一个单位。",
)
@click.option(
    "--one-passphrase",
    "shared",
    is_flag=True,
    help="全部单位和托管用同一个口令：只为试用，正式使用时等于没有分开。",
)
def new(slug: str | None, office: str | None, passphrase: str | None, *, shared: bool) -> None:
    """Make the key pairs a window needs; existing ones are kept."""
    store, catalogue = _store(), _catalogue()
    supervisor = PublicSettings().supervisor or None
    wanted = [
        (holder, notice.slug)
        for notice in _windows(catalogue, slug)
        for holder in ([office] if office else _holders(catalogue, notice, supervisor))
    ]
    missing = [key for key in wanted if not store.public.recipient(*key)]
    for holder, notice_slug in wanted:
        if (holder, notice_slug) not in missing:
            click.echo(f"已有，保留：{holder}  {notice_slug}")
    for notice_slug in dict.fromkeys(slug for _, slug in missing):
        store.require_alike(notice_slug)
    given = _passphrases(store, missing, passphrase, shared=shared)
    for holder, notice_slug in missing:
        key = store.new(holder, notice_slug, given[holder], datetime.now(SHANGHAI))
        click.echo(f"新密钥：{holder}  {notice_slug}  {key.public}")
    DeskKey(store.root).signer()  # its public key is carried with the others
    click.echo(f"共生成{len(missing)}对。密钥文件在 {store.root / 'private'}，请备份到机器以外。")
    click.echo(f"{ESCROW} 的密钥文件应移到别处保管；公开网站的机器上只留 {store.root / 'public'}。")
    click.echo("托管的密钥也可以不落在任何机器上，分成几份由几个人保管：portal keys escrow")


def _passphrases(
    store: KeyStore, missing: list[tuple[str, str]], given: str | None, *, shared: bool
) -> dict[str, str]:
    """A passphrase for each holder; RequestError where two would have the same."""
    holders = list(dict.fromkeys(holder for holder, _ in missing))
    if given and len(holders) > 1 and not shared:
        raise RequestError(
            f"{'、'.join(holders)} 要各用各的口令：用 --office 一个一个生成，"
            "或者不写 --passphrase、不设 PORTAL_PASSPHRASE，逐个询问；试用可以加 --one-passphrase"
        )
    if holders and not given and not store.in_module:
        click.echo(STRENGTH)
    chosen: dict[str, str] = {}
    for holder in holders:
        chosen[holder] = given or click.prompt(
            f"{holder} 的口令", hide_input=True, confirmation_prompt="再输入一次"
        )
        store.require_passphrase(chosen[holder])
        if shared:
            given = chosen[holder]
            continue
        others = [one for one in holders if one != holder and chosen.get(one) == chosen[holder]]
        for notice in dict.fromkeys(slug for office, slug in missing if office == holder):
            others += filter(None, [store.same_passphrase(holder, notice, chosen[holder])])
        if others:
            raise RequestError(f"{holder} 的口令与 {others[0]} 的相同，没有生成；请各用各的")
    return chosen


@command.command("escrow", help="生成托管的密钥，只分成几份，不留在任何机器上。")
@click.option("--notice", "slug", required=True, help="公告代号。")
@click.option("--needed", default=2, show_default=True, help="合几份才能打开。")
@click.option("--keepers", default=3, show_default=True, help="一共分给几个人。")
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="每份一个文件，写到这个新文件夹；分别交给各人，再删去。",
)
def escrow(slug: str, needed: int, keepers: int, into: Path) -> None:
    """Make the escrow key of a window in shares, each a file for one keeper."""
    store, now = _store(), datetime.now(SHANGHAI)
    _windows(_catalogue(), slug)
    shared = store.new_in_shares(slug, needed, keepers, now)
    try:
        into.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise RequestError(f"{into} 已经有了，请给一个新文件夹") from error
    for position, share in enumerate(shared.texts, 1):
        write_closed(into / f"escrow-{slug}-{position}.txt", share.encode())
    store.publish_escrow(slug, shared, now)
    click.echo(f"托管密钥分成{keepers}份，任意{needed}份能合成，已经试合过；公钥 {shared.public}")
    click.echo(f"请把 {into} 里的文件分别交给{keepers}个人（抄写、打印均可），再全部删去。")
    click.echo("试合或者启用：portal keys recover 文件 文件 …")


@command.command("recover", help="把托管密钥的几份合起来：不写 --out 只是试合。")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="合成的密钥写到这个文件，用新口令保护；age 的密钥，`age -d -i` 能直接使用。",
)
def recover(files: tuple[Path, ...], out: Path | None) -> None:
    """Join shares of an escrow key, to try them or to open what was sealed."""
    texts = [path.read_text(encoding="utf-8-sig", errors="replace") for path in files]
    notice, identity = join_escrow(texts, _called(files))
    published = _store().public.recipient(ESCROW, notice)
    if published and published != recipient_of(identity):
        raise RequestError(f"能合成，但不是这台机器上 {notice} 的托管密钥")
    click.echo(f"{notice} 的托管密钥能合成" + ("，与公钥相符。" if published else "。"))
    if out is None:
        click.echo("只是试合，没有写出密钥。")
        return
    click.echo(STRENGTH)
    passphrase = text("PORTAL_PASSPHRASE") or click.prompt(
        "口令", hide_input=True, confirmation_prompt="再输入一次"
    )
    require_strength(passphrase)
    recovered = f"# office: {ESCROW}\n# notice: {notice}\n{identity}\n"
    write_closed(out, protect(recovered, passphrase, suite=suite_holding(identity)))
    click.echo(f"密钥在 {out}，用完请销毁。")


def _called(files: tuple[Path, ...]) -> list[str]:
    """What each share is called where it is at fault; by its place too where a file comes twice."""
    return [
        str(path) if files.count(path) == 1 else f"{path}（第{position}份）"
        for position, path in enumerate(files, 1)
    ]


@command.command("list", help="列出全部密钥，以及私钥是否在本机。")
def list_keys() -> None:
    """Show every key pair, and whether its identity is on this machine."""
    store = _store()
    if not store.root.is_dir():
        raise RequestError(
            f"{store.root} 不在：这台机器上没有密钥，或者磁盘没有挂上、PORTAL_STATE 写错了"
        )
    for key in store.all():
        held = "本机" if key.held else "不在本机"
        shown = key.public if not key.fault else "公钥文件损坏"
        click.echo("  ".join(filter(None, [key.notice, key.office, held, key.created, shown])))
    if faults := store.public.faults():
        raise RequestError("\n".join(f"{fault.words}。{fault.remedy}" for fault in faults))


@command.command("backup", help="生成备份用的密钥：私钥写到 FILE，另行保管；公钥写进设置。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase", envvar="PORTAL_BACKUP_PASSPHRASE", help="保护私钥文件的口令；不写时询问。"
)
@click.option("--show", is_flag=True, help="FILE 是以前生成的：只显示它的公钥。")
def backup_key(file: Path, passphrase: str | None, *, show: bool) -> None:
    """Make the key pair that backups are sealed to; its identity belongs on no machine."""
    if show:
        if not file.is_file():
            raise RequestError(f"没有文件 {file}")
        identity = read_backup_key(file, ask_for("PORTAL_BACKUP_PASSPHRASE"))
        click.echo(f"PORTAL_BACKUP_RECIPIENT={recipient_of(identity)}")
        return
    if passphrase is None:
        click.echo(STRENGTH)
        passphrase = click.prompt("口令", hide_input=True, confirmation_prompt="再输入一次")
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
