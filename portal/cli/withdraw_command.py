"""`portal withdraw`: begin the withdrawal of a published notice, a notice of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portal.cli.amending import amend_published
from portal.cli.editing import with_places
from portal.domain.notice import Kind
from portal.editorial.possible_acts import LaterAct

if TYPE_CHECKING:
    from pathlib import Path


@click.command("withdraw", help="撤回已发布的公告：另写一份撤回公告，原文留存，标明不再有效。")
@click.argument("slug", metavar="代号")
@click.option("--reason", required=True, help="撤回的原因，随文公布。")
@with_places
def command(
    slug: str,
    reason: str,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    as_draft: bool,
) -> None:
    """Begin the withdrawal among the notices, or at the desk."""
    amend_published(
        (content, notices), slug, Kind.WITHDRAWAL, LaterAct.WITHDRAW, reason, as_draft=as_draft
    )
