"""`portal audit verify`: whether the audit chain holds and the store is whole."""

from __future__ import annotations

import click

from portal.casework.audit import Head, verify
from portal.casework.retention import check_store
from portal.config.desk_settings import DeskSettings
from portal.content.loader import load
from portal.desk.services import open_room
from portal.errors import VerificationError


def _noted(text: str | None) -> Head | None:
    if text is None:
        return None
    seq, _, digest = text.partition(":")
    if not seq.isdecimal() or len(digest) != len("0" * 64):
        raise click.UsageError("--noted 的格式是 序号:校验值，照审计页面抄录")
    return Head(int(seq), digest.lower())


@click.group("audit")
def command() -> None:
    """The desk's audit trail."""


@command.command("verify")
@click.option("--noted", help="Number and hash noted earlier, as number:hash.")
def verify_chain(noted: str | None) -> None:
    """Walk the whole chain, and compare every envelope with its row."""
    settings = DeskSettings()
    published = load(settings.paths.content, settings.paths.notices)
    room = open_room(settings, lambda: published)
    try:
        with room.register.read() as session:
            head = verify(session, _noted(noted))
        faults = check_store(room)
    finally:
        room.register.close()
    click.echo(f"审计记录完整：{head.seq}行，末行校验值 {head.seq}:{head.hash}")
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise VerificationError(f"信封存放有{len(faults)}处不符")
    click.echo("信封与登记簿一致")
