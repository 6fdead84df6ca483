"""Amending: what `portal correct` and `portal withdraw` do alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portal.cli.editing import drafts_for, opened, published_folder, put_in_place
from portal.editorial.later_acts import amend

if TYPE_CHECKING:
    from pathlib import Path

    from portal.domain.notice import Kind
    from portal.editorial.possible_acts import LaterAct


def amend_published(
    places: tuple[tuple[Path, ...], tuple[Path, ...]],
    slug: str,
    kind: Kind,
    act: LaterAct,
    reason: str,
    *,
    as_draft: bool,
) -> None:
    """Begin a notice that corrects or withdraws another; RequestError says why it cannot be."""
    around, at = opened(*places)
    folder = published_folder(around, slug, act, at)
    with drafts_for(around, as_draft=as_draft) as drafts:
        draft = amend(drafts, folder, kind, reason, at, around=around)
        place = put_in_place(draft, around, as_draft=as_draft)
    click.echo(f"{place}：《{draft.title}》")
    if not as_draft:
        click.echo(
            f"填写三审的人，核对以后运行 portal lint --stage publish 和 portal publish {draft.slug}"
        )
