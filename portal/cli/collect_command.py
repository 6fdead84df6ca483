"""`portal collect`: envelopes to the desk, sealed replies back; safe to repeat and to interrupt."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from portal.casework.desk_key import DeskKey
from portal.config.public_settings import PublicSettings
from portal.sealed.courier import DeskFolders, Report, desk_side, exchange, public_side
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import PublicKeys
from portal.sealed.store_courier import carry, store_exchange
from portal.submission.form_drafts import DraftStore
from portal.submission.pieces import Pieces

DRAFT_SECONDS = 12 * 3600
_HELP = """在投件箱和工作台之间交换密封的文件，不需要密钥。

\b
不写选项时，两边都在本机。两台机器的：先在公开网站的机器上用 --side public，带走文件夹，
在工作台的机器上用 --side desk，再带回去。"""


def _told(report: Report) -> str:
    parts = [
        f"收取{report.taken}",
        f"送回{report.given}",
        f"结清{report.settled}",
        f"删除{report.forgotten}",
    ]
    return "，".join(parts)


def _exchanged(
    settings: PublicSettings, carrier: Path | None, side: str | None, now: float
) -> Report:
    box, desk = DropBox(settings.dropbox), DeskFolders(settings.paths.state / "desk")
    store = settings.shared.box(settings.spool)
    if side == "public" and carrier is not None:
        known = PublicKeys(settings.keys / "public").desk()
        if store is not None:
            return carry(store, DropBox(carrier), now, known)
        return public_side(box, DropBox(carrier), now, known)
    key = DeskKey(settings.keys).signer()
    if carrier is not None:
        return desk_side(DropBox(carrier), desk, now, key)
    if store is not None:
        return store_exchange(store, box, desk, now, key)
    return exchange(box, desk, now, key)


@click.command("collect", help=_HELP)
@click.option("--carrier", type=click.Path(path_type=Path), help="在机器之间携带的文件夹。")
@click.option(
    "--side", type=click.Choice(["public", "desk"]), help="本机是哪一边，与 --carrier 一起用。"
)
def command(carrier: Path | None, side: str | None) -> None:
    """Exchange sealed files between the drop box and the desk; opens none of them.

    Without options both are on this machine. With --carrier, run it with --side public on the
    public machine, carry the folder, run it with --side desk, and carry it back.
    """
    if (carrier is None) != (side is None):
        raise click.UsageError("--carrier 和 --side 要一起用")
    settings = PublicSettings()
    now = time.time()
    report = _exchanged(settings, carrier, side, now)
    if side != "desk" and settings.spool.is_dir():
        DraftStore(settings.spool).sweep(now, DRAFT_SECONDS)
        Pieces(settings.spool / "pieces", 0).sweep(now, DRAFT_SECONDS)
    click.echo(_told(report))
    for trouble in report.troubles:
        click.echo(trouble, err=True)
    if report.troubles:
        sys.exit(1)
