"""An objection's envelope in pieces; `POST …/sealed` with `X-Upload` ends it (`sealed_steps`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.intake.in_pieces import added, begun
from portal.intake.page_refusals import answered_whole
from portal.intake.sealed_steps import SealedSteps

if TYPE_CHECKING:
    from typing import BinaryIO

    from flask import Blueprint, Response

    from portal.intake.service import Intake


@dataclass(frozen=True)
class PieceSteps:
    """Before the receipt."""

    intake: Intake

    def begin(self, slug: str) -> dict[str, Any]:
        """Check and count all that can be before the bytes travel; the secret, or RefusedError."""
        steps = SealedSteps(self.intake)
        notice = steps.sending(slug)

        def check(source: BinaryIO, size: int) -> None:
            arriving = steps.arriving(notice, source, size)
            steps.require_quota(steps.require_open(slug, arriving.header))

        return begun(self.intake, check)


def add_piece_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/<slug>/pieces` and `/<slug>/pieces/more`."""
    steps = PieceSteps(intake)

    @blueprint.post("/<slug>/pieces")
    def begin_pieces(slug: str) -> Response:
        return answered_whole(lambda: steps.begin(slug))

    @blueprint.post("/<slug>/pieces/more")
    def more_pieces(slug: str) -> Response:
        del slug
        return answered_whole(lambda: added(intake))
