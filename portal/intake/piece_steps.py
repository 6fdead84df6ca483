"""A sealed envelope in pieces: begin it, add to it, and hear how much of it is here.

Each act is a plain POST, which every server in front lets pass. `POST …/sealed` with the secret in
`X-Upload` ends it (portal.intake.sealed_steps); the secret stands in no address.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.intake.page_refusals import RefusedError, answered, full, refusing
from portal.intake.sealed_steps import GONE, SealedSteps
from portal.sealed.envelope import HEADER_LIMIT
from portal.submission.pieces import GoneError, OffsetError

if TYPE_CHECKING:
    from portal.intake.service import Intake

_PIECE_LIMIT = 8 * 1024 * 1024
_LINES = HEADER_LIMIT + 100
_CHUNK = 256 * 1024
_PIECE = "这一段没有接收"


@dataclass(frozen=True)
class PieceSteps:
    """Before the receipt: nothing here is told to have arrived for good."""

    intake: Intake

    def begin(self, slug: str) -> dict[str, Any]:
        """Check all that can be checked before the bytes travel; the secret, or RefusedError."""
        request.max_content_length = _LINES
        steps = SealedSteps(self.intake)
        notice = steps.sending(slug)
        first = request.get_data(cache=False)
        size = request.headers.get("X-Length", type=int) or 0
        with refusing():
            arriving = steps.arriving(notice, io.BytesIO(first), size)
        steps.require_quota(steps.require_open(slug, arriving.header))
        token = self.intake.pieces.begin(size, first)
        if token is None:
            raise replace(full(_PIECE), word="crowded")
        return {"upload": token, "offset": len(first)}

    def more(self) -> dict[str, Any]:
        """Add a piece; RefusedError with the right place where it begins elsewhere."""
        request.max_content_length = _PIECE_LIMIT
        if not self.intake.room():
            raise full(_PIECE)
        offset = request.headers.get("X-Offset", -1, type=int)
        token = request.headers.get("X-Upload", "")
        try:
            return {"offset": self.intake.pieces.append(token, offset, request.stream)}
        except GoneError as error:
            raise RefusedError("gone", GONE, HTTPStatus.NOT_FOUND) from error
        except OffsetError as error:
            raise RefusedError("offset", more=(("offset", error.offset),)) from error
        except OSError as error:
            raise full(_PIECE) from error


def _answered_whole(response: Response) -> Response:
    """Read what is left of the body, or browsers hear nothing."""
    while request.stream.read(_CHUNK):
        pass
    return response


def add_piece_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/<slug>/pieces` and `/<slug>/pieces/more`."""
    steps = PieceSteps(intake)

    @blueprint.post("/<slug>/pieces")
    def begin_pieces(slug: str) -> Response:
        return _answered_whole(answered(lambda: steps.begin(slug)))

    @blueprint.post("/<slug>/pieces/more")
    def more_pieces(slug: str) -> Response:
        del slug
        return _answered_whole(answered(steps.more))
