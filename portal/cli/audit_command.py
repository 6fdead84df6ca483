"""`portal audit verify`: whether the audit chain holds and the store is whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from portal.casework.audit import Head, verify
from portal.casework.retention import check_store
from portal.casework.rollback import accept_restored, noted_head, rolled_back
from portal.config.desk_settings import DeskSettings
from portal.content.loader import load
from portal.desk.registers import room_as_it_is
from portal.domain.workdays import SHANGHAI
from portal.errors import VerificationError
from portal.sealed.dropbox import DropBox


def _noted(text: str | None) -> Head | None:
    if text is None:
        return None
    seq, _, digest = text.partition(":")
    if not seq.isdecimal() or len(digest) != len("0" * 64):
        raise click.UsageError("--noted 的格式是 序号:校验值，照审计页面抄录")
    return Head(int(seq), digest.lower())


@click.group("audit", help="工作台的审计记录。")
def command() -> None:
    """The desk's audit trail."""


@command.command("verify", help="核对整条记录链，并逐个核对信封与登记簿。")
@click.option("--noted", metavar="序号:校验值", help="以前抄录的末行。")
def verify_chain(noted: str | None) -> None:
    """Walk the whole chain, and compare every envelope with its row."""
    settings = DeskSettings()
    published = load(settings.paths.content, settings.paths.notices)
    room = room_as_it_is(settings, lambda: published)
    try:
        with room.register.read() as session:
            head = verify(session, _noted(noted))
            outbox = DropBox(Path(settings.carrier or settings.dropbox)).outbox
            fault = rolled_back(session, noted_head(room, [outbox]))
        faults = check_store(room)
    finally:
        room.register.close()
    click.echo(f"审计记录完整：{head.seq}行，末行校验值 {head.seq}:{head.hash}")
    if fault:
        raise VerificationError(fault)
    for text in faults:
        click.echo(text, err=True)
    if faults:
        raise VerificationError(f"信封存放有{len(faults)}处不符")
    click.echo("信封与登记簿一致")


@command.command("restored", help="用备份恢复的登记簿继续工作，并记录在案。")
@click.confirmation_option(prompt="登记簿由备份恢复，没有更近的备份，照现在的样子继续办理？")
def restored() -> None:
    """Go on with a register that was put back from a backup; on record."""
    settings = DeskSettings()
    published = load(settings.paths.content, settings.paths.notices)
    room = room_as_it_is(settings, lambda: published)
    try:
        head = accept_restored(room, datetime.now(SHANGHAI))
    finally:
        room.register.close()
    click.echo(f"已确认，审计记录末行校验值 {head.seq}:{head.hash}")
