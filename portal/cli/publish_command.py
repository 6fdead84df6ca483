"""`portal publish`: enter what is published into the signed ledger; sign a built site."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.config.common import Paths
from portal.config.public_settings import PublicSettings
from portal.content.loader import load
from portal.domain.dates import write_meta
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import ContentError, RequestError, Severity, Stage
from portal.ledger.chain import refuse_early
from portal.ledger.ledger_lines import LEDGER_NAME, ledger_head
from portal.ledger.noted_heads import note_heads, refuse_shortened
from portal.ledger.rotation import (
    begun,
    refuse_interrupted,
    refuse_lost_key,
    rotate,
    successor_path,
)
from portal.ledger.signing import load_key, needs_passphrase, new_key
from portal.ledger.siteproof import sign_site
from portal.lint.run import lint
from portal.proof.form_lines import FormSeals
from portal.proof.publishing import publish_folder, waiting
from portal.render.notice.websub import ping_hub
from portal.sealed.public_keys import PublicKeys
from portal.web.assets import form_digests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.content.catalogue import Catalogue
    from portal.errors import Issue
    from portal.ledger.signing import SigningKey

KEY_NAME = "ledger.pem"
BACKDATED = "R003"
"""The rule about the time of a text that no ledger holds yet."""
_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command("publish", help="检查全部内容，把写明的公告登记到台账；不写的，只列出等待登记的。")
@click.argument("slugs", nargs=-1, metavar="[代号]...")
@click.option("--due", is_flag=True, help="登记所有时间已到的。")
@click.option("--content", type=_FOLDER, multiple=True, help="content 文件夹，可以写几次。")
@click.option("--notices", type=_FOLDER, multiple=True, help="notices 文件夹，可以写几次。")
@click.option("--key", type=click.Path(path_type=Path), help="签名密钥；没有的，生成一把。")
@click.option("--passphrase-file", type=_FILE, help="存放密钥口令的文件。")
@click.option("--no-passphrase", is_flag=True, help="生成没有口令的密钥，只用于演示。")
@click.option("--rotate-key", is_flag=True, help="更换密钥，由旧密钥签名确认。")
@click.option("--anew", is_flag=True, help="今天排版会不同的，重新登记。")
@click.option("--holds", type=_FILE, help="工作台的 holds.json：暂缓的条目。")
@click.option("--base-url", envvar="PORTAL_BASE_URL", help="网站地址，与生成时相同。")
@click.option("--ping", is_flag=True, help="全部上线以后，通知 site.toml 中的订阅枢纽。")
@click.option("--site", type=_FOLDER, help="给生成好的网站签名。")
def command(  # noqa: PLR0917 - click passes them by name
    slugs: tuple[str, ...],
    due: bool,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    key: Path | None,
    passphrase_file: Path | None,
    no_passphrase: bool,
    rotate_key: bool,
    anew: bool,
    holds: Path | None,
    base_url: str | None,
    ping: bool,
    site: Path | None,
) -> None:
    """Check everything, then enter the named texts, or all that are due, into the ledger.

    Without a name, --due or another act it tells what waits, and enters nothing.
    """
    paths = Paths()
    content, notices = content or paths.content, notices or paths.notices
    key_path = key or paths.state / "keys" / KEY_NAME
    ledgers = [folder / LEDGER_NAME for folder in notices]
    now = datetime.now(SHANGHAI)
    refuse_shortened(key_path, ledgers)
    refuse_early(ledgers, now)
    kept = paths.state / "holds.json"
    catalogue = load(content, notices, base_url=base_url or None, unrecorded=Unrecorded.UNMARKED)
    if not (slugs or due or anew or rotate_key or site or ping):
        sys.exit(_tell_waiting(catalogue, notices, now))
    _refuse_unknown(catalogue, notices, slugs, now)
    # A forgotten option must not publish an entry that an objection holds back.
    entering = None if due else frozenset(slugs or (_entered(catalogue) if anew else ()))
    apart = _apart(catalogue, notices, entering, now)
    _refuse_faults(content, notices, holds or (kept if kept.exists() else None), apart)
    if rotate_key:
        signer = _rotate(key_path, ledgers, passphrase_file, now)
    else:
        signer = _open_key(key_path, ledgers, passphrase_file, no_passphrase=no_passphrase)
    for folder in notices if slugs or due or anew else ():
        _publish_folder(catalogue, folder, signer, now, entering, anew=anew)
    note_heads(key_path, ledgers)
    if site:
        click.echo(f"已签名：{site}，{sign_site(site, signer, now)}个文件")
    if ping:
        count = ping_hub(catalogue.site, catalogue.kinds)
        click.echo(f"已通知 {catalogue.site.websub_hub}：{count}个订阅源")


def _entered(catalogue: Catalogue) -> list[str]:
    """The notices whose present text is in the ledger."""
    return [n.slug for n in catalogue.notices if catalogue.ledger_line(n.slug, n.revision)]


def _tell_waiting(catalogue: Catalogue, notices: tuple[Path, ...], now: datetime) -> int:
    """Print what waits to be entered; the exit status."""
    found = [item for folder in notices for item in waiting(catalogue, folder)]
    for item in found:
        when = "可以登记" if item.at <= now else f"时间未到：{write_meta(item.at)}"
        click.echo(f"{item.slug} 第{item.revision}稿 {item.title}（{when}）")
    if not found:
        click.echo("没有等待登记的公告")
        return 0
    click.echo("什么也没有登记：写明公告的代号，或用 --due 登记所有时间已到的")
    return 1


def _refuse_unknown(
    catalogue: Catalogue, notices: tuple[Path, ...], slugs: tuple[str, ...], now: datetime
) -> None:
    """Raise RequestError for a name that is none, or whose time has not come."""
    found = {item.slug: item for folder in notices for item in waiting(catalogue, folder)}
    for slug in slugs:
        if slug not in catalogue.by_slug:
            raise RequestError(f"没有名为“{slug}”的公告")
        if slug not in found:
            raise RequestError(
                f"“{slug}”现在的文本已经登记过；改动要另出一稿：portal revise {slug}"
            )
        if found[slug].at > now:
            when = write_meta(found[slug].at)
            raise RequestError(f"“{slug}”的时间是 {when}，还没有到，到时再登记")


def _apart(
    catalogue: Catalogue,
    notices: tuple[Path, ...],
    entering: frozenset[str] | None,
    now: datetime,
) -> Apart:
    """The texts that wait and stay outside of what is done now; `None` enters all that are due."""
    found = [(folder, item) for folder in notices for item in waiting(catalogue, folder)]
    later = [
        (folder / item.slug, item.revision)
        for folder, item in found
        if (item.at > now if entering is None else item.slug not in entering)
    ]
    return Apart(
        tuple(folder for folder, revision in later if revision == 1),
        tuple(folder for folder, revision in later if revision > 1),
    )


@dataclass(frozen=True, slots=True)
class Apart:
    """Folders of notices that nobody has seen yet, and of those whose next text waits.

    What is wrong in the former keeps nobody else's text from the public. Of the latter the public
    has a text already: there only the waiting one's own time does not matter.
    """

    unseen: tuple[Path, ...]
    revised: tuple[Path, ...]

    def holds(self, issue: Issue) -> bool:
        """Whether a fault is outside of what is done now."""
        path = Path(issue.path)
        own = any(map(path.is_relative_to, self.unseen))
        return own or (issue.code == BACKDATED and any(map(path.is_relative_to, self.revised)))


def _refuse_faults(
    content: tuple[Path, ...], notices: tuple[Path, ...], holds: Path | None, apart: Apart
) -> None:
    desk = PublicKeys(PublicSettings().keys / "public").desk()
    now = datetime.now(SHANGHAI)
    issues = lint(content, notices, stage=Stage.PUBLISH, holds=holds, desk=desk, now=now)
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    later = [issue for issue in errors if apart.holds(issue)]
    if len(errors) > len(later):
        errors = [issue for issue in errors if issue not in later]
        raise ContentError(f"有{len(errors)}处错误，没有发布任何内容", errors)
    for issue in later:
        click.echo(f"这次不登记的公告里有错误，登记前改正：{issue}", err=True)


def _passphrase_of(file: Path | None) -> str | None:
    return file.read_text(encoding="utf-8").strip() if file else None


def _open_key(
    path: Path, ledgers: Sequence[Path], passphrase_file: Path | None, *, no_passphrase: bool
) -> SigningKey:
    refuse_interrupted(path)
    refuse_lost_key(path, ledgers)
    secret = _passphrase_of(passphrase_file)
    if path.exists():
        if needs_passphrase(path) and secret is None:
            secret = click.prompt("签名密钥的口令", hide_input=True)
        return load_key(path, secret)
    if secret is None and not no_passphrase:
        secret = click.prompt("为新的签名密钥设定口令", hide_input=True, confirmation_prompt=True)
    signer = new_key(path, None if no_passphrase else secret)
    click.echo(f"已生成签名密钥 {path}，编号 {signer.id}；请另存一份，并公布编号")
    return signer


def _publish_folder(
    catalogue: Catalogue,
    folder: Path,
    signer: SigningKey,
    now: datetime,
    only: frozenset[str] | None,
    *,
    anew: bool,
) -> None:
    form = FormSeals(PublicKeys(PublicSettings().keys / "public"), form_digests())
    entered = publish_folder(catalogue, folder, signer, now, only=only, anew=anew, form=form)
    for item in entered:
        again = "（重新排版）" if item.anew else ""
        click.echo(f"已登记：{item.slug} 第{item.revision}版 {item.title}{again}")
    path = folder / LEDGER_NAME
    click.echo(f"{path}：新登记{len(entered)}项，末行指纹 {ledger_head(path)[:16]}")


def _rotate(
    path: Path, ledgers: Sequence[Path], passphrase_file: Path | None, now: datetime
) -> SigningKey:
    """Every ledger hands over to a new key; one that was stopped on the way is completed."""
    old = fresh = _passphrase_of(passphrase_file)
    protected = path.exists() and needs_passphrase(path)
    if protected and old is None:
        old = click.prompt("签名密钥的口令", hide_input=True)
    if begun(path):
        click.echo("上次更换密钥没有做完，接着做")
        if not needs_passphrase(successor_path(path)):
            fresh = None
        elif fresh is None:
            fresh = click.prompt("新签名密钥的口令", hide_input=True)
    elif protected and fresh is None:
        fresh = click.prompt("为新的签名密钥设定口令", hide_input=True, confirmation_prompt=True)
    before, successor = rotate(path, ledgers, (old if protected else None, fresh), now)
    click.echo(f"已更换签名密钥：{before} → {successor.id}；旧密钥留存，请公布新编号")
    return successor
