"""One request is one instant: what two of its acts compare is never apart by their own duration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, has_request_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


def one_instant_a_request(clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that stands still while a request is answered, and runs elsewhere."""

    def told() -> datetime:
        if not has_request_context():
            return clock()
        if "instant" not in g:
            g.instant = clock()
        instant: datetime = g.instant
        return instant

    return told
